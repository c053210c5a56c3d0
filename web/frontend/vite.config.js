import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** One SVG sprite of the icons named in icons.json, so that a page loads only those. */
function iconSprite() {
  return {
    name: 'icon-sprite',
    generateBundle() {
      const names = JSON.parse(readFileSync(path.join(here, 'icons.json'), 'utf8'));
      const symbols = names.map((name) => {
        const file = path.join(here, 'node_modules/bootstrap-icons/icons', `${name}.svg`);
        const body = readFileSync(file, 'utf8').replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '').trim();
        return `<symbol id="${name}" viewBox="0 0 16 16">${body}</symbol>`;
      });
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
      const digest = createHash('sha256').update(source).digest('hex').slice(0, 8);
      const fileName = `assets/icons-${digest}.svg`;
      this.emitFile({ type: 'asset', fileName, source });
      this.emitFile({ type: 'asset', fileName: 'icons.json', source: JSON.stringify({ file: fileName }) });
    },
  };
}

export default defineConfig({
  base: '/static/dist/',
  plugins: [iconSprite()],
  css: {
    preprocessorOptions: {
      scss: {
        quietDeps: true,
        // Bootstrap 5.3 is still written with @import and the global colour functions.
        silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
      },
    },
  },
  build: {
    target: 'es2022',
    outDir: path.resolve(here, '../static/dist'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    // A font or picture inlined as data: would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        site: path.join(here, 'src/site.js'),
        diagram_editor: path.join(here, 'src/studio/diagram_editor.js'),
        decision_editor: path.join(here, 'src/studio/decision_editor.js'),
      },
    },
  },
});
