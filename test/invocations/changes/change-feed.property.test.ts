import fc from 'fast-check';
import { type Invocation, isTerminal } from '../../../src/invocations/invocation.ts';
import { UpstreamError } from '../../../src/invocations/upstream-error.ts';
import { DEFAULT_BEHAVIOUR } from '../../harness/memory-source.ts';
import { waitFor } from '../../harness/wait-for.ts';
import {
  arnOf,
  type ChangingSource,
  createFeed,
  createInvocation,
  idOf,
  START,
  subscribe,
  type Subscriber,
  toText,
  unsubscribeAll,
} from './feed-harness.ts';

afterEach(unsubscribeAll);

const operation = fc.oneof(
  fc.record({ kind: fc.constant('submit' as const), hasEnded: fc.boolean() }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('touch' as const), which: fc.nat() }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const step = fc.record({
  operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
  /** The invocations that a new subscriber names, or `all`. */
  joins: fc.oneof(
    fc.constant(undefined),
    fc.constant('all' as const),
    fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 3 }),
  ),
  outage: fc.boolean(),
});

const pageLengths = fc
  .array(fc.constantFrom(0, 1, 2, 5), { maxLength: 3 })
  .map((lengths) => (lengths.some(Boolean) ? lengths : []));

/** Applies random operations to a source. */
class Upstream {
  readonly #source: ChangingSource;
  #nextId = 4;
  #time = START + 100_000;

  constructor(source: ChangingSource) {
    this.#source = source;
  }

  /** Returns the changed invocations. */
  apply(operations: readonly Operation[]): Invocation[] {
    const changed = new Map<string, Invocation>();
    for (const each of operations) {
      this.#time += 1000;
      const running = this.#source.rows.filter((row) => !isTerminal(row));
      const chosen = each.kind === 'submit' ? undefined : running[each.which % running.length];
      const id = chosen ? idOf(chosen.invocationArn) : this.#nextId++;
      const hasEnded = each.kind === 'end' || (each.kind === 'submit' && each.hasEnded);
      const status = hasEnded ? ('COMPLETED' as const) : ('IN_PROGRESS' as const);
      const row = this.#source.change(id, { status, lastModifiedTime: this.#time });
      changed.set(row.invocationArn, row);
    }
    return [...changed.values()];
  }
}

interface Expectation {
  readonly names: (invocation: Invocation) => boolean;
  readonly changes: Invocation[];
}

async function expectChanges(subscriber: Subscriber, expected: readonly Invocation[]) {
  await waitFor(() => subscriber.received.length >= expected.length);
  expect([...subscriber.texts()].sort()).toEqual(expected.map(toText).sort());
  const modifiedAt = new Map<string, number>();
  for (const { invocationArn, lastModifiedTime } of subscriber.received) {
    expect(lastModifiedTime).toBeGreaterThan(modifiedAt.get(invocationArn) ?? 0);
    modifiedAt.set(invocationArn, lastModifiedTime ?? 0);
  }
}

describe('ChangeFeed', () => {
  it('sends each subscriber the current states, and then every change once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        pageLengths,
        async (steps, lengths) => {
          const [first, second] = [createInvocation(1), createInvocation(3)];
          const { source, feed } = createFeed([first, createInvocation(2, 'COMPLETED'), second]);
          source.behaviour = { ...DEFAULT_BEHAVIOUR, pageLengths: lengths };
          const upstream = new Upstream(source);
          const probe = subscribe(feed);
          await probe.waitForChanges(first, second);
          const expectations = new Map<Subscriber, Expectation>();
          for (const { operations, joins, outage } of steps) {
            if (joins !== undefined) {
              const arns = joins === 'all' ? undefined : joins.map(arnOf);
              const subscriber = subscribe(feed, joins === 'all' ? undefined : joins);
              const names = (row: Invocation) => !arns || arns.includes(row.invocationArn);
              const current = source.rows.filter((row) => (arns ? names(row) : !isTerminal(row)));
              await subscriber.waitForChanges(...current);
              expectations.set(subscriber, { names, changes: current });
            }
            if (outage) {
              source.error = new UpstreamError('unavailable', 'out of order');
              const { lists } = source;
              await waitFor(() => source.lists > lists);
            }
            const changed = upstream.apply(operations);
            source.error = undefined;
            await probe.waitForChanges(...changed);
            for (const { names, changes } of expectations.values()) {
              changes.push(...changed.filter(names));
            }
          }
          for (const [subscriber, { changes }] of expectations) {
            await expectChanges(subscriber, changes);
          }
          await unsubscribeAll();
        },
      ),
      { numRuns: 60 },
    );
  });
});
