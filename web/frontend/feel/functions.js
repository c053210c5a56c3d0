/* Functions of FEEL dialects that feelin lacks, and who may name a missing variable. */
import { evaluate, parseExpression, parseUnaryTests } from '@bpmn-io/feelin';

function isDefined(value) {
  return value !== null && value !== undefined;
}
isDefined.$args = [ 'value' ];

/** `is defined(x)`: false where x is null or does not exist at all. */
export const ADDED_FUNCTIONS = { 'is defined': isDefined };

/** Names feelin knows but throws "not implemented" for. */
const NOT_IMPLEMENTED = new Set([
  'coincides', 'during', 'finished by', 'finishes', 'overlaps after',
  'overlaps before', 'started by', 'starts'
]);

const known = new Map();

/** Whether a FEEL expression can call `name`. */
export function isFunction(name) {
  if (name in ADDED_FUNCTIONS) {
    return true;
  }
  if (NOT_IMPLEMENTED.has(name) || !/^[\p{L}_@][\p{L}\d_ ]*$/u.test(name)) {
    return false;
  }
  if (!known.has(name)) {
    known.set(name, typeof evaluate(name, {}).value === 'function');
  }
  return known.get(name);
}

/** The syntax tree of an expression or of unary tests. */
export function parse(text, unary) {
  return (unary ? parseUnaryTests : parseExpression)(text, ADDED_FUNCTIONS, undefined);
}

/** A name as FEEL compares it: runs of white space count as one space. */
export function normalName(text) {
  return text.trim().replace(/\s+/g, ' ');
}

/** Where a missing variable is no error: the arguments of `is defined`. */
export function toleratedRanges(text, unary) {
  const ranges = [];

  if (!/is\s+defined/.test(text)) {
    return ranges;
  }
  parse(text, unary).iterate({
    enter({ name, node, from, to }) {
      if (name === 'FunctionInvocation') {
        const called = node.firstChild;

        if (normalName(text.slice(called.from, called.to)) === 'is defined') {
          ranges.push({ from, to });
        }
      }
    }
  });
  return ranges;
}
