/** What can be hung on a task ready-made: a reminder, and word to the office when it is late. */
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { getBoundaryPosition } from './diagram_room.js';
import { carrying } from './diagram_model.js';

const NOTIFY = 'office.notify';
/**
 * By the house's convention every lifecycle's table of deadlines gives these two; where a draft has
 * none that does, the expression stays empty and lint asks for it.
 */
const KINDS = {
  reminder: {
    label: 'Reminder, again and again',
    variable: 'reminder_every',
    timer: 'timeCycle',
    body: '"R8/" + reminder_every',
    event: { name: 'Relance', 'name.en': 'Reminder', 'name.es': 'Recordatorio' },
    task: { name: 'Relancer', 'name.en': 'Remind', 'name.es': 'Recordar' },
  },
  escalation: {
    label: 'Escalation once it is late',
    variable: 'escalate_after',
    timer: 'timeDuration',
    body: 'escalate_after',
    event: { name: 'Retard', 'name.en': 'Late', 'name.es': 'Retraso' },
    task: { name: 'Alerter RI', 'name.en': 'Alert RI', 'name.es': 'Avisar a RI' },
  },
};

/** What can be hung on `element`, as {id, label, icon, attach}. */
export function attachments(vocabulary, injector, element) {
  if (!is(element, 'bpmn:UserTask') || !(NOTIFY in vocabulary.services)) return [];
  const translate = injector.get('translate');
  return Object.entries(KINDS).map(([kind, template]) => ({
    id: kind,
    label: translate(template.label),
    icon: 'bpmn-icon-intermediate-event-catch-non-interrupting-timer',
    attach: () => injector.get('commandStack').execute('office.together', {
      work: () => hang(injector, element, kind, {
        ...template, body: vocabulary.variables.includes(template.variable) ? template.body : '',
      }),
    }),
  }));
}

function hang(injector, host, kind, template) {
  const factory = injector.get('bpmnFactory');
  const shapes = injector.get('elementFactory');
  const place = injector.get('autoPlace');
  const modeling = injector.get('modeling');

  const { name, ...names } = template.event;
  const definition = factory.create('bpmn:TimerEventDefinition');
  definition[template.timer] = factory.create('bpmn:FormalExpression', { body: template.body });
  definition[template.timer].$parent = definition;
  const object = carrying(factory, 'bpmn:BoundaryEvent', names);
  Object.assign(object, { name, cancelActivity: false, eventDefinitions: [definition] });
  definition.$parent = object;
  const event = modeling.createShape(
    shapes.createShape({ type: 'bpmn:BoundaryEvent', businessObject: object }),
    getBoundaryPosition(host), host, { attach: true },
  );

  const { name: done, ...spoken } = template.task;
  const notify = carrying(factory, 'bpmn:ServiceTask', {
    ...spoken, service: NOTIFY, 'param.kind': `"${kind}"`, 'param.step': `"${host.id}"`,
  });
  notify.name = done;
  const task = place.append(event, shapes.createShape({ type: 'bpmn:ServiceTask', businessObject: notify }));
  place.append(task, shapes.createShape({ type: 'bpmn:EndEvent' }));
  injector.get('selection').select(event);
}
