import { mergeConfig } from 'vite';
import base from './vite.config.ts';
const target = process.env.GATEWAY ?? 'http://127.0.0.1:21000';
export default mergeConfig(base, {
  server: { proxy: { '/graphql': { target, ws: true } } },
  preview: {
    port: 21001,
    host: '127.0.0.1',
    strictPort: true,
    proxy: { '/graphql': { target, ws: true } },
    headers: {
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
  },
});
