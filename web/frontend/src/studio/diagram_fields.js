/** The kinds of fields in the properties panel, as entries for its groups. */
import {
  CheckboxEntry, FeelEntry, Group, SelectEntry, TextAreaEntry, TextFieldEntry,
  isCheckboxEntryEdited, isFeelEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited,
  isTextFieldEntryEdited,
} from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';

function component(Entry, more = () => ({})) {
  return function Field({ element, id, label, description, get, set, ...props }) {
    const debounce = useService('debounceInput');
    return h(Entry, {
      element, id, label, description, debounce, getValue: get, setValue: set,
      ...more({ get, set, ...props }),
    });
  };
}

// The panel's editor marks an expression by "=" in front, BPMN and our engine do not.
const Feel = component(FeelEntry, ({ get, set, variables }) => ({
  feel: 'required',
  variables,
  getValue: () => (get() ? `=${get()}` : ''),
  setValue: (value) => set(value?.replace(/^=/, '').trim() ?? ''),
}));
const Choice = component(SelectEntry, ({ options, get }) => ({
  getOptions: () => withUnknown(options, get()),
}));
const Text = component(TextFieldEntry);
const Area = component(TextAreaEntry, () => ({ autoResize: true }));
const Tick = component(CheckboxEntry, ({ get, set }) => ({
  getValue: () => get() === 'true',
  setValue: (ticked) => set(ticked ? 'true' : ''),
}));

/** What a file says is shown even where it is not among what can be chosen. */
function withUnknown(options, value) {
  const known = options.some((each) => each.value === value);
  return known || !value ? options : [...options, { value, label: `${value} (?)` }];
}

const entry = (Component, isEdited) => (id, label, get, set, more = {}) => ({
  id, label, get, set, component: Component, isEdited, ...more,
});

export const feel = entry(Feel, isFeelEntryEdited);
export const text = entry(Text, isTextFieldEntryEdited);
export const area = entry(Area, isTextAreaEntryEdited);
export const tick = entry(Tick, isCheckboxEntryEdited);

/** A choice among values, or among {value, label}; the empty one comes first. */
export function choice(id, label, values, get, set) {
  const options = [
    { value: '', label: '–' },
    ...values.map((each) => (typeof each === 'string' ? { value: each, label: each } : each)),
  ];
  return { id, label, options, get, set, component: Choice, isEdited: isSelectEntryEdited };
}

/** A group of entries; null where there are none, which the panel does not show. */
export function group(id, label, entries) {
  return entries.length > 0 ? { id, label, entries, component: Group } : null;
}
