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
  it.each`
    direction | window                                   | time        | after           | before
    ${'DESC'} | ${{}}                                    | ${null}     | ${undefined}    | ${undefined}
    ${'DESC'} | ${{}}                                    | ${at('05')} | ${undefined}    | ${at('05.001')}
    ${'ASC'}  | ${{}}                                    | ${at('05')} | ${at('04.999')} | ${undefined}
    ${'DESC'} | ${{ after: at('01'), before: at('03') }} | ${at('05')} | ${at('01')}     | ${at('03')}
    ${'ASC'}  | ${{ after: at('01'), before: at('09') }} | ${at('05')} | ${at('04.999')} | ${at('09')}
  `(
    'returns after: $after, before: $before for $window from $time, $direction',
    ({ direction, window, time, after, before }) => {
      const narrow = narrowWindow(window as object, time as number | null, direction as 'ASC');
      expect(narrow).toEqual({ after: after as number, before: before as number });
      if (time !== null && direction === 'ASC')
        expect(windowContains(narrow, time as number)).toBe(true);
    },
  );
});
