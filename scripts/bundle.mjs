// The command in few files: reading 1,600 modules takes longer than all else that a start does. What was built file by
// file stays beside it, for who imports the emulator, and, as `unbundled.js`, for who wants to see where time goes.
import { renameSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

renameSync('dist/main.js', 'dist/unbundled.js');
rmSync('dist/main.js.map');
await build({
  entryPoints: { main: 'dist/unbundled.js' },
  outdir: 'dist',
  // As deep as the modules were, which find the schema and the page by where they are themselves.
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // CommonJS in it asks for Node's own modules this way.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  legalComments: 'linked',
  logLevel: 'warning',
});
