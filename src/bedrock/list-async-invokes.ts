import {
  ListAsyncInvokesCommand,
  type ListAsyncInvokesCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import type { Call, ListQuery, SourcePage } from '../invocations/source.ts';
import type { Upstream } from './client.ts';
import { send } from './send.ts';
import { STATUS_NAMES, toInvocation } from './to-invocation.ts';
import { UnreadableAnswer } from './unreadable-answer.ts';

/** The service model's `PaginationToken`, of which only printable ASCII can go into a query. */
const PAGE_TOKEN = /^[!-~]{1,2048}$/;

/** @throws {Fault} */
export function listAsyncInvokes(
  { client, region }: Upstream,
  query: ListQuery,
  call: Call,
): Promise<SourcePage> {
  const input = toInput(query);
  const dispatch = () => client.send(new ListAsyncInvokesCommand(input));
  return send({ name: 'ListAsyncInvokes', region, input, dispatch }, call, toPage);
}

function toInput(query: ListQuery): ListAsyncInvokesCommandInput {
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

function toPage(wire: Readonly<Record<string, unknown>>): SourcePage {
  const summaries = wire.asyncInvokeSummaries ?? [];
  const nextToken = wire.nextToken ?? undefined;
  if (!Array.isArray(summaries)) throw new UnreadableAnswer('the summaries are not a list');
  if (nextToken !== undefined && !(typeof nextToken === 'string' && PAGE_TOKEN.test(nextToken))) {
    throw new UnreadableAnswer('the page token is malformed');
  }
  return { rows: summaries.map(toInvocation), nextToken };
}
