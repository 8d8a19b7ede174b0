import { memo } from 'react';
import { type FragmentType, graphql, readFragment } from './gql';

const JOB_ROW = graphql(`
  fragment JobRow on AsyncInvokeSummary {
    id
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
`);

/** The fragment is masked: only this file can read its fields. */
export const JobRow = memo(function JobRow({ job }: { job: FragmentType<typeof JOB_ROW> }) {
  const data = readFragment(JOB_ROW, job);
  const { outputDataConfig: output } = data;
  return (
    <li>
      <time>{data.submitTime}</time> <code>{data.invocationArn}</code> {data.modelId}{' '}
      <strong>{data.status}</strong> {data.failureMessage}
      {output?.__typename === 'AsyncInvokeS3OutputDataConfig' && output.s3Uri}
    </li>
  );
});
