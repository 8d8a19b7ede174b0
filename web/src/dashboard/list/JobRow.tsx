import { useFragment } from '@apollo/client/react';
import { memo } from 'react';
import { type JobRowFragment, JobRowFragmentDoc } from '../__generated__/graphql.ts';
import type { JobEdge } from '../feed/use-jobs.ts';
import {
  formatDateTime,
  formatDuration,
  formatShortDateTime,
  formatTimeAgo,
  shortId,
  visibleText,
} from '../page/format.ts';
import { StatusBadge } from '../page/StatusBadge.tsx';
import { useNow } from '../page/use-now.ts';

interface JobRowProps {
  readonly edge: JobEdge;
  readonly index: number;
  /** Distance from the top of the list, in pixels. */
  readonly top: number;
  readonly isSelected: boolean;
  /** Whether Tab moves the focus to this row. Exactly one row is the tab stop. */
  readonly isTabStop: boolean;
}

/** Re-renders only when its own job changes. */
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
      {complete && edge.node ? <Cells job={data} /> : <UnreadableJob />}
    </div>
  );
});

function Cells({ job }: { readonly job: JobRowFragment }) {
  const { invocationArn, modelId, status, rawStatus, failureMessage, submitTime } = job;
  return (
    <>
      <div role="gridcell" className="cell-status">
        <StatusBadge status={status} rawStatus={rawStatus} />
      </div>
      <div role="gridcell" className="cell-job">
        <span className="model">{visibleText(modelId ?? 'Unknown model')}</span>
        <code className="id" title={visibleText(invocationArn)}>
          {shortId(invocationArn)}
        </code>
      </div>
      <div role="gridcell" className="cell-time">
        {submitTime === null ? '–' : <SubmitTime time={submitTime} />}
      </div>
      <div role="gridcell" className="cell-duration">
        <DurationCell job={job} />
      </div>
      <div role="gridcell" className="cell-output">
        {failureMessage === null ? (
          <code title={outputText(job)}>{outputText(job)}</code>
        ) : (
          <span className="failure-message" title={visibleText(failureMessage)}>
            {visibleText(failureMessage)}
          </span>
        )}
      </div>
    </>
  );
}

function UnreadableJob() {
  return (
    <div role="gridcell" className="cell-unreadable">
      Amazon Bedrock returned an invalid record for this job.
    </div>
  );
}

function SubmitTime({ time }: { readonly time: string }) {
  const now = useNow(5000);
  return (
    <time dateTime={time} title={formatDateTime(time)}>
      <span>{formatTimeAgo((now - Date.parse(time)) / 1000)}</span>
      <small>{formatShortDateTime(time)}</small>
    </time>
  );
}

function DurationCell({ job }: { readonly job: JobRowFragment }) {
  if (job.durationSeconds !== null) return formatDuration(job.durationSeconds);
  if (job.status !== 'IN_PROGRESS' || job.submitTime === null) return '–';
  return <ElapsedTime since={job.submitTime} />;
}

function ElapsedTime({ since }: { readonly since: string }) {
  const now = useNow(1000);
  return <span className="running">{formatDuration((now - Date.parse(since)) / 1000)}</span>;
}

function outputText({ outputDataConfig }: JobRowFragment): string {
  if (!outputDataConfig) return '–';
  return visibleText(
    's3Uri' in outputDataConfig ? outputDataConfig.s3Uri : outputDataConfig.memberName,
  );
}
