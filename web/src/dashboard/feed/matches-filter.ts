import type { AsyncInvokeFilter, JobChangedSubscription } from '../__generated__/graphql.ts';

export type ChangedJob = JobChangedSubscription['asyncInvokeChanged'];

/** Applies a list's filter to one job, with the same exclusive time bounds as the gateway. */
export function matchesFilter(
  { status, submitTime }: ChangedJob,
  { statusEquals, submitTimeAfter, submitTimeBefore }: AsyncInvokeFilter,
): boolean {
  if (statusEquals && status !== statusEquals) return false;
  const time = Date.parse(submitTime ?? '');
  if (submitTimeAfter && !(time > Date.parse(submitTimeAfter))) return false;
  return !(submitTimeBefore && !(time < Date.parse(submitTimeBefore)));
}
