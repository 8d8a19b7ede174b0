import { statusAt, type Job, type JobStatus } from '../jobs/job.ts';
import type { SortOrder } from '../jobs/job-store.ts';
import type { EmulatorKnobs } from '../knobs.ts';
import { queryInteger, queryTimestamp, queryValue } from './query-parameters.ts';
import type { PagePosition } from './next-token.ts';
import type { OperationContext, OperationRequest } from './operation.ts';
import { MAX_RESULTS, PAGINATION_TOKEN, SORT_BY, SORT_ORDERS, STATUSES } from './constraints.ts';
import { timeRange } from './time-range.ts';
import { Violations } from './validation.ts';
import { serializeJob } from './serialize-job.ts';

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
  readonly next: PagePosition | undefined;
}

export function listAsyncInvokes({ query }: OperationRequest, context: OperationContext) {
  const input = parseListInput(query);
  const { clock, knobs, nextTokens } = context;
  const listing = fingerprint(input);
  const from: PagePosition =
    input.nextToken === undefined
      ? { after: undefined, emptyPages: 0 }
      : nextTokens.decode(input.nextToken, listing, knobs.tokenLifetimeMs);
  const now = clock();
  const { jobs, next } = readPage(input, from, now, context);
  return {
    asyncInvokeSummaries: jobs.map((job) => serializeJob(job, now)),
    nextToken: next && nextTokens.encode(next, listing),
  };
}

function parseListInput(query: URLSearchParams): ListInput {
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
  violations.throwIfAny();
  return {
    submitTimeAfter,
    submitTimeBefore,
    statusEquals,
    maxResults,
    nextToken,
    sortOrder: sortOrder ?? 'Descending',
  };
}

/** Returns the parameters that a token is valid for: all but the token and the page size. */
function fingerprint({ submitTimeAfter, submitTimeBefore, statusEquals, sortOrder }: ListInput) {
  return JSON.stringify([submitTimeAfter, submitTimeBefore, statusEquals, sortOrder]);
}

function readPage(
  input: ListInput,
  { after, emptyPages }: PagePosition,
  now: number,
  { generator, knobs }: OperationContext,
): Page {
  if (emptyPages < knobs.emptyPages) {
    return { jobs: [], next: { after, emptyPages: emptyPages + 1 } };
  }
  const range = timeRange(input.submitTimeAfter, input.submitTimeBefore, knobs);
  const jobs: Job[] = [];
  let next: PagePosition | undefined;
  for (const job of generator.current().scan(input.sortOrder, knobs.ties, range, after)) {
    if (input.statusEquals !== undefined && statusAt(job, now) !== input.statusEquals) continue;
    if (jobs.length === pageSize(input.maxResults, knobs)) {
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

/** Returns the maximum number of rows of a page. At least 1, or a listing would never end. */
function pageSize(maxResults: number | undefined, knobs: EmulatorKnobs): number {
  const requested = maxResults ?? knobs.defaultPageSize;
  return Math.max(1, Math.min(Math.floor(requested * knobs.pageFill), knobs.maxPageRows));
}
