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
  rateLimit: 60_000,
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
  rateLimit: 'off',
  // Starting a job in the emulator costs nothing and writes nothing.
  start: { models: ['*'], outputs: ['*'] },
  drainGraceMs: 0,
};
