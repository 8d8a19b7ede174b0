import { itFollowsJobs } from './kit-live-suite.ts';
import { itPagesTheList } from './kit-suite.ts';

describe('the urql kit', () => {
  describe('without subscriptions', () => {
    itPagesTheList('urql');
  });
  describe('with subscriptions', () => {
    itFollowsJobs('urql');
  });
});
