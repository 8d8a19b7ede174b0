import { itFollowsJobs } from './kit-live-suite.ts';
import { itPagesTheList } from './kit-suite.ts';
import { itSendsOnlyIds } from './kit-trusted-suite.ts';

describe('the Apollo Client kit', () => {
  describe('without subscriptions', () => {
    itPagesTheList('apollo-client');
  });
  describe('with subscriptions', () => {
    itFollowsJobs('apollo-client');
  });
  describe('built for trusted documents', () => {
    itSendsOnlyIds('apollo-client');
  });
});
