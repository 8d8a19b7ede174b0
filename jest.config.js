/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/scripts/jest/native-environment.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // Node runs TypeScript itself.
  transform: {},
  testRunner: '<rootDir>/scripts/jest/native-runner.cjs',
  testSequencer: '<rootDir>/scripts/jest/longest-first-sequencer.cjs',
  testTimeout: 90_000,
  // By default, Jest leaves one core idle.
  maxWorkers: '100%',
  // A failed test may leave a server open, which would keep the process running for ever.
  forceExit: true,
};
