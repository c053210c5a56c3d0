/* Types and equality of FEEL values, by feelin's own rules. */
import { evaluate } from '@bpmn-io/feelin';

import { temporalType } from './evaluation.js';

/** The FEEL name of a value's type. */
export function typeOf(value) {
  if (value === null || value === undefined) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return 'list';
  }
  if (value.isLuxonDateTime) {
    return temporalType(value);
  }
  if (value.isLuxonDuration) {
    return 'duration';
  }
  return typeof value === 'object' ? 'context' : typeof value;
}

/** Whether FEEL calls two values equal. */
export function equals(left, right) {
  return evaluate('left = right', { left, right }).value === true;
}
