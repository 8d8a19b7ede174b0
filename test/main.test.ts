import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { BedrockRuntimeClient, ListAsyncInvokesCommand } from '@aws-sdk/client-bedrock-runtime';
import { createEmulator } from '../src/emulator/emulator.ts';
import { graphqlClient } from './harness/graphql-client.ts';
import { until } from './harness/until.ts';

const MAIN = new URL('../dist/main.js', import.meta.url).pathname;

/** No credentials, profile or settings of the machine's. */
const BARE = { PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };

/** What a developer's shell may say of AWS. */
const NOT_FOR_LOCAL = {
  AWS_REGION: 'Somewhere Else',
  AWS_ACCOUNT_ID: '7',
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:9',
  AWS_BEARER_TOKEN_BEDROCK: 'token',
  AWS_USE_FIPS_ENDPOINT: 'true',
};

interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: npm run build');
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...BARE, ...env } });
  running.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => stdout, stderr: () => stderr, exited };
}

/** The first text that matches, as soon as it is printed. */
async function printed({ stdout, child }: Run, pattern: RegExp): Promise<string> {
  await until(() => pattern.test(stdout()) || child.exitCode !== null);
  return pattern.exec(stdout())?.[1] ?? '';
}

describe('the command line, built', () => {
  it.each([
    [['--help'], /Usage: bedrock-async-graphql <command>/],
    [[], /Usage: bedrock-async-graphql <command>/],
    [['local', '--help'], /--jobs N/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
  ])('%j prints and exits with 0', async (args, text) => {
    const { stdout, stderr, exited } = run(args);
    expect(await exited).toBe(0);
    expect(stdout()).toMatch(text);
    expect(stderr()).toBe('');
  });

  it('schema prints the SDL that is checked in', async () => {
    const { stdout, exited } = run(['schema']);
    expect(await exited).toBe(0);
    const file = new URL('../schema/printed/standalone.graphql', import.meta.url);
    expect(stdout()).toBe(readFileSync(file, 'utf8'));
  });

  it.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    ['a command that is none', ['start'], {}, /^start: is not a command/],
    ['an option that cannot be used', ['local', '--port', 'x'], {}, /^--port: must be/],
    [
      'settings that cannot be used, all of them',
      ['serve'],
      { PORT: 'x', LOG_LEVEL: 'x' },
      /^PORT: .*\nLOG_LEVEL: /,
    ],
    ['no Region', ['serve'], {}, /^AWS_REGION: is not set/],
  ])('%s ends with 1 and the reason', async (_what, args, env, reason) => {
    const { stderr, stdout, exited } = run(args, env);
    expect(await exited).toBe(1);
    expect(stderr()).toMatch(reason);
    expect(stderr()).not.toMatch(/\n\s+at /);
    expect(stdout()).toBe('');
  });

  it('a port that is taken ends with 1 and the reason', async () => {
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
    'local serves sample jobs whatever the shell says of AWS, until %s',
    async (signal) => {
      const local = run(['local', '--port', '0', '--jobs', '5'], NOT_FOR_LOCAL);
      const url = await printed(local, /GraphQL +(\S+)/);
      const { data } = await graphqlClient(url).query('{ asyncInvokes { nodes { status } } }');
      expect(data).toEqual({ asyncInvokes: { nodes: expect.any(Array) as unknown } });
      expect((await fetch(new URL('/', url))).status).toBe(200);
      local.child.kill(signal);
      expect(await local.exited).toBe(0);
      expect(local.stderr()).toBe('');
    },
  );

  it('serve reads the endpoint of the settings with the credentials of the environment', async () => {
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
    expect(serve.stdout()).toContain(emulator.url);
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
