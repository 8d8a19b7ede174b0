import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

interface Page {
  readonly path: string;
  readonly file: string;
  /** Its Content-Security-Policy. */
  readonly policy: Policy;
}

type Policy = Readonly<Record<string, string>>;

/** Allows only files and requests of the same origin. */
const SAME_ORIGIN: Policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'font-src': "'self'",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

const PAGES = {
  dashboard: { path: '/', file: 'index.html', policy: SAME_ORIGIN },
  explorer: {
    path: '/explorer',
    file: 'explorer.html',
    policy: {
      ...SAME_ORIGIN,
      'worker-src': "'self'",
      // Monaco, its editor, creates style sheets at run time and draws squiggles as `data:` images.
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data:",
    },
  },
} as const satisfies Readonly<Record<string, Page>>;

export type PageName = keyof typeof PAGES;

/** Workers run under the policy that comes with their script. */
const ASSET_POLICY: Policy = { 'default-src': "'none'", 'script-src': "'self'" };

/**
 * Serves the dashboard and the explorer, and their assets, from `folder`. The pages contain no
 * data: they query the graph.
 */
export async function servePages(
  app: FastifyInstance,
  names: ReadonlySet<PageName>,
  folder: URL,
): Promise<void> {
  if (names.size === 0) return;
  if (!existsSync(folder)) throw new Error('dist/web is missing: run `npm run build`');
  for (const name of names) servePage(app, PAGES[name], folder);
  if (names.has('dashboard')) redirectBrowsers(app, '/graphql', PAGES.dashboard.path);
  // Loaded on demand, because most gateways serve no pages.
  const { default: fastifyStatic } = await import('@fastify/static');
  await app.register(fastifyStatic, {
    root: new URL('assets/', folder),
    prefix: '/assets/',
    // File names contain a hash of the content.
    immutable: true,
    maxAge: '1y',
    etag: false,
    lastModified: false,
    preCompressed: true,
    decorateReply: false,
    index: false,
    setHeaders: ({ raw }) => void raw.setHeader('content-security-policy', toHeader(ASSET_POLICY)),
  });
}

/** Redirects a browser that opens the GraphQL endpoint to a page. */
function redirectBrowsers(app: FastifyInstance, from: string, to: string): void {
  app.addHook('onRequest', async ({ method, url, headers }, reply) => {
    const isOpened = method === 'GET' && url === from && headers.accept?.includes('text/html');
    if (isOpened) await reply.redirect(to);
  });
}

/** Browsers revalidate the page on every load, because it names the assets of its version. */
function servePage(app: FastifyInstance, { path, file, policy }: Page, folder: URL): void {
  const body = readFileSync(new URL(file, folder));
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const headers = {
    'cache-control': 'no-cache',
    'content-security-policy': toHeader(policy),
    'content-type': 'text/html; charset=utf-8',
    etag,
  };
  app.get(path, { exposeHeadRoute: true }, (request, reply) => {
    void reply.headers(headers);
    return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(body);
  });
}

function toHeader(policy: Policy): string {
  return Object.entries(policy)
    .map((directive) => directive.join(' '))
    .join('; ');
}
