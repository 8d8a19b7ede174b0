// Starts the slowest test files first, so that no worker is left with a slow file at the end.
// Jest itself knows durations only from earlier runs, and a new clone has none.
const { default: Sequencer } = require('@jest/test-sequencer');

/** Slowest first. A file belongs to the first entry that its path contains. */
const SLOW = [
  'test/clients/apollo-client',
  'test/clients/',
  'test/server/paging',
  'test/browser/',
  'test/federation/',
  'test/faults/lifecycle',
  'test/faults/load',
  'test/schema/package',
  'test/server/subscriptions',
  'test/server/start',
  'test/main',
  '.property.test',
];

const rankOf = ({ path }) => {
  const rank = SLOW.findIndex((part) => path.includes(part));
  return rank < 0 ? SLOW.length : rank;
};

module.exports = class LongestFirstSequencer extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b));
  }
};
