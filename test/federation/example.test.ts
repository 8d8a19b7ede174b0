import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { killAll, printed, runScript } from '../harness/cli-process.ts';
import type { GraphqlResponse } from '../harness/graphql-client.ts';

const EXAMPLE = new URL('../../examples/federation/', import.meta.url);
const file = (name: string) => new URL(name, EXAMPLE).pathname;

afterAll(killAll);

describe('examples/federation', () => {
  it('has an up-to-date supergraph; `npm run compose` updates it', async () => {
    const { stdout, stderr, exited } = runScript(file('compose.mjs'), [], {});
    expect([await exited, stderr()]).toEqual([0, '']);
    expect(stdout()).toBe(readFileSync(file('supergraph.graphql'), 'utf8'));
  });

  it('starts with one command, responds to its queries, and stops on SIGTERM', async () => {
    const example = runScript(file('start.mjs'), ['--any-port'], {});
    try {
      const router = await printed(example, /Router +(\S+)/);
      const queries = readdirSync(file('queries'));
      expect(queries).toHaveLength(3);
      for (const query of queries) {
        const args = [router, file(`queries/${query}`), '{"first":3}'];
        const { stdout, exited } = runScript(file('query.mjs'), args, {});
        expect(await exited).toBe(0);
        const { data, errors } = JSON.parse(stdout()) as Pick<GraphqlResponse, 'data' | 'errors'>;
        expect(errors).toBeUndefined();
        expect(JSON.stringify(data)).toMatch(/"(?:title|status)":"/);
      }
      example.child.kill('SIGTERM');
      expect(await example.exited).toBe(0);
      await expect(fetch(router)).rejects.toThrow();
    } finally {
      // Stops the started processes when an assertion failed.
      example.child.kill('SIGTERM');
      await example.exited;
    }
  });

  it('names a port that is in use, and leaves no process running', async () => {
    const holder = createServer().listen(4001, '127.0.0.1');
    await once(holder, 'listening');
    try {
      const example = runScript(file('start.mjs'), [], {});
      expect(await example.exited).toBe(1);
      expect(example.stderr()).toMatch(/^the subgraph: port 4001 is in use/);
      await expect(fetch('http://127.0.0.1:4010/')).rejects.toThrow();
    } finally {
      holder.close();
    }
  });
});
