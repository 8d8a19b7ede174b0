import assert from 'node:assert/strict';
import { NO_DEADLINE as call } from '../../harness/test-call.ts';
import fc from 'fast-check';
import {
  type AsyncInvokesArguments,
  resolveConnection,
} from '../../../src/graphql/async-invoke-connection.ts';
import type { Invocation } from '../../../src/invocations/invocation.ts';
import type { InvocationSource } from '../../../src/invocations/source.ts';
import type { CallBudget } from '../../../src/invocations/paging/read-page.ts';
import type { Connection } from '../../../src/relay/connection.ts';
import { invocation, MemorySource, type UpstreamBehaviour } from '../../harness/memory-source.ts';

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-northeast-1'];
const STATUSES = ['IN_PROGRESS', 'COMPLETED', 'FAILED'] as const;
const EPOCH = Date.UTC(2026, 0, 1);

type Direction = 'ASC' | 'DESC';
export interface Scenario {
  readonly sources: MemorySource[];
  readonly filter: NonNullable<AsyncInvokesArguments['filter']>;
  readonly direction: Direction;
  readonly sizes: readonly number[];
}

/** Few different times, so that most pages have ties and many rows at their edges. */
export const submitTime = fc
  .tuple(fc.nat(4), fc.constantFrom(0, 1, 500, 999))
  .map(([second, millisecond]) => EPOCH + second * 1000 + millisecond);

const rowsOf = (region: string) =>
  fc
    .array(fc.record({ submitTime, status: fc.constantFrom(...STATUSES) }), { maxLength: 25 })
    .map((seeds) => seeds.map((seed, id) => invocation(region, { ...seed, id: id * 7919 })));

const behaviour: fc.Arbitrary<UpstreamBehaviour> = fc.record({
  inclusive: fc.boolean(),
  precision: fc.constantFrom(1 as const, 1000 as const),
  tieSeed: fc.nat(1000),
  pageLengths: fc.oneof(
    fc.constant([]),
    fc
      .array(fc.nat(5), { minLength: 1, maxLength: 6 })
      .filter((lengths) => Math.max(...lengths) > 0),
  ),
  maxTokenUses: fc.constantFrom(1, Infinity),
});

const source = (region: string) =>
  fc
    .tuple(rowsOf(region), behaviour)
    .map(([rows, chosen]) => new MemorySource(region, rows, chosen));

const bound = fc.option(
  submitTime.map((time) => new Date(time)),
  { nil: null },
);

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  sources: fc
    .integer({ min: 1, max: 3 })
    .chain((count) => fc.tuple(...REGIONS.slice(0, count).map(source))),
  filter: fc
    .record({
      statusEquals: fc.option(fc.constantFrom(...STATUSES), { nil: null }),
      submitTimeAfter: bound,
      submitTimeBefore: bound,
    })
    .filter(
      (f) => !f.submitTimeAfter || !f.submitTimeBefore || f.submitTimeAfter < f.submitTimeBefore,
    ),
  direction: fc.constantFrom<Direction>('ASC', 'DESC'),
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
});

/** Returns the expected rows of the connection, by a plain filter and sort. */
export function oracle({ sources, filter, direction }: Scenario): string[] {
  const { statusEquals, submitTimeAfter, submitTimeBefore } = filter;
  return sources
    .flatMap(({ rows }) => rows)
    .filter(({ status }) => !statusEquals || status === statusEquals)
    .filter(({ submitTime }) => !submitTimeAfter || (submitTime ?? 0) > submitTimeAfter.getTime())
    .filter(({ submitTime }) => !submitTimeBefore || (submitTime ?? 0) < submitTimeBefore.getTime())
    .sort(byPosition(direction))
    .map(({ invocationArn }) => invocationArn);
}

function byPosition(direction: Direction) {
  const sign = direction === 'ASC' ? 1 : -1;
  return (a: Invocation, b: Invocation) =>
    sign *
    ((a.submitTime ?? 0) - (b.submitTime ?? 0) || (a.invocationArn < b.invocationArn ? -1 : 1));
}

export const never: CallBudget = () => false;

export function read(
  { sources, filter, direction }: Scenario,
  args: AsyncInvokesArguments,
  isExhausted = never,
  through: readonly InvocationSource[] = sources,
) {
  const orderBy = { field: 'SUBMISSION_TIME', direction } as const;
  return resolveConnection(through, { ...args, filter, orderBy }, isExhausted, call);
}

export const arns = ({ edges }: Connection<Invocation>) =>
  edges.map(({ node }) => node?.invocationArn ?? 'null');

interface Paging {
  readonly from: 'start' | 'end';
  /** Called between pages, to change the upstream. */
  readonly disturb?: () => void;
  readonly isExhausted?: CallBudget | undefined;
  /** Read instead of the sources themselves, such as a cache. */
  readonly through?: readonly InvocationSource[];
}

/**
 * Pages to the end in one direction. Checks every page against the rows that the upstream has at
 * that time: its length, its flags, and that no row is returned twice.
 */
export async function pageThrough(
  scenario: Scenario,
  { from, disturb, isExhausted, through }: Paging,
): Promise<string[]> {
  const forward = from === 'start';
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 200; page += 1) {
    const size = scenario.sizes[page % scenario.sizes.length] ?? 1;
    const connection: Connection<Invocation> = await read(
      scenario,
      forward ? { first: size, after: cursor } : { last: size, before: cursor },
      isExhausted,
      through,
    );
    const found = arns(connection);
    const ahead = aheadOf(scenario, seen, forward);
    if (!forward) found.reverse();
    if (!isExhausted) assert.deepEqual(found, ahead.slice(0, size));
    seen.push(...found);

    const { pageInfo } = connection;
    const more = forward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage;
    const behind = forward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage;
    if (!isExhausted) {
      assert.equal(more, ahead.length > size);
      assert.equal(behind, cursor !== null);
    }
    if (!more) return forward ? seen : seen.reverse();
    cursor = forward ? pageInfo.endCursor : pageInfo.startCursor;
    disturb?.();
  }
  throw new Error('paging does not end');
}

/** Returns the rows that the upstream has past the last row seen, in reading order. */
function aheadOf(scenario: Scenario, seen: readonly string[], forward: boolean): string[] {
  const last = seen.at(-1);
  const all = scenario.sources.flatMap(({ rows }) => rows);
  const lastRow = all.find(({ invocationArn }) => invocationArn === last);
  const reading = forward ? oracle(scenario) : oracle(scenario).reverse();
  if (!lastRow) return reading;
  const order = [...all]
    .sort(byPosition(scenario.direction))
    .map(({ invocationArn }) => invocationArn);
  if (!forward) order.reverse();
  const rank = new Map(order.map((arn, index) => [arn, index]));
  return reading.filter((arn) => (rank.get(arn) ?? 0) > (rank.get(lastRow.invocationArn) ?? 0));
}
