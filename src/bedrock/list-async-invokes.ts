import {
  ListAsyncInvokesCommand,
  type ListAsyncInvokesCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import type {
  CallContext,
  ListAsyncInvokesPage,
  ListAsyncInvokesQuery,
} from '../invocations/source.ts';
import { callSdk } from './call-sdk.ts';
import type { Upstream } from './sdk/client.ts';
import { InvalidResponseError } from './sdk/invalid-response-error.ts';
import type { JsonObject } from './sdk/raw-json-protocol.ts';
import { STATUS_NAMES, toInvocation } from './to-invocation.ts';

/** The service model's `PaginationToken`, limited to the printable ASCII that a query can carry. */
const PAGE_TOKEN = /^[!-~]{1,2048}$/;

/** @throws {UpstreamError} */
export function listAsyncInvokes(
  { client, region }: Upstream,
  query: ListAsyncInvokesQuery,
  call: CallContext,
): Promise<ListAsyncInvokesPage> {
  const input = toInput(query);
  const send = () => client.send(new ListAsyncInvokesCommand(input));
  return callSdk({ name: 'ListAsyncInvokes', region, input, send }, call, toPage);
}

function toInput(query: ListAsyncInvokesQuery): ListAsyncInvokesCommandInput {
  const { direction, maxResults, statusEquals, submitTimeAfter, submitTimeBefore } = query;
  return {
    sortBy: 'SubmissionTime',
    sortOrder: direction === 'ASC' ? 'Ascending' : 'Descending',
    maxResults,
    statusEquals: statusEquals && STATUS_NAMES[statusEquals],
    submitTimeAfter: toDate(submitTimeAfter),
    submitTimeBefore: toDate(submitTimeBefore),
    nextToken: query.nextToken,
  };
}

function toDate(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}

function toPage(json: JsonObject): ListAsyncInvokesPage {
  const summaries = json.asyncInvokeSummaries ?? [];
  const nextToken = json.nextToken ?? undefined;
  if (!Array.isArray(summaries)) throw new InvalidResponseError('the summaries are not a list');
  if (nextToken !== undefined && !(typeof nextToken === 'string' && PAGE_TOKEN.test(nextToken))) {
    throw new InvalidResponseError('the page token is malformed');
  }
  return { rows: summaries.map(toInvocation), nextToken };
}
