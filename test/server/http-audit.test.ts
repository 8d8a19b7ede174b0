import { serverAudits } from 'graphql-http';
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { killAll, startBuilt } from '../harness/cli-process.ts';

/**
 * Intended deviations from recommendations (SHOULD, MAY) of the GraphQL over HTTP specification:
 *
 * - A request that cannot be executed gets a 400 for every `Accept`, so that caches, proxies and
 *   monitors see a failure.
 * - A GET that any web page could send is rejected, as in Apollo Server's CSRF prevention.
 */
const KNOWN_DEVIATIONS: Readonly<Record<string, string>> = {
  '572B': '400 for a document that cannot be parsed (SHOULD be 200)',
  FDE2: '400 for an invalid document (SHOULD be 200)',
  '7B9B': '400 for a variable of the wrong type (SHOULD be 200)',
  '5A70': 'no GET without a header that forces a preflight (MAY)',
  D6D5: 'no GET with variables without a header that forces a preflight (MAY)',
  '6A70': 'no GET with variables without a header that forces a preflight (MAY)',
};

const endpoints: Record<string, string> = {};
let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator().start();
  for (const role of ['standalone', 'subgraph']) {
    // The audits send introspection queries.
    const env = { GRAPH_ROLE: role, INTROSPECTION: 'true' };
    endpoints[role] = `${await startBuilt(emulator, env)}/graphql`;
  }
});
afterAll(async () => {
  killAll();
  await emulator.destroy();
});

describe.each(['standalone', 'subgraph'])('GraphQL over HTTP, as %s', (role) => {
  // The list of audits does not depend on the URL.
  const audits = serverAudits({ url: () => endpoints[role] ?? '' });

  it.each(audits.map(({ id, name }) => ({ id, name })))('$id $name', async ({ id }) => {
    const audit = audits.find((candidate) => candidate.id === id);
    const result = await audit?.fn();
    if (id in KNOWN_DEVIATIONS) expect(result?.status).toMatch(/^(warn|notice)$/);
    else expect(result).toMatchObject({ status: 'ok' });
  });

  it('runs every audit that is a known deviation', () => {
    const ids = audits.map(({ id }) => id);
    expect(Object.keys(KNOWN_DEVIATIONS).filter((id) => !ids.includes(id))).toEqual([]);
  });
});
