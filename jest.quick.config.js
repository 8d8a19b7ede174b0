import config from './jest.config.js';

/** Tests that need a build, a browser or other packages, or take more than a few seconds. */
const LEFT_OUT = [
  'test/browser/',
  'test/clients/(?!docs)',
  'test/federation/',
  'test/main',
  'test/faults/(?:lifecycle|load|soak|tls)',
  'test/server/(?:http-audit|observability)',
  'test/schema/package',
  '\\.property\\.test',
];

console.log(`npm run test:quick leaves out ${LEFT_OUT.join(', ')}. npm test runs them.`);

/** @type {import('jest').Config} */
export default {
  ...config,
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, ...LEFT_OUT],
};
