import { itKeepsTheList } from './kit-suite.ts';

describe('the kit for urql', () => {
  itKeepsTheList('urql');
});
