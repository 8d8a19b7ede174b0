import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { ContractClient, Outcome } from './client.ts';
import { member, readPage, readServiceError, readRow, readStarted } from './read-json.ts';

const python = process.env.PYTHON ?? 'python3';
const script = fileURLToPath(new URL('boto3_client.py', import.meta.url));

export function reasonWithoutBoto3(): string | undefined {
  const { status } = spawnSync(python, ['-c', 'import boto3']);
  return status === 0 ? undefined : `${python} has no boto3 (set PYTHON to one that has)`;
}

/** boto3 in a process of its own. Requests go through it one after the other. */
export function boto3Client(endpoint: string, region: string): ContractClient {
  const child = spawn(python, [script, endpoint, region], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function play<Output>(
    operation: string,
    params: object,
    read: (output: unknown) => Output,
  ): Promise<Outcome<Output>> {
    child.stdin.write(`${JSON.stringify({ operation, params })}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error('boto3_client.py ended early');
    const reply: unknown = JSON.parse(line.value);
    const error = member(reply, 'error');
    return error === undefined
      ? { kind: 'answered', output: read(member(reply, 'output')) }
      : { kind: 'refused', error: readServiceError(error) };
  }

  return {
    list: (params) => play('list', params, readPage),
    get: (invocationArn) => play('get', { invocationArn }, readRow),
    start: (input) => play('start', input, readStarted),
    paginate: (params) => play('paginate', params, readPage),
    close: () => {
      child.stdin.end();
    },
  };
}
