import { memo } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { JobRow_job$key } from './__generated__/JobRow_job.graphql';

/** The fragment is masked: only this component reads its fields and renders when they change. */
export const JobRow = memo(function JobRow({ job }: { job: JobRow_job$key }) {
  const data = useFragment(
    graphql`
      fragment JobRow_job on AsyncInvokeSummary {
        invocationArn
        modelId
        status
        submitTime
        failureMessage
        outputDataConfig {
          __typename
          ... on AsyncInvokeS3OutputDataConfig {
            s3Uri
          }
        }
      }
    `,
    job,
  );
  const { outputDataConfig: output } = data;
  return (
    <li>
      <time>{data.submitTime}</time> <code>{data.invocationArn}</code> {data.modelId}{' '}
      <strong>{data.status}</strong> {data.failureMessage}
      {output?.__typename === 'AsyncInvokeS3OutputDataConfig' && output.s3Uri}
    </li>
  );
});
