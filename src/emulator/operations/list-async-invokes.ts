import { statusAt, type Job, type JobStatus } from '../jobs/job.ts';
import type { SortOrder } from '../jobs/job-store.ts';
import type { EmulatorKnobs } from '../knobs.ts';
import { queryInteger, queryTimestamp, queryValue } from './list-query.ts';
import type { Continuation } from './next-token.ts';
import type { OperationContext, OperationRequest } from './operation.ts';
import { MAX_RESULTS, PAGINATION_TOKEN, SORT_BY, SORT_ORDERS, STATUSES } from './shapes.ts';
import { timeRange } from './time-range.ts';
import { Violations } from './violations.ts';
import { wireJob } from './wire-job.ts';

interface ListInput {
  readonly submitTimeAfter: number | undefined;
  readonly submitTimeBefore: number | undefined;
  readonly statusEquals: JobStatus | undefined;
  readonly maxResults: number | undefined;
  readonly nextToken: string | undefined;
  readonly sortOrder: SortOrder;
}

interface Page {
  readonly jobs: readonly Job[];
  readonly next: Continuation | undefined;
}

export function listAsyncInvokes({ query }: OperationRequest, context: OperationContext) {
  const input = check(query);
  const { clock, knobs, tokens } = context;
  const listing = fingerprint(input);
  const from: Continuation =
    input.nextToken === undefined
      ? { after: undefined, emptyPages: 0 }
      : tokens.read(input.nextToken, listing, knobs.tokenLifetimeMs);
  const now = clock();
  const { jobs, next } = readPage(input, from, now, context);
  return {
    asyncInvokeSummaries: jobs.map((job) => wireJob(job, now)),
    nextToken: next && tokens.mint(next, listing),
  };
}

function check(query: URLSearchParams): ListInput {
  const submitTimeAfter = queryTimestamp(query, 'submitTimeAfter');
  const submitTimeBefore = queryTimestamp(query, 'submitTimeBefore');
  const maxResults = queryInteger(query, 'maxResults');
  const nextToken = queryValue(query, 'nextToken');
  const violations = new Violations();
  const statusEquals = violations.enum('statusEquals', queryValue(query, 'statusEquals'), STATUSES);
  violations.range('maxResults', maxResults, MAX_RESULTS);
  violations.string('nextToken', nextToken, PAGINATION_TOKEN);
  violations.enum('sortBy', queryValue(query, 'sortBy'), SORT_BY);
  const sortOrder = violations.enum('sortOrder', queryValue(query, 'sortOrder'), SORT_ORDERS);
  violations.refuse();
  return {
    submitTimeAfter,
    submitTimeBefore,
    statusEquals,
    maxResults,
    nextToken,
    sortOrder: sortOrder ?? 'Descending',
  };
}

/** What a token is bound to: everything but the token itself and the page size. */
function fingerprint({ submitTimeAfter, submitTimeBefore, statusEquals, sortOrder }: ListInput) {
  return JSON.stringify([submitTimeAfter, submitTimeBefore, statusEquals, sortOrder]);
}

function readPage(
  input: ListInput,
  { after, emptyPages }: Continuation,
  now: number,
  { ledger, knobs }: OperationContext,
): Page {
  if (emptyPages < knobs.emptyPages) {
    return { jobs: [], next: { after, emptyPages: emptyPages + 1 } };
  }
  const range = timeRange(input.submitTimeAfter, input.submitTimeBefore, knobs);
  const jobs: Job[] = [];
  let next: Continuation | undefined;
  for (const job of ledger.read().scan(input.sortOrder, knobs.ties, range, after)) {
    if (input.statusEquals !== undefined && statusAt(job, now) !== input.statusEquals) continue;
    if (jobs.length === pageRows(input.maxResults, knobs)) {
      next = { after: jobs.at(-1), emptyPages: 0 };
      break;
    }
    jobs.push(job);
  }
  if (next === undefined && knobs.trailingEmptyPage && jobs.length > 0) {
    next = { after: jobs.at(-1), emptyPages: knobs.emptyPages };
  }
  return { jobs, next };
}

/** Rows a page may hold; never none, or a listing would not end. */
function pageRows(maxResults: number | undefined, knobs: EmulatorKnobs): number {
  const asked = maxResults ?? knobs.defaultPageSize;
  return Math.max(1, Math.min(Math.floor(asked * knobs.pageFill), knobs.maxPageRows));
}
