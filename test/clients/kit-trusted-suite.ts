import { readFileSync, rmSync } from 'node:fs';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf } from '../harness/graphql-client.ts';
import { jsonRequest } from '../harness/http.ts';
import {
  arns,
  MINUTE,
  newestFirst,
  PAGE_SIZE,
  SLOW_MACHINE_SETTINGS,
  TEST_TIMEOUT_MS,
} from './kit-suite.ts';
import { kitFolder, type KitName, type KitPage, openKit, runBuild } from './kit.ts';

/** The files that the builds of the kits write. */
const MANIFESTS = {
  'apollo-client': 'persisted-query-manifest.json',
  relay: 'persisted-queries.json',
} satisfies Partial<Record<KitName, string>>;

const UNKNOWN_ID = 'a'.repeat(64);

type TrustedKit = keyof typeof MANIFESTS;

/** Tests of a kit that sends only ids, with a gateway that trusts only the documents of the kit. */
export function itSendsOnlyIds(name: TrustedKit): void {
  const manifest = `${kitFolder(name)}${MANIFESTS[name]}`;
  let script: string;
  let gateway: Gateway;
  let page: KitPage;
  let now = Date.now();

  beforeAll(async () => {
    rmSync(manifest, { force: true });
    script = await runBuild(name, { VITE_TRUSTED_DOCUMENTS: 'true' });
    gateway = await startGateway({
      emulator: { clock: () => now },
      variables: {
        ...SLOW_MACHINE_SETTINGS,
        POLL_INTERVAL_MIN_MS: '100',
        POLL_INTERVAL_MAX_MS: '300',
        TRUSTED_DOCUMENTS: manifest,
        TRUSTED_DOCUMENTS_ONLY: 'true',
      },
    });
  }, TEST_TIMEOUT_MS);
  afterEach(() => {
    page.close();
  });
  afterAll(async () => {
    await gateway.stop();
  });

  it(
    'shows jobs, older jobs and a change, and sends only ids',
    async () => {
      const ends = gateway.emulator.addJob({ endTime: now + 1000 * MINUTE });
      for (let n = 1; n <= 1.5 * PAGE_SIZE; n += 1) {
        now += 1;
        gateway.emulator.addJob({ outcome: 'Completed', endTime: now });
      }
      gateway.emulator.addJob({ endTime: now + 1000 * MINUTE });
      page = openKit(script, gateway.url);
      await page.until(() => page.count() === PAGE_SIZE);
      await page.older();
      expect([page.alert(), arns(page)]).toEqual([null, newestFirst(gateway.emulator)]);
      const ids = readFileSync(manifest, 'utf8').match(/[0-9a-f]{64}/g) ?? [];
      const isSent = (id: string) => page.sent.some((message) => message.includes(id));
      // After a restart the page also reads the jobs in progress again.
      await gateway.restart(() => undefined);
      await page.until(() => ids.length > 0 && ids.every(isSent));
      await page.untilQuiet();
      const requests = [...page.requests];
      Object.assign(ends, { endTime: now });
      await page.until(() => page.rowAt(-1)?.status === 'COMPLETED');
      expect(page.requests).toEqual(requests);
      expect(page.sent.filter((message) => /asyncInvoke/i.test(message))).toEqual([]);
      expect(page.consoleErrors).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  it.each([
    ['the text of a document', { query: '{ __typename }' }],
    ['an unknown documentId', { documentId: UNKNOWN_ID }],
    ['an unknown doc_id', { doc_id: UNKNOWN_ID }],
    ['an unknown hash', { extensions: { persistedQuery: { version: 1, sha256Hash: UNKNOWN_ID } } }],
  ])('cannot be imitated with %s', async (_what, body) => {
    const response = await gateway.fetch(jsonRequest(body));
    expect([response.status, codesOf(response)]).toEqual([400, ['DOCUMENT_NOT_TRUSTED']]);
  });
}
