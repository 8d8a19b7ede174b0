import { Store } from './store.ts';

const STORAGE_KEY = 'bearer-token';

/**
 * Holds the bearer token in memory, and in `sessionStorage` if the user chose to remember it.
 * The token is never put into a URL or a cookie.
 */
export class Session extends Store<string | undefined> {
  constructor() {
    super(sessionStorage.getItem(STORAGE_KEY) ?? undefined);
  }

  signIn(token: string, rememberForTab: boolean): void {
    if (rememberForTab) sessionStorage.setItem(STORAGE_KEY, token);
    else sessionStorage.removeItem(STORAGE_KEY);
    this.set(token);
  }

  signOut(): void {
    sessionStorage.removeItem(STORAGE_KEY);
    this.set(undefined);
  }

  get headers(): Record<string, string> {
    const token = this.get();
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }
}
