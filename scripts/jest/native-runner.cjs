// Runs Jest's own test framework, jest-circus, and lets Node load the tests. Jest would load every
// module of the gateway and of its dependencies again for each test file. Node loads a module once
// for each worker, and runs TypeScript without a transform. See docs/decisions.
const { pathToFileURL } = require('node:url');
const { default: runTestFile } = require('jest-circus/runner');

module.exports = (globalConfig, config, environment, runtime, testPath, sendMessageToJest) => {
  // jest-circus registers the handlers of each test file and keeps its state in its module.
  delete globalThis[Symbol.for('EVENT_HANDLERS')];
  runtime.requireInternalModule = (path) => {
    delete require.cache[path];
    return require(path);
  };
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = (path) => import(pathToFileURL(path).href);
  return runTestFile(globalConfig, config, environment, runtime, testPath, sendMessageToJest);
};
