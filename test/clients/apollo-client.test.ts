import { itFollowsJobs } from './kit-live-suite.ts';
import { itKeepsTheList } from './kit-suite.ts';

describe('the kit for Apollo Client', () => {
  describe('where nobody tells of changes', () => {
    itKeepsTheList('apollo-client');
  });
  describe('where changes are told', () => {
    itFollowsJobs('apollo-client');
  });
});
