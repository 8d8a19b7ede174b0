import { CallRates } from '../../src/concurrency/call-rates.ts';

describe('CallRates', () => {
  it('limits nothing without a rate', () => {
    const rates = new CallRates({});
    rates.count('ada', 1e9);
    expect(rates.delayOf('ada', 1e9, 1e9).ms).toBe(0);
    expect(rates.callers).toBe(0);
  });

  it('counts the calls of each caller separately', () => {
    const rates = new CallRates({ perSecondPerCaller: 1 });
    rates.count('ada', 4);
    expect(rates.delayOf('ada')).toMatchObject({ rate: 'caller' });
    expect(rates.delayOf('ada').ms).toBeGreaterThan(0);
    expect(rates.delayOf('bob').ms).toBe(0);
  });

  it('names the rate that delays the call longer', () => {
    const rates = new CallRates({ perSecond: 1, perSecondPerCaller: 1000 });
    rates.count('ada', 2);
    expect(rates.delayOf('bob')).toMatchObject({ rate: 'all' });
  });

  it('forgets callers whose calls have all been regained', () => {
    const rates = new CallRates({ perSecondPerCaller: 1_000_000_000 });
    for (let n = 0; n < 10_000; n += 1) rates.count(`caller-${n}`, 1);
    expect(rates.callers).toBeLessThan(100);
  });
});
