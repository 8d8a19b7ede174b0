import type { Invocation, InvocationStatus } from '../../src/invocations/invocation.ts';
import type {
  InvocationSource,
  ListAsyncInvokesPage,
  ListAsyncInvokesQuery,
} from '../../src/invocations/source.ts';
import { UpstreamError } from '../../src/invocations/upstream-error.ts';

/** Behaviour that AWS does not document. Each test chooses it. */
export interface UpstreamBehaviour {
  /** Whether the bounds of the submit time are inclusive. */
  readonly inclusive: boolean;
  /** The precision of the bounds, in milliseconds. */
  readonly precision: 1 | 1000;
  /** Changes the order of rows with the same submit time. */
  readonly tieSeed: number;
  /**
   * Maximum page lengths, by the index of the first row, repeated. 0 is an empty page with a token.
   * Without any, pages are as long as requested.
   */
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

/** A source in memory, with the rows of one Region, for properties that need thousands of runs. */
export class MemorySource implements InvocationSource {
  readonly key: string;
  readonly accountId = '111122223333';
  readonly region: string;
  readonly rows: Invocation[];
  behaviour: UpstreamBehaviour;
  calls = 0;
  readonly #tokens = new Map<string, PageStart & { query: string; usesLeft: number }>();

  constructor(
    region: string,
    rows: readonly Invocation[],
    behaviour: UpstreamBehaviour = DEFAULT_BEHAVIOUR,
  ) {
    this.key = `${this.accountId}/${region}`;
    this.region = region;
    this.rows = [...rows];
    this.behaviour = behaviour;
  }

  /** Makes every token issued so far invalid. */
  expireTokens(): void {
    this.#tokens.clear();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous
  async list(query: ListAsyncInvokesQuery): Promise<ListAsyncInvokesPage> {
    this.calls += 1;
    const { nextToken, maxResults, ...rest } = query;
    const queryKey = JSON.stringify(rest);
    const matching = this.#matching(query);
    const { start, empty } =
      nextToken === undefined ? { start: 0, empty: 0 } : this.#resolveToken(nextToken, queryKey);
    const { pageLengths } = this.behaviour;
    const limit = pageLengths[(start + empty) % pageLengths.length] ?? maxResults;
    const end = start + Math.min(limit, maxResults);
    const rows = matching.slice(start, end);
    if (end >= matching.length) return { rows };
    const next = { start: end, empty: limit === 0 ? empty + 1 : 0 };
    return { rows, nextToken: this.#createToken(next, queryKey) };
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
        (a, b) =>
          sign * ((a.submitTime ?? 0) - (b.submitTime ?? 0)) ||
          this.#tieOrder(a) - this.#tieOrder(b),
      );
  }

  #isWithin(time: number, { submitTimeAfter, submitTimeBefore }: ListAsyncInvokesQuery): boolean {
    const { inclusive, precision } = this.behaviour;
    const round = (milliseconds: number) => Math.floor(milliseconds / precision);
    const margin = inclusive ? 0 : 1;
    return (
      (submitTimeAfter === undefined || round(time) >= round(submitTimeAfter) + margin) &&
      (submitTimeBefore === undefined || round(time) <= round(submitTimeBefore) - margin)
    );
  }

  #tieOrder({ invocationArn }: Invocation): number {
    let hash = this.behaviour.tieSeed;
    for (const character of invocationArn) hash = (hash * 31 + character.charCodeAt(0)) | 0;
    return hash;
  }

  #createToken(start: PageStart, query: string): string {
    const token = `t${this.#tokens.size}-${this.calls}`;
    this.#tokens.set(token, { ...start, query, usesLeft: this.behaviour.maxTokenUses });
    return token;
  }

  #resolveToken(token: string, query: string): PageStart {
    const issued = this.#tokens.get(token);
    if (issued?.query !== query || issued.usesLeft <= 0) {
      throw new UpstreamError('invalid', 'the token is not valid');
    }
    issued.usesLeft -= 1;
    return issued;
  }
}

/** The index of the first row of a page, and the number of empty pages before it at that index. */
interface PageStart {
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
