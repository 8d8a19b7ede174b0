import fc from 'fast-check';
import { toUpstreamIdempotencyToken } from '../../../src/graphql/start/idempotency-token.ts';

describe('the idempotency token sent to AWS', () => {
  it('E1: matches the pattern that AWS enforces, for any scope and any token', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (scope, token) => {
        expect(toUpstreamIdempotencyToken(scope, token)).toMatch(
          /^(?=.{1,256}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
        );
      }),
      { numRuns: 10_000 },
    );
  });

  it('starts with an owner that is the same for all tokens of one scope, and only for those', () => {
    const ownerOf = (scope: string, token: string) =>
      toUpstreamIdempotencyToken(scope, token).split('-')[0];
    expect(ownerOf('bearer:ada', '1')).toBe(ownerOf('bearer:ada', '2'));
    expect(ownerOf('bearer:ada', '1')).not.toBe(ownerOf('bearer:bob', '1'));
  });

  it('differs for each token and each scope', () => {
    const tokens = ['ada', 'bob'].flatMap((scope) =>
      ['1', '2'].map((token) => toUpstreamIdempotencyToken(scope, token)),
    );
    expect(new Set(tokens).size).toBe(4);
  });
});
