// Runs a test file with Jest's framework, jest-circus, but lets Node load it. Jest would load all
// modules of the gateway and of its dependencies again for each test file. Node loads a module once
// for each worker. See docs/decisions/0017-tests-loaded-by-node.md.
const { pathToFileURL } = require('node:url');
const { default: runTestFile } = require('jest-circus/runner');

module.exports = (globalConfig, config, environment, runtime, testPath, sendMessageToJest) => {
  // Each test file needs a new copy of jest-circus, which keeps its handlers in a global variable.
  delete globalThis[Symbol.for('EVENT_HANDLERS')];
  runtime.requireInternalModule = (path) => {
    delete require.cache[path];
    return require(path);
  };
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = (path) => import(pathToFileURL(path).href);
  return runTestFile(globalConfig, config, environment, runtime, testPath, sendMessageToJest);
};
