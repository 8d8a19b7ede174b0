import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** Beside both `src/` and `dist/`. */
const PUBLIC_FOLDER = new URL('../../public/', import.meta.url);

const FILES = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/page.css', file: 'page.css', type: 'text/css; charset=utf-8' },
  { path: '/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/favicon.svg', file: 'favicon.svg', type: 'image/svg+xml' },
] as const;

/** Only what the page itself brings may run on it. */
const HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A page for people. It needs nothing from the internet, and reads the jobs as any other client does. */
export function serveLandingPage(app: FastifyInstance): void {
  for (const { path, file, type } of FILES) {
    const body = readFileSync(new URL(file, PUBLIC_FOLDER));
    app.get(path, (_request, reply) => reply.headers(HEADERS).type(type).send(body));
  }
}
