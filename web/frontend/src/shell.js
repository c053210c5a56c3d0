/** What every page can do by keyboard: open the search, close a menu. */

/** True while keys belong to a field or a dialog, not to the page. */
export function isTyping(event) {
  const target = event.target;
  return (
    event.ctrlKey || event.metaKey || event.altKey ||
    target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]') ||
    document.querySelector('dialog[open]') !== null
  );
}

export function enhanceShell() {
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeMenus();
    if (event.key === '/' && !isTyping(event)) {
      const search = document.querySelector('[data-search]');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
  });
  document.addEventListener('click', (event) => closeMenus(event.target));
  // On a phone a long form would hide what it is about.
  if (window.matchMedia('(max-width: 61.99em)').matches) {
    for (const details of document.querySelectorAll('details[data-wide][open]:not(:has([aria-invalid]))')) {
      details.open = false;
    }
  }
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (except && menu.contains(except)) continue;
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector('summary').focus();
  }
}
