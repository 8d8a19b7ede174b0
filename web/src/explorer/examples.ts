import changes from './operations/changes.graphql?raw';
import failedJobs from './operations/failed-jobs.graphql?raw';
import job from './operations/job.graphql?raw';
import jobs from './operations/jobs.graphql?raw';
import nextPage from './operations/next-page.graphql?raw';
import startJob from './operations/start-job.graphql?raw';
import type { GraphProbe } from './probe-graph.ts';

/** An operation that opens in its own tab, ready to run. */
export interface Example {
  readonly query: string;
  readonly variables: string;
}

const DAY_MS = 86_400_000;
/** A well-formed ARN of a job that does not exist. */
const EXAMPLE_ARN = 'arn:aws:bedrock:us-east-1:000000000000:async-invoke/000000000000';

/** Creates the example tabs. Variables use values of existing jobs, so that each query has data. */
export function examplesFor({ canStart, newestArn, endCursor }: GraphProbe): Example[] {
  const dayAgo = new Date(Date.now() - DAY_MS).toISOString();
  return [
    example(jobs),
    example(nextPage, { first: 10, after: endCursor ?? null }),
    example(job, { invocationArn: newestArn ?? EXAMPLE_ARN }),
    example(failedJobs, { submitTimeAfter: dayAgo }),
    example(changes),
    ...(canStart ? [example(startJob, { input: exampleInput() })] : []),
  ];
}

function example(query: string, variables?: object): Example {
  return { query, variables: variables ? JSON.stringify(variables, null, 2) : '' };
}

function exampleInput() {
  return {
    modelId: 'luma.ray-v2:0',
    modelInput: { prompt: 'A lighthouse in a storm' },
    outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://my-bucket/videos' } },
    clientRequestToken: crypto.randomUUID(),
  };
}
