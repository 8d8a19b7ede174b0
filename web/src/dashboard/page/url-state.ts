import type { AsyncInvokeStatus } from '../__generated__/graphql.ts';
import type { ListKey } from '../feed/job-pages.ts';
import { Store } from '../feed/store.ts';

export type StatusFilter = Exclude<AsyncInvokeStatus, 'UNKNOWN'>;

export const STATUS_FILTERS: readonly StatusFilter[] = ['IN_PROGRESS', 'COMPLETED', 'FAILED'];

/** What the page shows. All of it is in the URL, so that a shared link opens the same view. */
export interface View {
  readonly status: StatusFilter | undefined;
  /** Submit time bounds, as ISO 8601 in UTC. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly oldestFirst: boolean;
  /** The ARN of the job whose details are open. */
  readonly job: string | undefined;
  /** The cursor of the row before the first visible one. Undefined at the start of the list. */
  readonly startCursor: string | undefined;
}

/** Only `push` adds an entry that the browser's Back button returns to. */
type HistoryMode = 'push' | 'replace';

export class UrlState extends Store<View> {
  constructor() {
    super(parseUrl(location.search));
    window.addEventListener('popstate', () => {
      this.set(parseUrl(location.search));
    });
  }

  update(change: Partial<View>, mode: HistoryMode = 'push'): void {
    const view = { ...this.get(), ...change };
    const url = location.pathname + formatUrl(view);
    if (url === location.pathname + location.search) return;
    if (mode === 'push') history.pushState(null, '', url);
    else history.replaceState(history.state, '', url);
    this.set(view);
  }

  /** Returns the absolute URL of the view with a change applied. */
  href(change: Partial<View>): string {
    return new URL(location.pathname + formatUrl({ ...this.get(), ...change }), location.href).href;
  }
}

/** Parses the query of a URL. Invalid parameters are ignored one by one. */
export function parseUrl(search: string): View {
  const params = new URLSearchParams(search);
  const since = parseInstant(params.get('since'));
  const until = parseInstant(params.get('until'));
  const isValidRange = !since || !until || since < until;
  const job = params.get('job');
  const at = params.get('at');
  return {
    status: STATUS_FILTERS.find((status) => status === params.get('status')?.toUpperCase()),
    since: isValidRange ? since : undefined,
    until: isValidRange ? until : undefined,
    oldestFirst: params.get('order') === 'oldest',
    job: job?.startsWith('arn:') ? job : undefined,
    startCursor: at && /^[\w-]{1,8192}$/.test(at) ? at : undefined,
  };
}

export function formatUrl({ status, since, until, oldestFirst, job, startCursor }: View): string {
  const params = new URLSearchParams();
  if (status) params.set('status', status.toLowerCase());
  if (since) params.set('since', since);
  if (until) params.set('until', until);
  if (oldestFirst) params.set('order', 'oldest');
  if (job) params.set('job', job);
  if (startCursor) params.set('at', startCursor);
  // These characters are valid in a query, and leaving them unescaped keeps ARNs readable.
  const text = params.toString().replaceAll('%3A', ':').replaceAll('%2F', '/');
  return text && `?${text}`;
}

export function toListKey({ status, since, until, oldestFirst }: View): ListKey {
  return {
    filter: {
      ...(status && { statusEquals: status }),
      ...(since && { submitTimeAfter: since }),
      ...(until && { submitTimeBefore: until }),
    },
    orderBy: { field: 'SUBMISSION_TIME', direction: oldestFirst ? 'ASC' : 'DESC' },
  };
}

function parseInstant(text: string | null): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
