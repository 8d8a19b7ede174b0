import type { Storage } from '@graphiql/toolkit';

const HISTORIES = new Set(['graphiql:queries', 'graphiql:favorites']);

/** The browser's own, of which the history of operations has no headers: a token is gone with the page. */
export const storage: Storage = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => {
    localStorage.setItem(key, HISTORIES.has(key) ? withoutHeaders(value) : value);
  },
  removeItem: (key) => {
    localStorage.removeItem(key);
  },
  clear: () => {
    localStorage.clear();
  },
  get length() {
    return localStorage.length;
  },
};

function withoutHeaders(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value: unknown) =>
    key === 'headers' ? undefined : value,
  );
}
