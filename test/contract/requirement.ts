import type { Emulator } from '../../src/emulator/emulator.ts';
import { outputOf, type ContractClient, type ListParams, type Row } from './client.ts';

/** What a requirement needs beyond an account: the account's whole contents, the knobs, or leave to start jobs. */
export type Need = 'known jobs' | 'knobs' | 'writing';

/** Whom a requirement is put to. */
export interface Subject {
  readonly client: ContractClient;
  readonly region: string;
  /** Undefined when the service asked is AWS itself. */
  readonly emulator: Emulator | undefined;
}

/**
 * One numbered sentence of the contract. MUST is what the service model or the API reference says; SHOULD is what is expected
 * of AWS though nothing it publishes promises it.
 */
export interface Requirement {
  readonly id: string;
  readonly level: 'MUST' | 'SHOULD';
  readonly text: string;
  readonly needs?: readonly Need[];
  readonly check: (subject: Subject) => Promise<void>;
}

export function emulatorOf({ emulator }: Subject): Emulator {
  if (emulator === undefined) throw new Error('this requirement needs the emulator');
  return emulator;
}

/** All rows of a listing by its tokens, within reason: an account may hold very many. */
export async function listAll(
  { client }: Subject,
  params: ListParams,
  mostPages = 50,
): Promise<Row[]> {
  const rows: Row[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const output = outputOf(
      await client.list(nextToken === undefined ? params : { ...params, nextToken }),
    );
    rows.push(...output.rows);
    nextToken = output.nextToken;
    if (nextToken === undefined) break;
  }
  return rows;
}

/** Turns knobs for one check, and back. */
export async function withKnobs(
  subject: Subject,
  knobs: Parameters<Emulator['setKnobs']>[0],
  check: () => Promise<void>,
): Promise<void> {
  const emulator = emulatorOf(subject);
  const before = emulator.knobs;
  emulator.setKnobs(knobs);
  try {
    await check();
  } finally {
    emulator.setKnobs(before);
  }
}
