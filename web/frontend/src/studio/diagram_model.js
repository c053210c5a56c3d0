/** What the engine reads beside BPMN: extension properties, the decision asked, loop variables. */
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';

const PREFIX = 'spiffworkflow';
/** The variables of a loop, which BPMN spells as references to elements. */
export const LOOP_REFERENCES = ['loopDataInputRef', 'loopDataOutputRef'];

/** The vocabulary of engine/definitions/properties.py, for bpmn-moddle. */
export const moddleExtensions = {
  [PREFIX]: {
    name: 'Passerelle',
    prefix: PREFIX,
    uri: 'http://spiffworkflow.org/bpmn/schema/1.0/core',
    xml: { tagAlias: 'lowerCase' },
    types: [
      {
        name: 'Properties',
        superClass: ['Element'],
        properties: [{ name: 'values', type: 'Property', isMany: true }],
      },
      {
        name: 'Property',
        properties: [
          { name: 'id', type: 'String', isAttr: true },
          { name: 'name', type: 'String', isAttr: true },
          { name: 'value', type: 'String', isAttr: true },
        ],
      },
      {
        name: 'CalledDecisionId',
        superClass: ['Element'],
        properties: [{ name: 'body', type: 'String', isBody: true }],
      },
    ],
  },
};

/** The object that carries an element's properties: of a pool, the process inside it. */
export function carrier(element) {
  const object = getBusinessObject(element);
  return is(element, 'bpmn:Participant') && object.processRef ? object.processRef : object;
}

/** The local name of an object's type, as the engine spells it: userTask. */
export function typeOf(object) {
  const local = object.$type.split(':')[1];
  return local[0].toLowerCase() + local.slice(1);
}

function extension(object, type) {
  return object.extensionElements?.get('values').find((each) => is(each, `${PREFIX}:${type}`));
}

/** All properties of an object as [name, value]. */
export function properties(object) {
  return (extension(object, 'Properties')?.get('values') ?? []).map((each) => [each.name, each.value]);
}

export function property(object, name) {
  return properties(object).find(([known]) => known === name)?.[1] ?? '';
}

export function decisionOf(object) {
  return extension(object, 'CalledDecisionId')?.body?.trim() ?? '';
}

/** A new object of `type` that carries `values` as its properties. */
export function carrying(factory, type, values) {
  const group = factory.create(`${PREFIX}:Properties`, {
    values: Object.entries(values).map(([name, value]) => (
      factory.create(`${PREFIX}:Property`, { name, value }))),
  });
  group.values.forEach((each) => { each.$parent = group; });
  const holder = factory.create('bpmn:ExtensionElements', { values: [group] });
  group.$parent = holder;
  const object = factory.create(type, { extensionElements: holder });
  holder.$parent = object;
  return object;
}

/** Writes extensions through the modeler's commands, so that each can be undone. */
export class Extensions {
  constructor(modeler) {
    this.modeling = modeler.get('modeling');
    this.factory = modeler.get('bpmnFactory');
  }

  /** Set properties, remove those whose value is empty; the others stay as they are. */
  set(element, changes) {
    const object = carrier(element);
    const merged = new Map([...properties(object), ...Object.entries(changes)]);
    const kept = [...merged].filter(([, value]) => value);
    const group = kept.length > 0 ? this.#properties(kept) : null;
    this.#replace(element, object, 'Properties', group);
  }

  setDecision(element, id) {
    const object = carrier(element);
    const called = id ? this.factory.create(`${PREFIX}:CalledDecisionId`, { body: id }) : null;
    this.#replace(element, object, 'CalledDecisionId', called);
  }

  #properties(entries) {
    const group = this.factory.create(`${PREFIX}:Properties`);
    group.values = entries.map(([name, value]) => {
      const entry = this.factory.create(`${PREFIX}:Property`, { name, value });
      entry.$parent = group;
      return entry;
    });
    return group;
  }

  #replace(element, object, type, next) {
    const others = (object.extensionElements?.get('values') ?? []).filter(
      (each) => !is(each, `${PREFIX}:${type}`),
    );
    const values = next ? [...others, next] : others;
    let holder;
    if (values.length > 0) {
      holder = this.factory.create('bpmn:ExtensionElements', { values });
      holder.$parent = object;
      values.forEach((each) => { each.$parent = holder; });
    }
    this.modeling.updateModdleProperties(element, object, { extensionElements: holder });
  }
}

/** A variable as BPMN's loop characteristics refer to it: the engine reads the name alone. */
export function variableReference(factory, name) {
  return name ? factory.create('bpmn:Property', { id: name }) : undefined;
}

/**
 * Keep the names of loop variables: they refer to no element of the file, so the reader of the
 * XML reports them as unresolved and would drop them from what is saved, and who pastes or replaces
 * an activity would leave them behind.
 */
export function keepLoopVariables(modeler) {
  modeler.on('import.parse.complete', ({ references }) => {
    for (const { element, property: name, id } of references ?? []) {
      const local = name.split(':')[1];
      if (LOOP_REFERENCES.includes(local) && !element[local]) {
        element[local] = variableReference(modeler.get('bpmnFactory'), id);
      }
    }
  });
  modeler.on('moddleCopy.canCopyProperty', ({ parent, property, propertyName }) => {
    const local = propertyName.split(':').pop();
    const named = local === 'id' && isAny(parent, ['bpmn:DataInput', 'bpmn:DataOutput']);
    return named || LOOP_REFERENCES.includes(local) ? property : undefined;
  });
}
