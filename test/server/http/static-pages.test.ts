import { type Gateway, startGateway } from '../../harness/gateway.ts';

let gateway: Gateway;
afterEach(() => gateway.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, { headers });

/** Returns the paths of the explorer's assets. */
async function assets(): Promise<string[]> {
  const html = await (await get('/explorer')).text();
  return [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].flatMap(([, path]) => path ?? []);
}

describe('explorer', () => {
  beforeEach(async () => {
    gateway = await startGateway({ mode: 'local' });
  });

  it('the explorer’s page allows only scripts and requests of the same origin', async () => {
    const { headers } = await get('/explorer');
    const policy = headers.get('content-security-policy') ?? '';
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
    expect(policy.match(/[\w-]+(?= [^;]*'unsafe-inline')/g)).toEqual(['style-src']);
  });

  it('the explorer’s page is revalidated on each load, with 304 if it has not changed', async () => {
    const { headers } = await get('/explorer');
    expect(headers.get('cache-control')).toBe('no-cache');
    const again = await get('/explorer', { 'if-none-match': headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await get('/explorer', { 'if-none-match': '"another"' })).status).toBe(200);
  });

  it('the explorer’s page is served for HEAD', async () => {
    const { status } = await fetch(`${gateway.url}/explorer`, { method: 'HEAD' });
    expect(status).toBe(200);
  });

  it('the explorer’s page has immutable assets', async () => {
    const paths = await assets();
    expect(paths.length).toBeGreaterThan(2);
    for (const path of paths) {
      const { status, headers } = await get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; script-src 'self'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it.each([
    { suffix: '.js', type: 'application/javascript; charset=utf-8' },
    { suffix: '.css', type: 'text/css; charset=utf-8' },
    { suffix: '.svg', type: 'image/svg+xml' },
  ])(
    'the explorer’s page serves a $suffix file with its content type',
    async ({ suffix, type }) => {
      const path = (await assets()).find((each) => each.endsWith(suffix)) ?? '';
      const response = await get(path);
      expect(response.headers.get('content-type')).toBe(type);
      // The gateway stops only after the client has read the response.
      expect((await response.text()).length).toBeGreaterThan(0);
    },
  );

  it('the explorer’s page serves compressed assets to clients that accept them', async () => {
    const path = (await assets()).find((each) => each.endsWith('.js')) ?? '';
    const [packed, plain] = [
      await get(path, { 'accept-encoding': 'gzip, br' }),
      await get(path, { 'accept-encoding': 'identity' }),
    ];
    expect(packed.headers.get('content-encoding')).toBe('br');
    expect(packed.headers.get('content-type')).toBe('application/javascript; charset=utf-8');
    expect(packed.headers.get('vary')).toContain('accept-encoding');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.text()).toBe(await plain.text());
  });

  it.each([
    '/assets/',
    '/assets/none.js',
    '/assets/..%2fexplorer.html',
    '/assets/%2e%2e/%2e%2e/main.js',
  ])('the explorer’s page serves no other files: %s is 404', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [expect.anything()] });
  });
});

describe('in front of AWS', () => {
  it.each([
    { variables: {}, status: 404 },
    { variables: { EXPLORER: 'true' }, status: 200 },
  ])('the explorer is $status with $variables', async ({ variables, status }) => {
    gateway = await startGateway({ variables });
    expect((await get('/explorer')).status).toBe(status);
  });
});
