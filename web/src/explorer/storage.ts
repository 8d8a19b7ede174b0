import type { Storage } from '@graphiql/toolkit';

const HISTORY_KEYS = new Set(['graphiql:queries', 'graphiql:favorites']);

/** `localStorage`, but without headers in the history, so that tokens are never stored. */
export const storage: Storage = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => {
    localStorage.setItem(key, HISTORY_KEYS.has(key) ? withoutHeaders(value) : value);
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
