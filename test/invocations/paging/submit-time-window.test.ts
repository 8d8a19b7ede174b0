import {
  narrowWindow,
  widenWindow,
  windowContains,
} from '../../../src/invocations/paging/submit-time-window.ts';

const at = (text: string) => Date.parse(`2026-01-01T00:00:${text}Z`);

describe('widenWindow', () => {
  it.each([
    ['05.000', '04.000', '06.000'],
    ['05.001', '04.000', '07.000'],
    ['05.999', '04.000', '07.000'],
  ])('moves the bounds of a window around :%s out to :%s and :%s', (moment, after, before) => {
    const window = widenWindow({ after: at(moment), before: at(moment) });
    expect(window).toEqual({ after: at(after), before: at(before) });
  });

  it('leaves a missing bound missing', () => {
    expect(widenWindow({})).toEqual({ after: undefined, before: undefined });
  });

  it('keeps bounds within the timestamps that the upstream accepts', () => {
    const { after, before } = widenWindow({ after: -8.64e15, before: 8.64e15 });
    expect(new Date(after ?? NaN).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    expect(new Date(before ?? NaN).toISOString()).toBe('9999-12-31T23:59:59.000Z');
  });
});

describe('narrowWindow', () => {
  const at05 = at('05');
  const closed = { after: at('01'), before: at('09') };
  const past = { after: at('01'), before: at('03') };

  it.each([
    ['leaves a window as it is without a time', 'DESC', {}, null, {}],
    ['moves the upper bound when descending', 'DESC', {}, at05, { before: at('05.001') }],
    ['moves the lower bound when ascending', 'ASC', {}, at05, { after: at('04.999') }],
    ['keeps a nearer bound', 'DESC', past, at05, past],
    ['keeps the bound on the other side', 'ASC', closed, at05, { ...closed, after: at('04.999') }],
  ] as const)('%s', (_what, direction, window, time, expected) => {
    expect(narrowWindow(window, time, direction)).toEqual(expected);
  });

  it.each(['ASC', 'DESC'] as const)('keeps the time itself inside the window, %s', (direction) => {
    expect(windowContains(narrowWindow({}, at05, direction), at05)).toBe(true);
  });
});
