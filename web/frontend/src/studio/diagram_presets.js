/** Steps that are ready to be used: approvals by kind, forms, services, waits, messages. */
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { attachments } from './diagram_attachments.js';
import { variantLabel } from './diagram_labels.js';
import { carrying } from './diagram_model.js';

const TIMER = 'bpmn:TimerEventDefinition';
const MESSAGE = 'bpmn:MessageEventDefinition';
const CATCH = 'bpmn:IntermediateCatchEvent';
const THROW = 'bpmn:IntermediateThrowEvent';

/** What can be created, as {id, label, icon, make}; `make` gives a new shape. */
export function steps(vocabulary, injector) {
  const factory = injector.get('bpmnFactory');
  const shapes = injector.get('elementFactory');
  const translate = injector.get('translate');

  function task(type, values) {
    return () => shapes.createShape({ type, businessObject: carrying(factory, type, values) });
  }

  function wait(kind) {
    return () => {
      const shape = shapes.createShape({ type: CATCH, eventDefinitionType: TIMER });
      const [timer] = shape.businessObject.eventDefinitions;
      timer[kind] = factory.create('bpmn:FormalExpression');
      timer[kind].$parent = timer;
      return shape;
    };
  }

  function message(type, name) {
    return () => {
      const shape = shapes.createShape({ type, eventDefinitionType: MESSAGE });
      const known = injector.get('bpmnjs').getDefinitions().get('rootElements')
        .find((each) => is(each, 'bpmn:Message') && each.name === name);
      shape.businessObject.eventDefinitions[0].messageRef = known
        ?? factory.create('bpmn:Message', { name });
      return shape;
    };
  }

  const approvals = vocabulary.approvals.map(({ kind }) => ({
    id: `approval-${kind}`,
    label: translate('Approval: {kind}', { kind: variantLabel(kind, translate) }),
    icon: 'bpmn-icon-user',
    make: task('bpmn:UserTask', { approval: kind, 'approval.outcomes': 'approve,reject' }),
  }));
  const waits = [['timeDuration', 'Wait for a duration'], ['timeDate', 'Wait until a date']]
    .map(([kind, label]) => ({
      id: `wait-${kind}`,
      label: translate(label),
      icon: 'bpmn-icon-intermediate-event-catch-timer',
      make: wait(kind),
    }));
  const forms = vocabulary.forms.map((form) => ({
    id: `form-${form}`,
    label: translate('User task with form: {name}', { name: form }),
    icon: 'bpmn-icon-user',
    make: task('bpmn:UserTask', { form }),
  }));
  const services = Object.keys(vocabulary.services).map((service) => ({
    id: `service-${service}`,
    label: translate('Service: {name}', { name: service }),
    icon: 'bpmn-icon-service',
    make: task('bpmn:ServiceTask', { service }),
  }));
  const messages = vocabulary.messages.flatMap((name) => [
    {
      id: `catch-${name}`,
      label: translate('Wait for the message: {name}', { name }),
      icon: 'bpmn-icon-intermediate-event-catch-message',
      make: message(CATCH, name),
    },
    {
      id: `throw-${name}`,
      label: translate('Send the message: {name}', { name }),
      icon: 'bpmn-icon-intermediate-event-throw-message',
      make: message(THROW, name),
    },
  ]);
  return [...approvals, ...waits, ...forms, ...services, ...messages];
}

/** The entries for the menus that create an element, append one to another, or put one into a flow. */
export function presets(vocabulary, injector) {
  const group = { id: 'ready', name: injector.get('translate')('Ready steps') };

  function entries(found, act) {
    return Object.fromEntries(found.map((step) => [
      `ready-${step.id}`,
      { label: step.label, className: step.icon, group, action: act(step) },
    ]));
  }

  function every(act) {
    return entries(steps(vocabulary, injector), act);
  }

  function close() {
    injector.get('popupMenu').close();
  }

  return {
    create: () => every((step) => {
      const start = (event) => {
        close();
        injector.get('create').start(event, step.make());
      };
      return { click: start, dragstart: start };
    }),
    append: (element) => ({
      ...entries(attachments(vocabulary, injector, element), (step) => ({
        click: () => {
          close();
          step.attach();
        },
      })),
      ...(is(element, 'bpmn:EndEvent') ? {} : every((step) => ({
        click: () => {
          close();
          injector.get('autoPlace').append(element, step.make());
        },
        dragstart: (event) => {
          close();
          injector.get('create').start(event, step.make(), { source: element });
        },
      }))),
    }),
    insert: (put) => every((step) => ({ click: () => put(step.make()) })),
  };
}
