import { itKeepsTheList } from './kit-suite.ts';

describe('the kit for Apollo Client', () => {
  itKeepsTheList('apollo-client');
});
