import { itFollowsJobs } from './kit-live-suite.ts';
import { itKeepsTheList } from './kit-suite.ts';

describe('the kit for urql', () => {
  describe('where nobody tells of changes', () => {
    itKeepsTheList('urql');
  });
  describe('where changes are told', () => {
    itFollowsJobs('urql');
  });
});
