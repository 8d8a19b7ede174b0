import { itFollowsJobs } from './kit-live-suite.ts';
import { itPagesTheList } from './kit-suite.ts';
import { itSendsOnlyIds } from './kit-trusted-suite.ts';

describe('the Relay kit', () => {
  describe('without subscriptions', () => {
    itPagesTheList('relay');
  });
  describe('with subscriptions', () => {
    itFollowsJobs('relay');
  });
  describe('built for trusted documents', () => {
    itSendsOnlyIds('relay');
  });
});
