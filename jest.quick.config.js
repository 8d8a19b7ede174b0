import config from './jest.config.js';

/** Tests that need a build, a browser or other packages, or take more than a few seconds. */
const LEFT_OUT = [
  'test/browser/',
  'test/clients/(?!docs)',
  'test/federation/',
  'test/main',
  'test/faults/(?:lifecycle|load|soak|tls)',
  'test/server/(?:http-audit|observability|paging)',
  'test/schema/package',
  'test/security/(?:control-characters|readiness|response-size|runtime|starts|upstream|websockets)',
  'test/bad-inputs/auth',
  'test/faults/(?:start|upstream)-faults',
  '\\.property\\.test',
];

console.log(`npm run test:quick leaves out ${LEFT_OUT.join(', ')}. npm test runs them.`);

/** @type {import('jest').Config} */
export default {
  ...config,
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, ...LEFT_OUT],
};
