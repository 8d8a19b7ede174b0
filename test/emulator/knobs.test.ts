import { createEmulator, type EmulatorKnobs } from '../../src/emulator/emulator.ts';
import { destroyEmulators, startEmulator } from './emulator-harness.ts';

afterEach(destroyEmulators);

describe('knobs', () => {
  it.each<[Partial<EmulatorKnobs>, string]>([
    [{ durationScale: -1 }, 'durationScale (-1) must be a number from 0'],
    [{ failureRate: 1.1 }, 'failureRate (1.1) must be a number from 0 to 1'],
    [{ throttleRate: NaN }, 'throttleRate (NaN) must be a number from 0 to 1'],
    [{ defaultPageSize: 0 }, 'defaultPageSize (0) must be a whole number from 1 to 1000'],
    [{ maxPageRows: 2.5 }, 'maxPageRows (2.5) must be a whole number from 1 to 1000'],
    [
      { latencyMs: -1, pageFill: 2 },
      'latencyMs (-1) must be a number from 0 to Infinity; pageFill',
    ],
  ])('throws an error that names each knob out of range: %j', (knobs, message) => {
    expect(() => createEmulator({ knobs })).toThrow(message);
  });

  it('changes no knob when one of the new values is out of range', async () => {
    const emulator = await startEmulator();
    const before = emulator.knobs;
    expect(() => {
      emulator.setKnobs({ throttleRate: 1, pageFill: 2 });
    }).toThrow(RangeError);
    expect(emulator.knobs).toEqual(before);
  });

  it('changes only the knobs that are set', async () => {
    const emulator = await startEmulator({ knobs: { pageFill: 0.5 } });
    emulator.setKnobs({ emptyPages: 1 });
    expect(emulator.knobs).toMatchObject({ pageFill: 0.5, emptyPages: 1, throttleRate: 0 });
  });
});

describe('options', () => {
  it.each([
    [{ region: 'US EAST' }, 'region must look like us-east-1'],
    [{ accountId: '123' }, 'accountId must be 12 digits'],
  ])('throws an error for the invalid option %j', (options, message) => {
    expect(() => createEmulator(options)).toThrow(message);
  });
});
