/*
 * FEEL inside the server's V8 isolate: the one global `passerelleFeel`, whose
 * functions take and return JSON text. Bundled to engine/feel/dist/feelin.js.
 */
import { check } from './check.js';
import { decide } from './decide.js';
import { attempt, setClock, toJson } from './evaluation.js';
import { limitTextLength } from './limits.js';

const MAX_RESULT_CHARS = 1 << 20;

limitTextLength();

function stringify(result) {
  const text = JSON.stringify(result);

  if (text.length > MAX_RESULT_CHARS) {
    return JSON.stringify({ error: 'too_large', message: 'the result is larger than 1 MiB' });
  }
  return text;
}

function one(text, context) {
  return attempt(text, context, ({ value, notes }) => ({ value: toJson(value), notes }));
}

globalThis.passerelleFeel = {
  evaluate(json) {
    const { expressions, context, clock } = JSON.parse(json);

    setClock(clock);
    return stringify({ results: expressions.map(text => one(text, context)) });
  },

  decide(json) {
    const { table, context, clock } = JSON.parse(json);

    setClock(clock);
    return stringify(decide(table, context));
  },

  check(json) {
    const { text, unary } = JSON.parse(json);

    return stringify(check(text, unary));
  }
};
