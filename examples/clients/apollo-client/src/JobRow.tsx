import type { FragmentType } from '@apollo/client';
import { useFragment } from '@apollo/client/react';
import { memo } from 'react';
import { graphql } from './gql';
import type { JobRowFragment } from './gql/graphql';

export const JOB_ROW = graphql(`
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

/** Renders again only when its own job changes, not when the list does. */
export const JobRow = memo(function JobRow({ job }: { job: FragmentType<JobRowFragment> }) {
  const { data, complete } = useFragment({ fragment: JOB_ROW, from: job });
  if (!complete) return null;
  const { outputDataConfig: output } = data;
  return (
    <li>
      <time>{data.submitTime}</time> <code>{data.invocationArn}</code> {data.modelId}{' '}
      <strong>{data.status}</strong> {data.failureMessage}
      {output?.__typename === 'AsyncInvokeS3OutputDataConfig' && output.s3Uri}
    </li>
  );
});
