import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where a gateway listens while the pages are worked on with `npm run dev --workspace web`. */
const GATEWAY = 'http://127.0.0.1:4000';

export default defineConfig({
  root: here('.'),
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // A page that forbids inline scripts and `data:` has its files beside it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      // "use no memo" is for a compiler that is not used here.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
      // GraphiQL names its icons, for who cannot see them, after its components.
      output: { keepNames: true },
      input: { dashboard: here('index.html'), explorer: here('explorer.html') },
    },
  },
  server: {
    proxy: { '/graphql': { target: GATEWAY, ws: true } },
  },
});
