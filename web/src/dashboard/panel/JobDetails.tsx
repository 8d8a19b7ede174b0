import type { DataValue } from '@apollo/client';
import type { ReactNode } from 'react';
import type { JobDetailsFragment } from '../__generated__/graphql.ts';
import { bedrockConsoleUrl, s3ConsoleUrl } from '../page/console-links.ts';
import { CopyButton } from '../page/CopyButton.tsx';
import {
  formatDateTime,
  formatDuration,
  formatTimeAgo,
  formatUtc,
  visibleText,
} from '../page/format.ts';
import { Icon } from '../page/Icon.tsx';
import { StatusBadge } from '../page/StatusBadge.tsx';
import { useNow } from '../page/use-now.ts';

/** The loaded fields of a job. A list loads fewer fields than the panel. */
type PartialJob = DataValue.Partial<JobDetailsFragment>;

interface JobDetailsProps {
  readonly arn: string;
  readonly job: PartialJob;
}

export function JobDetails({ arn, job }: JobDetailsProps) {
  const { status = null, rawStatus = null, failureMessage, modelId, modelArn } = job;
  const console = bedrockConsoleUrl(arn);
  return (
    <div className="details">
      <div className="details-header">
        <StatusBadge status={status} rawStatus={rawStatus} />
        <Duration job={job} />
      </div>
      {failureMessage && (
        <div className="failure-box">
          <h3>Failure reason</h3>
          <p>{visibleText(failureMessage)}</p>
        </div>
      )}
      <dl>
        <Field name="Model" value={modelId} />
        <TimeField name="Submitted" time={job.submitTime} />
        <TimeField
          name="Ended"
          time={job.endTime}
          fallback={status === 'IN_PROGRESS' ? 'Not yet' : undefined}
        />
        <TimeField name="Last modified" time={job.lastModifiedTime} />
      </dl>
      <h3>Result</h3>
      <OutputLocation arn={arn} output={job.outputDataConfig} />
      <h3>Identifiers</h3>
      <dl>
        <Field name="ARN" value={arn} copySubject="ARN" />
        <Field name="Model ARN" value={modelArn} copySubject="model ARN" />
        <Field
          name="Client request token"
          value={job.clientRequestToken}
          copySubject="client request token"
        />
        <Field name="Region" value={job.region} />
        <Field name="Account" value={job.accountId} />
      </dl>
      {console !== undefined && (
        <p>
          <ExternalLink href={console}>Open Amazon Bedrock in the AWS console</ExternalLink>
        </p>
      )}
    </div>
  );
}

function Duration({ job }: { readonly job: PartialJob }) {
  const { status, submitTime, durationSeconds } = job;
  if (typeof durationSeconds === 'number')
    return <strong>{formatDuration(durationSeconds)}</strong>;
  if (status !== 'IN_PROGRESS' || !submitTime) return null;
  return <ElapsedTime since={submitTime} />;
}

function ElapsedTime({ since }: { readonly since: string }) {
  const now = useNow(1000);
  return (
    <strong>
      {formatDuration((now - Date.parse(since)) / 1000)} <small>so far</small>
    </strong>
  );
}

interface FieldProps {
  readonly name: string;
  readonly value: string | null | undefined;
  readonly copySubject?: string;
  readonly children?: ReactNode;
}

function Field({ name, value, copySubject, children }: FieldProps) {
  const text = value && visibleText(value);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {text ? copySubject ? <code>{text}</code> : text : <span className="muted">–</span>}
        {value && copySubject && <CopyButton text={value} subject={copySubject} />}
        {children}
      </dd>
    </div>
  );
}

interface TimeFieldProps {
  readonly name: string;
  readonly time: string | null | undefined;
  readonly fallback?: string | undefined;
}

function TimeField({ name, time, fallback = '–' }: TimeFieldProps) {
  const now = useNow(5000);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {time ? (
          <time dateTime={time}>
            {formatDateTime(time)}{' '}
            <span className="muted">({formatTimeAgo((now - Date.parse(time)) / 1000)})</span>
            <small>{formatUtc(time)}</small>
          </time>
        ) : (
          <span className="muted">{fallback}</span>
        )}
      </dd>
    </div>
  );
}

function OutputLocation({
  arn,
  output,
}: {
  readonly arn: string;
  readonly output: PartialJob['outputDataConfig'];
}) {
  if (!output) return <p className="muted">Amazon Bedrock did not report an output location.</p>;
  if ('memberName' in output) {
    return <p>This page does not support the output type “{visibleText(output.memberName)}”.</p>;
  }
  if (!('s3Uri' in output)) return null;
  const { s3Uri, bucket, keyPrefix, bucketOwner, kmsKeyId } = output;
  const console = bucket === undefined ? undefined : s3ConsoleUrl(arn, bucket, keyPrefix ?? '');
  return (
    <>
      <dl>
        <Field name="S3 location" value={s3Uri} copySubject="S3 location" />
        {bucketOwner && <Field name="Bucket owner" value={bucketOwner} />}
        {kmsKeyId && <Field name="KMS key" value={kmsKeyId} copySubject="KMS key" />}
      </dl>
      {console !== undefined && (
        <p>
          <ExternalLink href={console}>Open the output folder in the AWS console</ExternalLink>
        </p>
      )}
    </>
  );
}

function ExternalLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <a className="external-link" href={href} target="_blank" rel="noopener noreferrer">
      {children} <Icon name="external" />
      <span className="visually-hidden">(opens in a new tab)</span>
    </a>
  );
}
