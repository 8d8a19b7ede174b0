import { LOCAL_DEFAULTS, SERVE_DEFAULTS } from '../../src/config/mode-defaults.ts';
import { readConfig, type Variables } from '../../src/config/read-config.ts';
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
} from '../../src/emulator/emulator.ts';
import { type Server, type ServerDependencies, startServer } from '../../src/server/server.ts';
import { type GraphqlClient, graphqlClient } from './graphql-client.ts';

export interface Gateway extends GraphqlClient {
  readonly url: string;
  readonly emulator: Emulator;
  readonly server: Server;
  /** The log: one JSON object per line. */
  readonly logLines: readonly string[];
  /** Stops the server and starts another one on the same port. */
  restart(meanwhile: () => void): Promise<void>;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  readonly mode?: 'serve' | 'local';
  readonly variables?: Variables;
  readonly emulator?: EmulatorOptions;
  readonly dependencies?: ServerDependencies;
}

/** Starts the real server on a free port, in front of the real emulator on another. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const emulator = await createEmulator(options.emulator).start();
  const logLines: string[] = [];
  const variables = {
    PORT: '0',
    LOG_LEVEL: 'info',
    // Most tests check every upstream request.
    LIST_CACHE_TTL_MS: '0',
    // Other processes on the machine may delay the event loop beyond the default.
    MAX_EVENT_LOOP_DELAY_MS: '0',
    // One test sends more than one user would. Tests of these limits set them.
    UPSTREAM_CALLS_PER_SECOND: 'off',
    UPSTREAM_CALLS_PER_SECOND_PER_CALLER: 'off',
    STARTS_PER_MINUTE: 'off',
    STARTS_PER_MINUTE_PER_CALLER: 'off',
    AWS_REGION: emulator.region,
    AWS_ACCOUNT_ID: emulator.accountId,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
    ...options.variables,
  };
  const start = (changes: Variables = {}) =>
    startServer(
      readConfig(
        { ...variables, ...changes },
        options.mode === 'local' ? LOCAL_DEFAULTS : SERVE_DEFAULTS,
      ),
      {
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        logStream: { write: (line) => logLines.push(line) },
        ...options.dependencies,
      },
    );
  let server = await start();
  return {
    ...graphqlClient(`${server.url}/graphql`),
    url: server.url,
    emulator,
    get server() {
      return server;
    },
    logLines,
    restart: async (meanwhile) => {
      await server.stop();
      meanwhile();
      server = await start({ PORT: new URL(server.url).port });
    },
    stop: async () => {
      await server.stop();
      await emulator.destroy();
    },
  };
}
