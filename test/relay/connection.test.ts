import { toConnection } from '../../src/relay/connection.ts';
import { type Cursor, decodeCursor, MAX_CURSOR_LENGTH } from '../../src/relay/cursor.ts';

const FINGERPRINT = 'f';
const at = (submitTime: number): Cursor => ({
  fingerprint: FINGERPRINT,
  position: { submitTime, invocationArn: 'a', offset: 0 },
});
const row = (submitTime: number) => ({ position: at(submitTime).position, node: submitTime });

describe('pageInfo of a connection', () => {
  it.each`
    from       | hasMore  | after        | before       | hasPreviousPage | hasNextPage
    ${'start'} | ${false} | ${undefined} | ${undefined} | ${false}        | ${false}
    ${'start'} | ${true}  | ${undefined} | ${undefined} | ${false}        | ${true}
    ${'start'} | ${false} | ${at(9)}     | ${undefined} | ${true}         | ${false}
    ${'start'} | ${false} | ${undefined} | ${at(1)}     | ${false}        | ${true}
    ${'end'}   | ${false} | ${undefined} | ${undefined} | ${false}        | ${false}
    ${'end'}   | ${true}  | ${undefined} | ${undefined} | ${true}         | ${false}
    ${'end'}   | ${false} | ${undefined} | ${at(1)}     | ${false}        | ${true}
    ${'end'}   | ${false} | ${at(9)}     | ${undefined} | ${true}         | ${false}
  `(
    'has exact flags from the $from with hasMore: $hasMore, after: $after, before: $before',
    ({ from, hasMore, after, before, ...flags }) => {
      const page = { rows: [row(5)], hasMore: hasMore as boolean };
      const request = {
        from: from as 'start',
        limit: 1,
        after: after as Cursor,
        before: before as Cursor,
      };
      expect(toConnection(page, request, FINGERPRINT).pageInfo).toMatchObject(flags);
    },
  );
});

describe('the cursor of an unfinished search', () => {
  const token = 'x'.repeat(2048);
  const page = (from: 'start' | 'end', rows: ReturnType<typeof row>[]) => ({
    rows,
    hasMore: true,
    searchState: {
      from,
      checkpoints: {
        a: { since: null, token },
        b: { since: null, token },
        c: { since: null, token },
      },
    },
  });

  it.each(['start', 'end'] as const)(
    'stays within the maximum length with tokens of the greatest length, from the %s',
    (from) => {
      const { pageInfo } = toConnection(page(from, []), { from, limit: 1 }, FINGERPRINT);
      const cursor = from === 'start' ? pageInfo.endCursor : pageInfo.startCursor;
      expect(cursor?.length).toBeLessThanOrEqual(MAX_CURSOR_LENGTH);
      expect(decodeCursor(cursor ?? '', FINGERPRINT).searchState?.checkpoints).toEqual({
        a: { since: null, token },
      });
    },
  );

  it('holds the position of the last row found', () => {
    const { pageInfo } = toConnection(
      page('start', [row(5), row(4)]),
      { from: 'start', limit: 9 },
      FINGERPRINT,
    );
    expect(decodeCursor(pageInfo.endCursor ?? '', FINGERPRINT).position).toEqual(at(4).position);
  });
});
