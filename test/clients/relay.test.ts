import { itFollowsJobs } from './kit-live-suite.ts';
import { itKeepsTheList } from './kit-suite.ts';

describe('the kit for Relay', () => {
  describe('where nobody tells of changes', () => {
    itKeepsTheList('relay');
  });
  describe('where changes are told', () => {
    itFollowsJobs('relay');
  });
});
