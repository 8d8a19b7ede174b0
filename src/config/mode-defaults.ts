import type { ModeDefaults } from './read-config.ts';

/** Where Apollo Sandbox and Studio's Explorer run. */
const APOLLO_ORIGINS = [
  'https://studio.apollographql.com',
  'https://sandbox.embed.apollographql.com',
  'https://explorer.embed.apollographql.com',
];

/** In front of AWS: nothing is open that was not asked for. */
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

/** On a developer's machine, in front of the emulator. */
export const LOCAL_DEFAULTS: ModeDefaults = {
  introspection: true,
  corsOrigins: APOLLO_ORIGINS,
  dashboard: true,
  explorer: true,
  logLevel: 'warn',
  rateLimit: 'off',
  // What the emulator starts costs nothing and writes nothing.
  start: { models: ['*'], outputs: ['*'] },
  drainGraceMs: 0,
};
