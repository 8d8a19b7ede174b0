// Bundles the command into a few files, because reading 1,600 modules takes most of the start time.
// The files of the build stay beside the bundle: `dist/emulator` is imported by users of the
// emulator, and `dist/unbundled.js` is used for profiling.
import { renameSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

renameSync('dist/main.js', 'dist/unbundled.js');
rmSync('dist/main.js.map');
await build({
  entryPoints: { main: 'dist/unbundled.js' },
  outdir: 'dist',
  // The chunks have the same depth as the modules, which find the schema and the pages relative to
  // their own location.
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // CommonJS modules in the bundle load Node's built-in modules with `require`.
  banner: {
    js: `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`,
  },
  legalComments: 'linked',
  logLevel: 'warning',
});
