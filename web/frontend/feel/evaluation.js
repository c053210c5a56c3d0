/*
 * One FEEL expression against one context. The isolate has no time of its own
 * (the caller sends the instant) and no locale of its own, so that a result
 * depends on the arguments alone.
 */
import { evaluate, unaryTest } from '@bpmn-io/feelin';
import { FixedOffsetZone, Settings } from 'luxon';

import { ADDED_FUNCTIONS, toleratedRanges } from './functions.js';

const LOCAL_ZONE = 'system';

let nowMillis = 0;
let nowWasRead = false;
let offsetMinutes = 0;

Settings.defaultLocale = 'en-US';
Settings.now = () => {
  nowWasRead = true;
  return nowMillis;
};
// "Local" is the zone of the process, at the instant the caller sent.
Date.prototype.getTimezoneOffset = () => -offsetMinutes;

/** An expression that has no usable result; `reason` is a code. */
export class Refused extends Error {
  constructor(reason, message, variable) {
    super(message);
    this.reason = reason;
    this.variable = variable;
  }
}

/** Set what now() answers (ms since 1970) and the offset of local times (minutes). */
export function setClock(now, offset) {
  nowMillis = now;
  nowWasRead = false;
  offsetMinutes = offset;
}

/** Whether anything has asked for the time since it was set: another day, another answer. */
export function clockWasRead() {
  return nowWasRead;
}

/** The FEEL type of a temporal value: date, time or date and time. */
export function temporalType(value) {
  if (value.year === 1900 && value.month === 1 && value.day === 1) {
    return 'time';
  }
  const midnight = !(value.hour || value.minute || value.second || value.millisecond);

  return midnight && value.zone === FixedOffsetZone.utcInstance ? 'date' : 'date and time';
}

/** ISO 8601 text; a local time carries no offset. */
function temporalText(value) {
  const options = {
    suppressMilliseconds: true,
    includeOffset: value.zone.type !== LOCAL_ZONE
  };

  switch (temporalType(value)) {
  case 'time': return value.toISOTime(options);
  case 'date': return value.toISODate();
  default: return value.toISO(options);
  }
}

/** A FEEL value as a JSON value; functions and ranges have none. */
export function toJson(value) {
  if (value === null || value === undefined) {
    return null;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : null;
  }
  if (typeof value !== 'object' && typeof value !== 'function') {
    return value;
  }
  if (value.isLuxonDateTime) {
    return temporalText(value);
  }
  if (value.isLuxonDuration) {
    return value.toISO();
  }
  if (Array.isArray(value)) {
    return value.map(toJson);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    throw new Refused('not_a_value', 'the result is a function or a range, not a value');
  }
  return Object.fromEntries(Object.entries(value).map(([ key, entry ]) => [ key, toJson(entry) ]));
}

/** feelin warns where FEEL says null; a name it cannot find is an error here. */
function refuseWarnings(text, warnings, unary) {
  const tolerated = toleratedRanges(text, unary);

  for (const { type, position, message } of warnings) {
    const { from, to } = position;

    if (type === 'NO_VARIABLE_FOUND' && !tolerated.some(r => r.from <= from && to <= r.to)) {
      const name = text.slice(from, to);

      throw new Refused('missing_variable', `the variable ${name} does not exist`, name);
    }
    if (type === 'NO_FUNCTION_FOUND' || type === 'FUNCTION_INVOCATION_FAILURE') {
      throw new Refused('bad_function_call', message);
    }
  }
}

/** Evaluate to {value, notes}, value being feelin's own; throws. */
export function run(text, context, unary = false) {
  const scope = Object.assign({}, ADDED_FUNCTIONS, context);
  const { value, warnings } = (unary ? unaryTest : evaluate)(text, scope);

  refuseWarnings(text, warnings, unary);
  return { value, notes: warnings.map(warning => warning.message) };
}

/** What went wrong, as data. */
export function failure(error) {
  return {
    error: error.reason || 'failed',
    message: String(error.message).slice(0, 500),
    variable: error.variable
  };
}

/** Evaluate and hand the result on, an error becoming data. */
export function attempt(text, context, then) {
  try {
    return then(run(text, context));
  } catch (error) {
    return failure(error);
  }
}
