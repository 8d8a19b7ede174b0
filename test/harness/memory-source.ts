import { UpstreamError } from '../../src/invocations/upstream-error.ts';
import type { Invocation, InvocationStatus } from '../../src/invocations/invocation.ts';
import type {
  InvocationSource,
  ListAsyncInvokesQuery,
  ListAsyncInvokesPage,
} from '../../src/invocations/source.ts';

/** What the upstream leaves open, to be chosen by a test. */
export interface UpstreamBehaviour {
  /** Whether a bound of the submit time lets in the moment itself. */
  readonly inclusive: boolean;
  /** The precision at which bounds are compared, in milliseconds. */
  readonly precision: 1 | 1000;
  /** Mixed into the order of ties. */
  readonly tieSeed: number;
  /** Greatest lengths of pages by where they start, cycled; 0 is an empty page with a token. None: as long as asked. */
  readonly pageLengths: readonly number[];
  readonly maxTokenUses: number;
}

export const DEFAULT_BEHAVIOUR: UpstreamBehaviour = {
  inclusive: true,
  precision: 1,
  tieSeed: 0,
  pageLengths: [],
  maxTokenUses: Infinity,
};

/** An upstream in memory, with one region's rows, for properties that need thousands of runs. */
export class MemorySource implements InvocationSource {
  readonly key: string;
  readonly accountId = '111122223333';
  readonly region: string;
  readonly rows: Invocation[];
  habits: UpstreamBehaviour;
  calls = 0;
  #tokens = new Map<string, Position & { query: string; usesLeft: number }>();

  constructor(
    region: string,
    rows: readonly Invocation[],
    habits: UpstreamBehaviour = DEFAULT_BEHAVIOUR,
  ) {
    this.key = `${this.accountId}/${region}`;
    this.region = region;
    this.rows = [...rows];
    this.habits = habits;
  }

  /** Refuses every token given out so far. */
  expireTokens(): void {
    this.#tokens.clear();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous
  async list(query: ListAsyncInvokesQuery): Promise<ListAsyncInvokesPage> {
    this.calls += 1;
    const { nextToken, maxResults, ...rest } = query;
    const binding = JSON.stringify(rest);
    const matching = this.#matching(query);
    const { start, empty } =
      nextToken === undefined ? { start: 0, empty: 0 } : this.#redeem(nextToken, binding);
    const { pageLengths } = this.habits;
    const limit = pageLengths[(start + empty) % pageLengths.length] ?? maxResults;
    const end = start + Math.min(limit, maxResults);
    const rows = matching.slice(start, end);
    if (end >= matching.length) return { rows };
    const next = { start: end, empty: limit === 0 ? empty + 1 : 0 };
    return { rows, nextToken: this.#mint(next, binding) };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous
  async get(invocationArn: string): Promise<Invocation | null> {
    this.calls += 1;
    return this.rows.find((row) => row.invocationArn === invocationArn) ?? null;
  }

  #matching(query: ListAsyncInvokesQuery): Invocation[] {
    const sign = query.direction === 'ASC' ? 1 : -1;
    return this.rows
      .filter(
        (row) =>
          (query.statusEquals === undefined || row.status === query.statusEquals) &&
          this.#isWithin(row.submitTime ?? 0, query),
      )
      .sort(
        (a, b) => sign * ((a.submitTime ?? 0) - (b.submitTime ?? 0)) || this.#tie(a) - this.#tie(b),
      );
  }

  #isWithin(time: number, { submitTimeAfter, submitTimeBefore }: ListAsyncInvokesQuery): boolean {
    const { inclusive, precision } = this.habits;
    const at = (moment: number) => Math.floor(moment / precision);
    const slack = inclusive ? 0 : 1;
    return (
      (submitTimeAfter === undefined || at(time) >= at(submitTimeAfter) + slack) &&
      (submitTimeBefore === undefined || at(time) <= at(submitTimeBefore) - slack)
    );
  }

  #tie({ invocationArn }: Invocation): number {
    let hash = this.habits.tieSeed;
    for (const character of invocationArn) hash = (hash * 31 + character.charCodeAt(0)) | 0;
    return hash;
  }

  #mint(position: Position, query: string): string {
    const token = `t${this.#tokens.size}-${this.calls}`;
    this.#tokens.set(token, { ...position, query, usesLeft: this.habits.maxTokenUses });
    return token;
  }

  #redeem(token: string, query: string): Position {
    const found = this.#tokens.get(token);
    if (found?.query !== query || found.usesLeft <= 0) {
      throw new UpstreamError('invalid', 'the token is not valid');
    }
    found.usesLeft -= 1;
    return found;
  }
}

/** Where a page starts, and how many empty pages came before it at the same row. */
interface Position {
  readonly start: number;
  readonly empty: number;
}

export interface RowSeed {
  readonly id: number;
  readonly submitTime: number;
  readonly status?: InvocationStatus;
}

export function invocation(region: string, { id, submitTime, status }: RowSeed): Invocation {
  const invocationId = id.toString(36).padStart(12, '0');
  return {
    invocationArn: `arn:aws:bedrock:${region}:111122223333:async-invoke/${invocationId}`,
    region,
    accountId: '111122223333',
    modelArn: `arn:aws:bedrock:${region}::foundation-model/luma.ray-v2:0`,
    clientRequestToken: null,
    status: status ?? 'COMPLETED',
    rawStatus: null,
    failureMessage: null,
    submitTime,
    lastModifiedTime: null,
    endTime: null,
    outputDataConfig: null,
  };
}
