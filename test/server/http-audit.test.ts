import { serverAudits } from 'graphql-http';
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { killAll, startBuilt } from '../harness/cli-process.ts';

/**
 * What the GraphQL over HTTP specification recommends or allows and this gateway leaves, on purpose: a request that
 * cannot be executed is a 400 whatever the caller accepts, so that caches, proxies and monitors see it as the failure it
 * is; and a GET that any web page could send is refused, as Apollo Server's CSRF prevention does.
 */
const KNOWN_DEVIATIONS: Readonly<Record<string, string>> = {
  '572B': '400 where a document cannot be parsed (the specification: SHOULD be 200)',
  FDE2: '400 where a document is not valid (SHOULD be 200)',
  '7B9B': '400 where a variable does not fit its type (SHOULD be 200)',
  '5A70': 'no GET without a header that makes browsers ask first (MAY)',
  D6D5: 'no GET without such a header, with variables (MAY)',
  '6A70': 'no GET without such a header, with variables (MAY)',
};

const endpoints: Record<string, string> = {};
let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator().start();
  for (const role of ['standalone', 'subgraph']) {
    // The audits ask with introspection queries.
    const env = { GRAPH_ROLE: role, INTROSPECTION: 'true' };
    endpoints[role] = `${await startBuilt(emulator, env)}/graphql`;
  }
});
afterAll(async () => {
  killAll();
  await emulator.destroy();
});

describe.each(['standalone', 'subgraph'])('GraphQL over HTTP, as %s', (role) => {
  // The audits' names and number do not depend on where they are sent.
  const audits = serverAudits({ url: () => endpoints[role] ?? '' });

  it.each(audits.map(({ id, name }) => ({ id, name })))('$id $name', async ({ id }) => {
    const audit = audits.find((candidate) => candidate.id === id);
    const result = await audit?.fn();
    if (id in KNOWN_DEVIATIONS) expect(result?.status).toMatch(/^(warn|notice)$/);
    else expect(result).toMatchObject({ status: 'ok' });
  });

  it('has every audit that is left among those that are run', () => {
    const ids = audits.map(({ id }) => id);
    expect(Object.keys(KNOWN_DEVIATIONS).filter((id) => !ids.includes(id))).toEqual([]);
  });
});
