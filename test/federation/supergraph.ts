import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { killAll, printed, runScript, startBuilt } from '../harness/cli-process.ts';
import { type GraphqlClient, graphqlClient } from '../harness/graphql-client.ts';

export type Router = 'Apollo Gateway' | 'Hive Gateway';

const EXAMPLE = new URL('../../examples/federation/', import.meta.url);

export interface Supergraph extends GraphqlClient {
  readonly emulator: Emulator;
  /** Sends a request to the router and returns the raw response. */
  request(init: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

/**
 * Starts the supergraph of the example in separate processes: the built gateway, the render queue,
 * and a router in front of both.
 */
export async function startSupergraph(router: Router): Promise<Supergraph> {
  const emulator = await createEmulator({ jobs: 300 }).start();
  const stop = async () => {
    killAll();
    await emulator.destroy();
  };
  try {
    const url = await startProcesses(emulator, router);
    return { ...graphqlClient(url), emulator, request: (init) => fetch(url, init), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns the URL of the router. */
async function startProcesses(emulator: Emulator, router: Router): Promise<string> {
  const env = { GRAPH_ROLE: 'subgraph', LIST_CACHE_TTL_MS: '0' };
  const bedrock = `${await startBuilt(emulator, env)}/graphql`;
  const queue = await printed(
    runScript(new URL('render-queue/server.mjs', EXAMPLE).pathname, [], {
      PORT: '0',
      AWS_REGION: emulator.region,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
      AWS_ACCESS_KEY_ID: 'queue',
      AWS_SECRET_ACCESS_KEY: 'queue',
    }),
    /render queue on (\S+)/,
  );
  return startRouter(router, bedrock, queue);
}

function startRouter(router: Router, bedrock: string, queue: string): Promise<string> {
  switch (router) {
    case 'Apollo Gateway': {
      const env = { PORT: '0', BEDROCK_URL: bedrock, RENDER_QUEUE_URL: queue };
      const script = new URL('router.mjs', EXAMPLE).pathname;
      return printed(runScript(script, [], env), /router on (\S+)/);
    }
    case 'Hive Gateway': {
      const folder = mkdtempSync(join(tmpdir(), 'supergraph-'));
      const file = join(folder, 'supergraph.graphql');
      const supergraph = readFileSync(new URL('supergraph.graphql', EXAMPLE), 'utf8')
        .replace('http://127.0.0.1:4001/graphql', bedrock)
        .replace('http://127.0.0.1:4002/graphql', queue);
      writeFileSync(file, supergraph);
      const script = new URL('hive-gateway.mjs', import.meta.url).pathname;
      return printed(runScript(script, [file], {}), /router on (\S+)/).finally(() => {
        rmSync(folder, { recursive: true });
      });
    }
    default:
      return router satisfies never;
  }
}

/** Returns a query of the example. */
export function exampleQuery(name: string): string {
  return readFileSync(new URL(`queries/${name}.graphql`, EXAMPLE), 'utf8');
}
