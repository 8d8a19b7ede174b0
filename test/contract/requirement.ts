import type { Emulator } from '../../src/emulator/emulator.ts';
import { outputOf, type ContractClient, type ListParams, type Row } from './client.ts';

/**
 * A precondition of a requirement: the test knows all jobs of the account, the service has knobs,
 * or the test may start jobs.
 */
export type Need = 'known jobs' | 'knobs' | 'writing';

/** The service under test. */
export interface Subject {
  readonly client: ContractClient;
  readonly region: string;
  /** Undefined when AWS is under test. */
  readonly emulator: Emulator | undefined;
}

/**
 * One numbered requirement. A MUST is documented in the service model or the API reference. A
 * SHOULD is expected behaviour that AWS does not document.
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

/** Returns the rows of all pages, up to a maximum: an account may hold very many jobs. */
export async function listAll(
  { client }: Subject,
  params: ListParams,
  maxPages = 50,
): Promise<Row[]> {
  const rows: Row[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const output = outputOf(
      await client.list(nextToken === undefined ? params : { ...params, nextToken }),
    );
    rows.push(...output.rows);
    nextToken = output.nextToken;
    if (nextToken === undefined) break;
  }
  return rows;
}

/** Sets knobs for one check, and restores them. */
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
