import { useFragment } from '@apollo/client/react';
import { memo } from 'react';
import { JobRowFragmentDoc, type JobRowFragment } from '../__generated__/graphql.ts';
import type { JobEdge } from '../feed/use-jobs.ts';
import { StatusMark } from '../page/StatusMark.tsx';
import { ago, dateTime, duration, shortDateTime, shortId } from '../page/text.ts';
import { useNow } from '../page/use-now.ts';

interface JobRowProps {
  readonly edge: JobEdge;
  readonly index: number;
  /** From the top of the list, in pixels. */
  readonly top: number;
  readonly isSelected: boolean;
  /** The one row that Tab leads to. */
  readonly isTabStop: boolean;
}

/** Rendered again when its own job changes, whatever the others do. */
export const JobRow = memo(function JobRow(props: JobRowProps) {
  const { edge, index, top, isSelected, isTabStop } = props;
  const { data, complete } = useFragment({ fragment: JobRowFragmentDoc, from: edge.node });
  return (
    <div
      role="row"
      className="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      data-index={index}
      style={{ transform: `translateY(${top}px)` }}
    >
      {complete && edge.node ? <Cells job={data} /> : <Unreadable />}
    </div>
  );
});

function Cells({ job }: { readonly job: JobRowFragment }) {
  const { invocationArn, modelId, status, rawStatus, failureMessage, submitTime } = job;
  return (
    <>
      <div role="gridcell" className="cell-status">
        <StatusMark status={status} rawStatus={rawStatus} />
      </div>
      <div role="gridcell" className="cell-job">
        <span className="model">{modelId ?? 'Unknown model'}</span>
        <code className="id" title={invocationArn}>
          {shortId(invocationArn)}
        </code>
      </div>
      <div role="gridcell" className="cell-time">
        {submitTime === null ? '–' : <Submitted time={submitTime} />}
      </div>
      <div role="gridcell" className="cell-duration">
        <Took job={job} />
      </div>
      <div role="gridcell" className="cell-output">
        {failureMessage === null ? (
          <code title={outputText(job)}>{outputText(job)}</code>
        ) : (
          <span className="failure" title={failureMessage}>
            {failureMessage}
          </span>
        )}
      </div>
    </>
  );
}

function Unreadable() {
  return (
    <div role="gridcell" className="cell-unreadable">
      Amazon Bedrock reported a job here that cannot be read.
    </div>
  );
}

function Submitted({ time }: { readonly time: string }) {
  const now = useNow(5000);
  return (
    <time dateTime={time} title={dateTime(time)}>
      <span>{ago((now - Date.parse(time)) / 1000)}</span>
      <small>{shortDateTime(time)}</small>
    </time>
  );
}

function Took({ job }: { readonly job: JobRowFragment }) {
  if (job.durationSeconds !== null) return duration(job.durationSeconds);
  if (job.status !== 'IN_PROGRESS' || job.submitTime === null) return '–';
  return <Running since={job.submitTime} />;
}

function Running({ since }: { readonly since: string }) {
  const now = useNow(1000);
  return <span className="running">{duration((now - Date.parse(since)) / 1000)}</span>;
}

function outputText({ outputDataConfig }: JobRowFragment): string {
  if (!outputDataConfig) return '–';
  return 's3Uri' in outputDataConfig ? outputDataConfig.s3Uri : outputDataConfig.memberName;
}
