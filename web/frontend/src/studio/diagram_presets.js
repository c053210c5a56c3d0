/** Steps that are ready to be used: approvals by kind, services, forms, messages. */
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { variantLabel } from './diagram_labels.js';

/** What can be created, as {id, label, icon, type, make}; `make` fills a new business object in. */
function steps(vocabulary, injector) {
  const factory = injector.get('bpmnFactory');
  const translate = injector.get('translate');

  function carrying(type, entries) {
    const values = entries.map(([name, value]) => (
      factory.create('spiffworkflow:Property', { name, value })
    ));
    const group = factory.create('spiffworkflow:Properties', { values });
    values.forEach((each) => { each.$parent = group; });
    const holder = factory.create('bpmn:ExtensionElements', { values: [group] });
    group.$parent = holder;
    const object = factory.create(type, { extensionElements: holder });
    holder.$parent = object;
    return object;
  }

  const approvals = vocabulary.approvals.map(({ kind }) => ({
    id: `approval-${kind}`,
    label: translate('Approval: {kind}', { kind: variantLabel(kind, translate) }),
    icon: 'bpmn-icon-user',
    type: 'bpmn:UserTask',
    make: () => carrying('bpmn:UserTask', [['approval', kind], ['approval.outcomes', 'approve,reject']]),
  }));
  const forms = vocabulary.forms.map((form) => ({
    id: `form-${form}`,
    label: translate('User task with form: {name}', { name: form }),
    icon: 'bpmn-icon-user',
    type: 'bpmn:UserTask',
    make: () => carrying('bpmn:UserTask', [['form', form]]),
  }));
  const services = Object.keys(vocabulary.services).map((service) => ({
    id: `service-${service}`,
    label: translate('Service: {name}', { name: service }),
    icon: 'bpmn-icon-service',
    type: 'bpmn:ServiceTask',
    make: () => carrying('bpmn:ServiceTask', [['service', service]]),
  }));
  return [...approvals, ...forms, ...services];
}

/** The entries for the menus that create an element and that append one to another. */
export function presets(vocabulary, injector) {
  const translate = injector.get('translate');
  const group = { id: 'ready', name: translate('Ready steps') };

  function entries(act) {
    const found = steps(vocabulary, injector).map((step) => [
      `ready-${step.id}`,
      { label: step.label, className: step.icon, group, action: act(step) },
    ]);
    return Object.fromEntries(found);
  }

  function shape(step) {
    return injector.get('elementFactory').createShape({
      type: step.type, businessObject: step.make(),
    });
  }

  function close() {
    injector.get('popupMenu').close();
  }

  return {
    create: () => entries((step) => {
      const start = (event) => {
        close();
        injector.get('create').start(event, shape(step));
      };
      return { click: start, dragstart: start };
    }),
    append: (element) => (is(element, 'bpmn:EndEvent') ? {} : entries((step) => ({
      click: () => {
        close();
        injector.get('autoPlace').append(element, shape(step));
      },
      dragstart: (event) => {
        close();
        injector.get('create').start(event, shape(step), { source: element });
      },
    }))),
  };
}
