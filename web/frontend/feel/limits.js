/*
 * V8 cannot be interrupted inside one string operation, and a text doubled
 * thirty times costs nothing until such an operation flattens it. So the
 * operations FEEL functions rest on refuse texts no process ever needs.
 */
const MAX_TEXT_CHARS = 1 << 20;

const STRING_METHODS = [
  'endsWith', 'includes', 'indexOf', 'match', 'matchAll', 'replace', 'replaceAll',
  'search', 'slice', 'split', 'startsWith', 'substring', 'substr', 'toLowerCase',
  'toUpperCase', 'trim'
];

function refuseLong(text) {
  // Without strict mode, `this` of a text's method is an object around the text.
  if (Object(text) instanceof String && text.length > MAX_TEXT_CHARS) {
    throw new RangeError('a text is longer than 1 MiB');
  }
}

function guard(prototype, name, subject) {
  const original = prototype[name];

  prototype[name] = function(...args) {
    refuseLong(subject(this, args));
    return original.apply(this, args);
  };
}

/** Install the limit; called once, before anything is evaluated. */
export function limitTextLength() {
  for (const name of STRING_METHODS) {
    guard(String.prototype, name, target => target);
  }
  guard(RegExp.prototype, 'exec', (_, args) => args[0]);
  guard(RegExp.prototype, 'test', (_, args) => args[0]);
}
