/**
 * What the palette and the menus offer: the elements that the engine executes, and steps that are
 * ready to be used (approvals by kind, services, forms). The server says which those are.
 */
import * as replaceOptions from 'bpmn-js/lib/features/replace/ReplaceOptions';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import {
  ALL_EVENTS, DATA_OBJECTS, GATEWAY, PARTICIPANT, SUBPROCESS, TASK,
} from 'bpmn-js-create-append-anything';
import { presets } from './diagram_presets.js';

const LAST = 100;
const STRUCTURE = ['participant', 'lane', 'textAnnotation', 'group', 'sequenceFlow', 'association'];
const TOGGLES = {
  'toggle-parallel-mi': 'multiInstanceLoopCharacteristics:parallel',
  'toggle-sequential-mi': 'multiInstanceLoopCharacteristics:sequential',
  'toggle-loop': 'standardLoopCharacteristics',
  'toggle-non-interrupting': null,
};
/** Entries of palette and context pad that name no target of their own. */
const FIXED = {
  'create.data-object': 'dataObjectReference',
  'create.data-store': 'dataStoreReference',
  'append.condition-intermediate-event': 'intermediateCatchEvent:conditional',
  'append.compensation-activity': 'boundaryEvent:compensate',
};

/** What a flow can become where a gateway chooses among its flows. */
const CHOICES = ['replace-with-default-flow', 'replace-with-conditional-flow'];
const CHOOSING = ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'];

/** An element as the engine's allow-list spells it (engine/kernel/supported.py). */
export function keyOf(target) {
  const type = local(target.type);
  if (target.triggeredByEvent) return 'eventSubProcess';
  const parts = [type[0].toLowerCase() + type.slice(1)];
  if (target.eventDefinitionType) {
    const definition = local(target.eventDefinitionType).replace('EventDefinition', '');
    parts.push(definition[0].toLowerCase() + definition.slice(1));
  }
  if (target.cancelActivity === false || target.isInterrupting === false) parts.push('nonInterrupting');
  return parts.join(':');
}

function local(name) {
  return name.split(':')[1];
}

/** Every menu entry that creates or changes something, by its id, with the key of what it makes. */
function targets() {
  const found = { ...FIXED };
  const created = [ALL_EVENTS, DATA_OBJECTS, GATEWAY, PARTICIPANT, SUBPROCESS, TASK].flat();
  for (const { actionName, target } of created.filter((each) => each.target)) {
    found[`create-${actionName}`] = found[`append-${actionName}`] = keyOf(target);
  }
  const changes = Object.values(replaceOptions).flatMap((each) => (
    Array.isArray(each) ? each : Object.values(each).flat()
  ));
  for (const { actionName, target } of changes.filter((each) => each.target?.type)) {
    found[actionName] = keyOf(target);
  }
  return found;
}

/** A filter of menu entries: those that make what the engine executes. */
export function onlyExecuted(supported) {
  const known = targets();
  const allowed = (id) => {
    const key = known[id];
    return !key || supported.has(key) || STRUCTURE.includes(key);
  };
  return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => allowed(id)));
}

function onlyKnownToggles(supported) {
  const allowed = (id) => id in TOGGLES && (TOGGLES[id] === null || supported.has(TOGGLES[id]));
  return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => allowed(id)));
}

/** Elsewhere the engine asks no condition and knows no default. */
function withoutChoice(element, entries) {
  if (!is(element, 'bpmn:SequenceFlow') || isAny(element.source, CHOOSING)) return entries;
  return Object.fromEntries(Object.entries(entries).filter(([id]) => !CHOICES.includes(id)));
}

class Offer {
  constructor(vocabulary, injector, palette, contextPad, popupMenu) {
    const supported = new Set(vocabulary.supported);
    const filter = onlyExecuted(supported);
    const toggles = onlyKnownToggles(supported);
    const ready = presets(vocabulary, injector);
    palette.registerProvider(LAST, { getPaletteEntries: () => filter });
    contextPad.registerProvider(LAST, {
      getContextPadEntries: () => filter,
      getMultiElementContextPadEntries: () => filter,
    });
    popupMenu.registerProvider('bpmn-replace', LAST, {
      getPopupMenuEntries: (element) => (entries) => withoutChoice(element, filter(entries)),
      getPopupMenuHeaderEntries: () => toggles,
    });
    popupMenu.registerProvider('bpmn-create', LAST, {
      getPopupMenuEntries: () => (entries) => ({ ...ready.create(), ...filter(entries) }),
    });
    popupMenu.registerProvider('bpmn-append', LAST, {
      getPopupMenuEntries: (element) => (entries) => ({
        ...ready.append(element), ...filter(entries),
      }),
    });
  }
}
Offer.$inject = ['config.vocabulary', 'injector', 'palette', 'contextPad', 'popupMenu'];

export const OfferModule = { __init__: ['offer'], offer: ['type', Offer] };
