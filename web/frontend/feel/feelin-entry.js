/*
 * FEEL inside the server's V8 isolate: the one global `passerelleFeel`, whose
 * functions take and return JSON text. What depends on the second argument, the
 * instant, is marked `timed`. Bundled to engine/feel/dist/feelin.js.
 */
import { check } from './check.js';
import { decide } from './decide.js';
import { attempt, clockWasRead, setClock, toJson } from './evaluation.js';
import { limitTextLength } from './limits.js';

const MAX_RESULT_CHARS = 1 << 20;

limitTextLength();

function stringify(result) {
  const text = JSON.stringify(result);

  if (text.length > MAX_RESULT_CHARS) {
    return JSON.stringify({
      error: 'too_large',
      message: 'the result is larger than 1 MiB',
      timed: clockWasRead()
    });
  }
  return text;
}

function one(text, context) {
  return attempt(text, context, ({ value, notes }) => ({ value: toJson(value), notes }));
}

globalThis.passerelleFeel = {
  evaluate(json, now) {
    const { expressions, context, offset } = JSON.parse(json);

    setClock(now, offset);
    const results = expressions.map(text => one(text, context));

    return stringify({ results, timed: clockWasRead() });
  },

  decide(json, now) {
    const { table, context, offset } = JSON.parse(json);

    setClock(now, offset);
    const decided = decide(table, context);

    return stringify({ ...decided, timed: clockWasRead() });
  },

  check(json) {
    const { text, unary } = JSON.parse(json);

    return stringify(check(text, unary));
  }
};
