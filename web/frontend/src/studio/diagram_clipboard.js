/** What is copied in one editor can be pasted in every other of this browser, in another lifecycle too. */
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';
import { LOOP_REFERENCES } from './diagram_model.js';

const STORED = 'diagram clipboard';
/** Before the modeler's own answer, which looks at ids alone. */
const BEFORE_IDS = 600;
/** Beside the pasted elements by their ids, so it is none. */
const PASTED = '-references';
const REFERENCES = {
  'bpmn:Message': 'messageRef',
  'bpmn:Signal': 'signalRef',
  'bpmn:Error': 'errorRef',
  'bpmn:Escalation': 'escalationRef',
};

class Clipboard {
  constructor(moddle) {
    this.moddle = moddle;
  }

  get() {
    const revive = (key, value) => (typeof value?.$type === 'string' ? this.#create(value) : value);
    return JSON.parse(localStorage.getItem(STORED), revive) ?? undefined;
  }

  #create({ $type, ...values }) {
    return this.moddle.create($type, values);
  }

  set(tree) {
    localStorage.setItem(STORED, JSON.stringify(tree, withLoopVariables));
  }

  clear() {
    const tree = this.get();
    localStorage.removeItem(STORED);
    return tree;
  }

  isEmpty() {
    return localStorage.getItem(STORED) === null;
  }
}
Clipboard.$inject = ['moddle'];

/** References are not written by themselves; those of a loop only name variables. */
function withLoopVariables(key, value) {
  const named = LOOP_REFERENCES.filter((each) => value?.$type && value[each]);
  return named.length > 0
    ? { ...value, ...Object.fromEntries(named.map((each) => [each, value[each]])) } : value;
}

/** What the engine matches by: two of one kind that say the same are the same. */
function same(one, other) {
  const [said, wanted] = [one, other].map((each) => each.errorCode ?? each.escalationCode ?? each.name);
  return one.$type === other.$type && said === wanted && Boolean(said || one.id === other.id);
}

/**
 * The message, signal, error or escalation of a pasted event is the one that this diagram calls so,
 * else a new one of its own: an id that means another one here must not be taken for it.
 */
class PastedReferences {
  constructor(eventBus, bpmnjs, bpmnFactory, moddleCopy) {
    eventBus.on('copyPaste.pasteElement', BEFORE_IDS, ({ cache, descriptor }) => {
      const { referencedRootElement: meant } = descriptor;
      if (!meant) return;
      cache[PASTED] ??= [];
      const known = [...bpmnjs.getDefinitions().get('rootElements'), ...cache[PASTED]];
      let found = known.find((each) => same(each, meant));
      if (!found) {
        found = moddleCopy.copyElement(meant, bpmnFactory.create(meant.$type));
        cache[PASTED].push(found);
      }
      const object = getBusinessObject(descriptor);
      (object.eventDefinitions?.[0] ?? object)[REFERENCES[meant.$type]] = found;
      delete descriptor.referencedRootElement;
    });
  }
}
PastedReferences.$inject = ['eventBus', 'bpmnjs', 'bpmnFactory', 'moddleCopy'];

export const ClipboardModule = {
  __init__: ['pastedReferences'],
  clipboard: ['type', Clipboard],
  pastedReferences: ['type', PastedReferences],
};
