import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { BedrockRuntimeClient, ListAsyncInvokesCommand } from '@aws-sdk/client-bedrock-runtime';
import { createEmulator } from '../src/emulator/emulator.ts';
import { killAll, printed, run } from './harness/cli-process.ts';
import { graphqlClient } from './harness/graphql-client.ts';
import { waitFor } from './harness/wait-for.ts';

/** AWS variables of a developer's shell, which `local` ignores. */
const SHELL_VARIABLES = {
  AWS_REGION: 'Somewhere Else',
  AWS_ACCOUNT_ID: '7',
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:9',
  AWS_BEARER_TOKEN_BEDROCK: 'token',
  AWS_USE_FIPS_ENDPOINT: 'true',
};

afterEach(killAll);

describe('the built command line', () => {
  it.each([
    [['--help'], /Usage: bedrock-async-graphql <command>/],
    [[], /Usage: bedrock-async-graphql <command>/],
    [['local', '--help'], /--jobs N/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
  ])('the command line %j prints text and exits with 0', async (args, text) => {
    const { stdout, stderr, exited } = run(args);
    expect(await exited).toBe(0);
    expect(stdout()).toMatch(text);
    expect(stderr()).toBe('');
  });

  it.each([
    ['standalone', []],
    ['standalone', ['--role', 'standalone']],
    ['subgraph', ['--role', 'subgraph']],
    ['standalone-start', ['--start']],
    ['subgraph-start', ['--role', 'subgraph', '--start']],
  ])('schema prints schema/printed/%s.graphql for the options %j', async (role, options) => {
    const { stdout, exited } = run(['schema', ...options]);
    expect(await exited).toBe(0);
    const file = new URL(`../schema/printed/${role}.graphql`, import.meta.url);
    expect(stdout()).toBe(readFileSync(file, 'utf8'));
  });

  it.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    ['an unknown command', ['start'], {}, /^start: is not a command/],
    ['an invalid option', ['local', '--port', 'x'], {}, /^--port: must be/],
    ['an unknown role', ['schema', '--role', 'supergraph'], {}, /^--role: must be standalone/],
    [
      'a set of invalid settings',
      ['serve'],
      { PORT: 'x', LOG_LEVEL: 'x' },
      /^PORT: .*\nLOG_LEVEL: /,
    ],
    [
      'ENABLE_START without allow-lists',
      ['serve'],
      { ENABLE_START: 'true' },
      /^START_ALLOWED_MODELS: is required.*\nSTART_ALLOWED_OUTPUTS: is required/,
    ],
    [
      'an old setting name',
      ['serve'],
      { MAX_REPEATS: '1', PORT: 'x' },
      /^PORT: .*\nMAX_REPEATS was renamed to MAX_FIELD_CONFLICTS\.\n$/,
    ],
    ['a missing Region', ['serve'], {}, /^AWS_REGION: is not set/],
  ])('%s exits with 1 and prints the reason', async (_what, args, env, reason) => {
    const { stderr, stdout, exited } = run(args, env);
    expect(await exited).toBe(1);
    expect(stderr()).toMatch(reason);
    expect(stderr()).not.toMatch(/\n\s+at /);
    expect(stdout()).toBe('');
  });

  it('a port in use exits with 1 and prints the reason', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { stderr, exited } = run(['local', '--port', port]);
    expect(await exited).toBe(1);
    expect(stderr()).toMatch(/EADDRINUSE/);
    holder.close();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'local ignores AWS variables and serves sample jobs until %s',
    async (signal) => {
      const local = run(['local', '--port', '0', '--jobs', '5'], SHELL_VARIABLES);
      const url = await printed(local, /GraphQL +(\S+)/);
      const { data } = await graphqlClient(url).query('{ asyncInvokes { nodes { status } } }');
      expect(data).toEqual({ asyncInvokes: { nodes: expect.any(Array) as unknown } });
      expect((await fetch(new URL('/', url))).status).toBe(200);
      local.child.kill(signal);
      expect(await local.exited).toBe(0);
      expect(local.stderr()).toBe('');
    },
  );

  it('serve uses the endpoint and the credentials of the environment', async () => {
    const emulator = await createEmulator({ jobs: 3, region: 'eu-west-1' }).start();
    const serve = run(['serve', '--port', '0'], {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
      AWS_ACCESS_KEY_ID: 'from-the-environment',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    const url = await printed(serve, /listening on (http:[^"]+)"/);
    const { data } = await graphqlClient(`${url}/graphql`).query(
      '{ asyncInvokes { nodes { region } } }',
    );
    expect(data).toEqual({ asyncInvokes: { nodes: Array(3).fill({ region: 'eu-west-1' }) } });
    expect(emulator.requests[0]?.headers.authorization).toContain(
      'Credential=from-the-environment/',
    );
    await waitFor(() => serve.stdout().includes(emulator.url));
    serve.child.kill('SIGTERM');
    expect(await serve.exited).toBe(0);
    await emulator.destroy();
  });

  it('emulator serves any AWS SDK', async () => {
    const emulator = run(['emulator', '--port', '0', '--jobs', '4']);
    const endpoint = await printed(emulator, /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=(\S+)/);
    const client = new BedrockRuntimeClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    });
    const { asyncInvokeSummaries } = await client.send(new ListAsyncInvokesCommand({}));
    expect(asyncInvokeSummaries).toHaveLength(4);
    client.destroy();
    emulator.child.kill('SIGTERM');
    expect(await emulator.exited).toBe(0);
  });
});
