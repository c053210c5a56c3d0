import path from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** The FEEL interpreter as one classic script: the engine evaluates it in a bare V8 isolate. */
export default defineConfig({
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    target: 'es2022',
    outDir: path.resolve(here, '../../engine/feel/dist'),
    emptyOutDir: true,
    lib: {
      entry: path.join(here, 'feel/feelin-entry.js'),
      formats: ['iife'],
      name: 'PasserelleFeel',
      fileName: () => 'feelin.js',
    },
  },
});
