/** What the engine's names are called on the page. What somebody else's package brings keeps its name. */

const KINDS = {
  single: 'one person decides',
  four_eyes: 'two persons must agree',
  all: 'every group must agree, all at once',
  sequence: 'every group must agree, one after the other',
  quorum: 'so many of several must agree',
  first_response: 'the first answer decides',
  automatic: 'a decision table decides',
};

const OPTIONS = {
  seats: 'Groups asked',
  size: 'How many seats',
  required: 'How many must agree',
  decision: 'Decision table',
  output: 'Column with the outcome',
  outcomes: 'Outcomes',
  reasonRequired: 'Outcomes that need a reason',
  exclude: 'Persons who may not decide',
};

/** An approval kind in words. */
export function variantLabel(kind, translate) {
  return kind in KINDS ? translate(KINDS[kind]) : kind;
}

/** An option of an approval kind in words. */
export function optionLabel(option, translate) {
  return option in OPTIONS ? translate(OPTIONS[option]) : option;
}
