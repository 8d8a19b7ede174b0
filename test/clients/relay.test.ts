import { itFollowsJobs } from './kit-live-suite.ts';
import { itPagesTheList } from './kit-suite.ts';

describe('the Relay kit', () => {
  describe('without subscriptions', () => {
    itPagesTheList('relay');
  });
  describe('with subscriptions', () => {
    itFollowsJobs('relay');
  });
});
