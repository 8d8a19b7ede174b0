import { NO_DEADLINE as callContext } from '../harness/test-call.ts';
import { graphql } from 'graphql';
import type { GraphContext } from '../../src/graphql/context.ts';
import { InvocationLoader } from '../../src/graphql/invocation-loader.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { invocation, MemorySource } from '../harness/memory-source.ts';

const row = (region: string, id: number) => invocation(region, { id, submitTime: id });
const arnOf = (region: string, id: number) => row(region, id).invocationArn;

function setUp(count = 3) {
  const ids = Array.from({ length: count }, (_, id) => id);
  const [east, west] = ['us-east-1', 'us-west-2'].map(
    (region) =>
      new MemorySource(
        region,
        ids.map((id) => row(region, id)),
      ),
  );
  if (!east || !west) throw new Error('two sources');
  return { east, west, loader: new InvocationLoader([east, west], callContext) };
}

describe('InvocationLoader', () => {
  it('loads each ARN from the source of its Region, in the order of the ARNs', async () => {
    const { east, west, loader } = setUp();
    const arns = [arnOf('us-west-2', 1), arnOf('us-east-1', 2), arnOf('us-east-1', 0)];
    const loaded = await Promise.all(arns.map((arn) => loader.load(arn)));
    expect(loaded.map((each) => each?.invocationArn)).toEqual(arns);
    expect([east.calls, west.calls]).toEqual([2, 1]);
  });

  it('replaces gets by one list call for ten ARNs of one Region, not for nine', async () => {
    const { east, west, loader } = setUp(10);
    const ids = Array.from({ length: 10 }, (_, id) => id);
    await Promise.all(ids.map((id) => loader.load(arnOf('us-east-1', id))));
    expect([east.calls, west.calls]).toEqual([1, 0]);
    await Promise.all(ids.slice(1).map((id) => loader.load(arnOf('us-west-2', id))));
    expect([east.calls, west.calls]).toEqual([1, 9]);
  });

  it('returns null without a call for a Region without a source', async () => {
    const { east, west, loader } = setUp();
    expect(await loader.load(arnOf('eu-west-1', 0))).toBeNull();
    expect([east.calls, west.calls]).toEqual([0, 0]);
  });

  it('takes an invocation from a list of the request unless its status was missing', async () => {
    const { east, loader } = setUp();
    const [shown, bare] = [row('us-east-1', 0), { ...row('us-east-1', 1), status: null }];
    loader.addRows([shown, null, bare]);
    expect(await loader.load(shown.invocationArn)).toBe(shown);
    expect(east.calls).toBe(0);
    expect(await loader.load(bare.invocationArn)).toEqual(row('us-east-1', 1));
    expect(east.calls).toBe(1);
  });

  it('does not count cached ARNs towards the threshold for a list call', async () => {
    const { east, loader } = setUp(10);
    const rows = Array.from({ length: 10 }, (_, id) => row('us-east-1', id));
    loader.addRows(rows.slice(0, 1));
    const loaded = await Promise.all(rows.map(({ invocationArn }) => loader.load(invocationArn)));
    expect(loaded).toEqual(rows);
    expect(east.calls).toBe(9);
  });

  it('takes invocations from a connection of the same request', async () => {
    const { east, loader } = setUp();
    const contextValue: GraphContext = {
      sources: [east],
      invocations: loader,
      isExhausted: () => false,
      callContext,
      canRead: true,
    };
    const schema = createSchema('standalone');
    await graphql({ schema, contextValue, source: '{ asyncInvokes { nodes { id } } }' });
    const arn = arnOf('us-east-1', 2);
    const source = `{ asyncInvoke(invocationArn: "${arn}") { invocationArn } }`;
    const { data } = await graphql({ schema, contextValue, source });
    expect(data).toEqual({ asyncInvoke: { invocationArn: arn } });
    expect(east.calls).toBe(1);
  });

  it('takes invocations that a list returns while they wait for a get', async () => {
    const rows = Array.from({ length: 9 }, (_, id) => row('us-east-1', id));
    const { promise, resolve } = Promise.withResolvers<undefined>();
    class SlowSource extends MemorySource {
      override async get(invocationArn: string) {
        await promise;
        return super.get(invocationArn);
      }
    }
    const source = new SlowSource('us-east-1', rows);
    const loader = new InvocationLoader([source], callContext);
    const loads = rows.map(({ invocationArn }) => loader.load(invocationArn));
    await new Promise(setImmediate);
    loader.addRows(rows);
    resolve(undefined);
    expect(await Promise.all(loads)).toEqual(rows);
    expect(source.calls).toBe(8);
  });

  it('returns null without a call for an ARN of another partition', async () => {
    const { east, loader } = setUp();
    expect(await loader.load(arnOf('us-east-1', 0).replace('arn:aws:', 'arn:aws-cn:'))).toBeNull();
    expect(east.calls).toBe(0);
  });

  it('keeps the other rows of the list call that it made', async () => {
    const { east, loader } = setUp(12);
    const ids = Array.from({ length: 10 }, (_, id) => id);
    await Promise.all(ids.map((id) => loader.load(arnOf('us-east-1', id))));
    expect(await loader.load(arnOf('us-east-1', 11))).toEqual(row('us-east-1', 11));
    expect(east.calls).toBe(1);
  });
});
