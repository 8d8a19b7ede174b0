import { Store } from './store.ts';

const KEY = 'bearer-token';

/** The bearer token, in memory; in the tab's own storage as well where that was asked for. Never in a URL, never in a cookie. */
export class Session extends Store<string | undefined> {
  constructor() {
    super(sessionStorage.getItem(KEY) ?? undefined);
  }

  signIn(token: string, keepsForTab: boolean): void {
    if (keepsForTab) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
    this.set(token);
  }

  signOut(): void {
    sessionStorage.removeItem(KEY);
    this.set(undefined);
  }

  get headers(): Record<string, string> {
    const token = this.get();
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }
}
