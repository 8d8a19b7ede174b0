import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** Beside both `src/` and `dist/`. */
const PUBLIC_FOLDER = new URL('../../public/', import.meta.url);

const FILES = [
  'index.html',
  'page.css',
  'page.js',
  'ask.js',
  'copy.js',
  'job-rows.js',
  'jobs.js',
  'playground.js',
  'presets.js',
  'text.js',
  'favicon.svg',
];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Only what the page itself brings may run on it. */
const HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A page for people. It needs nothing from the internet, and reads the jobs as any other client does. */
export function serveLandingPage(app: FastifyInstance): void {
  for (const file of FILES) {
    const body = readFileSync(new URL(file, PUBLIC_FOLDER));
    const headers = { ...HEADERS, 'content-type': TYPES[extname(file)] };
    const path = file === 'index.html' ? '/' : `/${file}`;
    app.get(path, (_request, reply) => reply.headers(headers).send(body));
  }
  // Whoever opens the endpoint itself in a browser means the page.
  app.addHook('onRequest', async ({ method, url, headers }, reply) => {
    const opened = method === 'GET' && url === '/graphql' && headers.accept?.includes('text/html');
    if (opened) await reply.redirect('/');
  });
}
