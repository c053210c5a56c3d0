/** A step that is put into a flow: from the flow's context pad, or with the keyboard alone. */
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { ALL_EVENTS, GATEWAY, SUBPROCESS, TASK } from 'bpmn-js-create-append-anything';
import { onlyExecuted } from './diagram_offer.js';
import { presets } from './diagram_presets.js';
import { roomIn } from './diagram_room.js';

const MENU = 'office-insert';
const INTERMEDIATE = ['bpmn:IntermediateCatchEvent', 'bpmn:IntermediateThrowEvent'];
const OFFERED = [
  ...TASK, ...GATEWAY, ...SUBPROCESS.filter((each) => !each.target.triggeredByEvent),
  ...ALL_EVENTS.filter((each) => INTERMEDIATE.includes(each.target.type)),
];

class Insert {
  constructor(vocabulary, injector, commandStack, contextPad, popupMenu) {
    this.injector = injector;
    this.translate = injector.get('translate');
    this.ready = presets(vocabulary, injector);
    this.filter = onlyExecuted(new Set(vocabulary.supported));
    // Several commands that are undone as one.
    commandStack.register('office.together', { preExecute: ({ work }) => work() });
    popupMenu.registerProvider(MENU, { getPopupMenuEntries: (flow) => this.#entries(flow) });
    contextPad.registerProvider({ getContextPadEntries: (element) => this.#pad(element) });
  }

  /** Open the menu of what can be put into `flow`, at `position`. */
  open(flow, position) {
    this.injector.get('popupMenu').open(flow, MENU, position, {
      title: this.translate('Insert a step'), width: 360, search: true,
    });
  }

  #pad(element) {
    if (!is(element, 'bpmn:SequenceFlow')) return {};
    return {
      insert: {
        group: 'model',
        className: 'bpmn-icon-task',
        title: this.translate('Insert a step'),
        action: { click: (event, flow) => this.open(flow, { x: event.x, y: event.y }) },
      },
    };
  }

  #entries(flow) {
    const put = (shape) => this.#put(flow, shape);
    const others = OFFERED.map((each) => [`create-${each.actionName}`, {
      label: this.translate(each.label),
      className: each.className,
      group: each.group && { ...each.group, name: this.translate(each.group.name) },
      action: { click: () => put(this.injector.get('elementFactory').createShape(each.target)) },
    }]);
    return { ...this.ready.insert(put), ...this.filter(Object.fromEntries(others)) };
  }

  #put(flow, shape) {
    this.injector.get('popupMenu').close();
    let created;
    this.injector.get('commandStack').execute('office.together', {
      work: () => {
        const place = roomIn(flow, shape, this.injector);
        created = this.injector.get('modeling').createShape(shape, place, flow);
      },
    });
    this.injector.get('selection').select(created);
  }
}
Insert.$inject = ['config.vocabulary', 'injector', 'commandStack', 'contextPad', 'popupMenu'];

export const InsertModule = { __init__: ['insertStep'], insertStep: ['type', Insert] };
