import type { GraphFacts } from './graph-facts';
import changes from './operations/changes.graphql?raw';
import failedJobs from './operations/failed-jobs.graphql?raw';
import job from './operations/job.graphql?raw';
import jobs from './operations/jobs.graphql?raw';
import nextPage from './operations/next-page.graphql?raw';
import startJob from './operations/start-job.graphql?raw';

/** An operation in a tab of its own, ready to run. */
export interface Example {
  readonly query: string;
  readonly variables: string;
}

const DAY_MS = 86_400_000;
/** Of the right form, and nobody's. */
const SOME_ARN = 'arn:aws:bedrock:us-east-1:000000000000:async-invoke/000000000000';

/** With values out of the graph itself where it has any, so that each shows something at once. */
export function examplesFor({ canStart, newest, endCursor }: GraphFacts): Example[] {
  const dayAgo = new Date(Date.now() - DAY_MS).toISOString();
  return [
    example(jobs),
    example(nextPage, { first: 10, after: endCursor ?? null }),
    example(job, { invocationArn: newest ?? SOME_ARN }),
    example(failedJobs, { submitTimeAfter: dayAgo }),
    example(changes),
    ...(canStart ? [example(startJob, { input: someInput() })] : []),
  ];
}

function example(query: string, variables?: object): Example {
  return { query, variables: variables ? JSON.stringify(variables, null, 2) : '' };
}

function someInput() {
  return {
    modelId: 'luma.ray-v2:0',
    modelInput: { prompt: 'A lighthouse in a storm' },
    outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://my-bucket/videos' } },
    clientRequestToken: crypto.randomUUID(),
  };
}
