/*
 * All cells of a decision table against one context. Which of the matching
 * rules count, and how, is the caller's business (hit policies).
 */
import { equals, typeOf } from './values.js';
import { failure, Refused, run, toJson } from './evaluation.js';

/** How a JSON text becomes the FEEL value that a column's type asks for. */
const CONVERSIONS = {
  date: 'date(value)',
  time: 'time(value)',
  'date and time': 'date and time(value)',
  duration: 'duration(value)'
};

function isAny(text) {
  return text === '' || text === '-';
}

function inputValue({ label, expression, type, allowed }, context) {
  const { value: given } = run(expression, context);
  const value = typeof given === 'string' && Object.hasOwn(CONVERSIONS, type)
    ? run(CONVERSIONS[type], { value: given }).value
    : given;

  requireType(label, value, type);
  if (value === null && given !== null) {
    throw new Refused('wrong_type', `${label} is no ${type}`);
  }
  if (value !== null && allowed && !passes(allowed, context, value)) {
    throw new Refused('not_allowed', `${label} is none of ${allowed}`);
  }
  return value;
}

function requireType(label, value, type) {
  const found = typeOf(value);

  if (type && value !== null && found !== type) {
    throw new Refused('wrong_type', `${label} is a ${found}, not a ${type}`);
  }
}

function passes(tests, context, value) {
  return run(tests, { ...context, '?': value }, true).value === true;
}

function outputValue({ label, type, allowed, values }, text, context) {
  const value = text === '' ? null : run(text, context).value;

  requireType(label, value, type);
  if (value !== null && allowed && !passes(allowed, context, value)) {
    throw new Refused('not_allowed', `${label} is none of ${allowed}`);
  }
  return { value: toJson(value), rank: values ? values.findIndex(v => equals(v, value)) : 0 };
}

/** The listed output values in order; a list is what priorities are read from. */
function listed(output) {
  return output.ranked && output.allowed
    ? { ...output, values: run(`[${output.allowed}]`, {}).value }
    : output;
}

function place(error, where) {
  return { ...failure(error), ...where };
}

/** {rules: [{index, outputs, ranks}]} of the rules that match, or an error. */
export function decide({ inputs, outputs, rules, first }, context) {
  let where = {};

  try {
    const values = inputs.map(input => {
      where = { expression: input.expression };
      return inputValue(input, context);
    });

    const columns = outputs.map(listed);
    const matched = [];

    for (const [ index, rule ] of rules.entries()) {
      const hit = rule.tests.every((tests, column) => {
        where = { expression: tests, rule: rule.id };
        return isAny(tests) || passes(tests, context, values[column]);
      });

      if (!hit) {
        continue;
      }
      const cells = columns.map((output, column) => {
        where = { expression: rule.outputs[column], rule: rule.id };
        return outputValue(output, rule.outputs[column], context);
      });

      matched.push({ index, outputs: cells.map(c => c.value), ranks: cells.map(c => c.rank) });
      if (first) {
        break;
      }
    }
    return { rules: matched };
  } catch (error) {
    return place(error, where);
  }
}
