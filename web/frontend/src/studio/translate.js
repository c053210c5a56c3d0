/**
 * The words of the modelers in the reader's language: dictionaries of our own, English as key.
 *
 * What a dictionary lacks is told by an event on the document, which a test listens to.
 */

const DICTIONARIES = {
  fr: () => import('./words/fr.json'),
  es: () => import('./words/es.json'),
};

/**
 * The function that modelers ask for their texts; its `known` leaves alone, without a word, what
 * the dictionary does not have.
 */
export async function translator(language, dictionaries = DICTIONARIES) {
  const load = dictionaries[language];
  const words = load ? (await load()).default : null;
  function translate(template, replacements = {}) {
    const found = words ? words[template] : template;
    if (found === undefined) {
      document.dispatchEvent(new CustomEvent('words:missing', { detail: template }));
    }
    return (found ?? template).replace(/{([^}]+)}/g, (whole, name) => replacements[name.trim()] ?? whole);
  }
  translate.known = (text) => words?.[text] ?? text;
  return translate;
}

/**
 * Say in the reader's language what a library writes in English without asking: the texts and
 * titles of elements below `root` that match `selectors`. A library that draws them again finds
 * its own nodes: only what they say is another.
 */
export function translateWritten(root, selectors, translate) {
  const said = new Set();

  function say(text) {
    const key = text.trim();
    if (!key || said.has(key)) return text;
    const spoken = translate(key);
    said.add(spoken);
    return text.replace(key, () => spoken);
  }

  function look() {
    for (const element of root.querySelectorAll(selectors)) {
      if (element.title && !said.has(element.title)) element.title = say(element.title);
      for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE && !said.has(node.data.trim())) {
          const spoken = say(node.data);
          if (spoken !== node.data) node.data = spoken;
        }
      }
    }
  }
  new MutationObserver(look).observe(root, { childList: true, characterData: true, subtree: true });
  look();
}
