import type { AsyncInvokeStatus } from '../__generated__/graphql.ts';
import type { ListKey } from '../feed/job-feed.ts';
import { Store } from '../feed/store.ts';

export type StatusFilter = Exclude<AsyncInvokeStatus, 'UNKNOWN'>;

export const STATUS_FILTERS: readonly StatusFilter[] = ['IN_PROGRESS', 'COMPLETED', 'FAILED'];

/** What the page shows, all of it in its address: whoever is given the address sees the same. */
export interface View {
  readonly status: StatusFilter | undefined;
  /** Moments, as ISO 8601 in UTC. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly oldestFirst: boolean;
  /** The ARN of the job whose details are open. */
  readonly job: string | undefined;
  /** The cursor that the list on screen follows; it starts at its own beginning without one. */
  readonly at: string | undefined;
}

/** Which changes are steps that the browser's Back undoes. */
type Step = 'push' | 'replace';

export class Address extends Store<View> {
  constructor() {
    super(parse(location.search));
    window.addEventListener('popstate', () => {
      this.set(parse(location.search));
    });
  }

  change(change: Partial<View>, step: Step = 'push'): void {
    const view = { ...this.get(), ...change };
    const url = location.pathname + print(view);
    if (url === location.pathname + location.search) return;
    if (step === 'push') history.pushState(null, '', url);
    else history.replaceState(history.state, '', url);
    this.set(view);
  }

  /** A whole address of a view, for others. */
  linkTo(change: Partial<View>): string {
    return new URL(location.pathname + print({ ...this.get(), ...change }), location.href).href;
  }
}

/** What cannot be read of an address is left out; the rest holds. */
export function parse(search: string): View {
  const given = new URLSearchParams(search);
  const since = moment(given.get('since'));
  const until = moment(given.get('until'));
  const isWindow = !since || !until || since < until;
  const job = given.get('job');
  const at = given.get('at');
  return {
    status: STATUS_FILTERS.find((status) => status === given.get('status')?.toUpperCase()),
    since: isWindow ? since : undefined,
    until: isWindow ? until : undefined,
    oldestFirst: given.get('order') === 'oldest',
    job: job?.startsWith('arn:') ? job : undefined,
    at: at && /^[\w-]{1,8192}$/.test(at) ? at : undefined,
  };
}

export function print({ status, since, until, oldestFirst, job, at }: View): string {
  const given = new URLSearchParams();
  if (status) given.set('status', status.toLowerCase());
  if (since) given.set('since', since);
  if (until) given.set('until', until);
  if (oldestFirst) given.set('order', 'oldest');
  if (job) given.set('job', job);
  if (at) given.set('at', at);
  // These may stand in a query as they are, and an ARN that can be read is worth having.
  const text = given.toString().replaceAll('%3A', ':').replaceAll('%2F', '/');
  return text && `?${text}`;
}

export function listKeyOf({ status, since, until, oldestFirst }: View): ListKey {
  return {
    filter: {
      ...(status && { statusEquals: status }),
      ...(since && { submitTimeAfter: since }),
      ...(until && { submitTimeBefore: until }),
    },
    orderBy: { field: 'SUBMISSION_TIME', direction: oldestFirst ? 'ASC' : 'DESC' },
  };
}

function moment(text: string | null): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
