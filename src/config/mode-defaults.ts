import type { ModeDefaults } from './read-config.ts';

/** The origins of Apollo Sandbox and of Studio's Explorer. */
const APOLLO_ORIGINS = [
  'https://studio.apollographql.com',
  'https://sandbox.embed.apollographql.com',
  'https://explorer.embed.apollographql.com',
];

/** Defaults in front of AWS: every feature that opens access must be enabled explicitly. */
export const SERVE_DEFAULTS: ModeDefaults = {
  introspection: false,
  corsOrigins: [],
  dashboard: false,
  explorer: false,
  logLevel: 'info',
  rates: {
    costPerMinute: 60_000,
    startsPerMinute: 60,
    startsPerMinutePerCaller: 10,
    upstreamCallsPerSecond: 100,
    upstreamCallsPerSecondPerCaller: 25,
  },
  concurrentRequestsPerCaller: 100,
  concurrentCostPerCaller: 2000,
  connectionsPerAddress: 1000,
  start: undefined,
  drainGraceMs: 3000,
};

/** Defaults on a developer's machine, in front of the emulator. */
export const LOCAL_DEFAULTS: ModeDefaults = {
  introspection: true,
  corsOrigins: APOLLO_ORIGINS,
  dashboard: true,
  explorer: true,
  logLevel: 'warn',
  rates: {
    costPerMinute: 'off',
    startsPerMinute: 'off',
    startsPerMinutePerCaller: 'off',
    upstreamCallsPerSecond: 'off',
    upstreamCallsPerSecondPerCaller: 'off',
  },
  // All clients have the address of this machine, so they are one caller.
  concurrentRequestsPerCaller: Infinity,
  concurrentCostPerCaller: Infinity,
  connectionsPerAddress: Infinity,
  // Starting a job in the emulator costs nothing and writes nothing.
  start: { models: ['*'], outputs: ['*'] },
  drainGraceMs: 0,
};
