import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The gateway that `npm run dev --workspace web` sends requests to. */
const GATEWAY = 'http://127.0.0.1:4000';

export default defineConfig({
  root: here('.'),
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // The pages' content security policy forbids inline scripts and `data:` URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      // Hides warnings about "use no memo", a directive for the React compiler.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
      // GraphiQL derives the accessible names of its icons from component names.
      output: { keepNames: true },
      input: { dashboard: here('index.html'), explorer: here('explorer.html') },
    },
  },
  server: {
    proxy: { '/graphql': { target: GATEWAY, ws: true } },
  },
});
