import { itKeepsTheList } from './kit-suite.ts';

describe('the kit for Relay', () => {
  itKeepsTheList('relay');
});
