// Builds the three entries into Flask's static folder; web reads dist/manifest.json to find their files.
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const entry = (name) => resolve(import.meta.dirname, `src/${name}.js`);

export default defineConfig({
  base: '/static/dist/', // Flask's static URL of outDir
  publicDir: false,
  build: {
    outDir: '../static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    license: true, // dist/.vite/license.md: the notices of what was bundled
    sourcemap: false,
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'], // light-dark() stays as written
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: { app: entry('app'), viewer: entry('viewer'), modeler: entry('modeler') },
    },
  },
});
