import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { ContractClient, Outcome } from './client.ts';
import { member, readPage, readServiceError, readRow, readStarted } from './read-json.ts';

const python = process.env.PYTHON ?? 'python3';
const script = fileURLToPath(new URL('boto3_client.py', import.meta.url));

export function reasonWithoutBoto3(): string | undefined {
  const { status } = spawnSync(python, [
    '-c',
    'import importlib.util, sys; sys.exit(importlib.util.find_spec("boto3") is None)',
  ]);
  return status === 0 ? undefined : `${python} has no boto3 (set PYTHON to a Python that has it)`;
}

/** Runs boto3 in a child process, which handles one request at a time. */
export function boto3Client(endpoint: string, region: string): ContractClient {
  const child = spawn(python, [script, endpoint, region], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function run<Output>(
    operation: string,
    params: object,
    read: (output: unknown) => Output,
  ): Promise<Outcome<Output>> {
    child.stdin.write(`${JSON.stringify({ operation, params })}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error('boto3_client.py exited early');
    const outcome: unknown = JSON.parse(line.value);
    const error = member(outcome, 'error');
    return error === undefined
      ? { kind: 'success', output: read(member(outcome, 'output')) }
      : { kind: 'error', error: readServiceError(error) };
  }

  return {
    list: (params) => run('list', params, readPage),
    get: (invocationArn) => run('get', { invocationArn }, readRow),
    start: (input) => run('start', input, readStarted),
    paginate: (params) => run('paginate', params, readPage),
    close: () => {
      child.stdin.end();
    },
  };
}
