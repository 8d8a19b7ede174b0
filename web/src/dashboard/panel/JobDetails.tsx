import type { DataValue } from '@apollo/client';
import type { ReactNode } from 'react';
import type { JobDetailsFragment } from '../__generated__/graphql.ts';
import { bedrockConsole, s3Console } from '../page/console-links.ts';
import { CopyButton } from '../page/CopyButton.tsx';
import { Icon } from '../page/Icon.tsx';
import { StatusMark } from '../page/StatusMark.tsx';
import { ago, dateTime, duration, utc } from '../page/text.ts';
import { useNow } from '../page/use-now.ts';

/** As much as is known of it: a list says less than the job itself. */
type KnownJob = DataValue.Partial<JobDetailsFragment>;

interface JobDetailsProps {
  readonly arn: string;
  readonly job: KnownJob;
}

export function JobDetails({ arn, job }: JobDetailsProps) {
  const { status = null, rawStatus = null, failureMessage, modelId, modelArn } = job;
  const console = bedrockConsole(arn);
  return (
    <div className="details">
      <div className="details-head">
        <StatusMark status={status} rawStatus={rawStatus} />
        <Duration job={job} />
      </div>
      {failureMessage && (
        <div className="failure-box">
          <h3>Why it failed</h3>
          <p>{failureMessage}</p>
        </div>
      )}
      <dl>
        <Field name="Model" value={modelId} />
        <Moment name="Submitted" time={job.submitTime} />
        <Moment
          name="Ended"
          time={job.endTime}
          otherwise={status === 'IN_PROGRESS' ? 'Not yet' : undefined}
        />
        <Moment name="Last changed" time={job.lastModifiedTime} />
      </dl>
      <h3>Result</h3>
      <Output arn={arn} output={job.outputDataConfig} />
      <h3>Identity</h3>
      <dl>
        <Field name="ARN" value={arn} copies="ARN" />
        <Field name="Model ARN" value={modelArn} copies="model ARN" />
        <Field
          name="Client request token"
          value={job.clientRequestToken}
          copies="client request token"
        />
        <Field name="Region" value={job.region} />
        <Field name="Account" value={job.accountId} />
      </dl>
      {console !== undefined && (
        <p>
          <OutLink href={console}>Amazon Bedrock in the AWS console</OutLink>
        </p>
      )}
    </div>
  );
}

function Duration({ job }: { readonly job: KnownJob }) {
  const { status, submitTime, durationSeconds } = job;
  if (typeof durationSeconds === 'number') return <strong>{duration(durationSeconds)}</strong>;
  if (status !== 'IN_PROGRESS' || !submitTime) return null;
  return <Running since={submitTime} />;
}

function Running({ since }: { readonly since: string }) {
  const now = useNow(1000);
  return (
    <strong>
      {duration((now - Date.parse(since)) / 1000)} <small>so far</small>
    </strong>
  );
}

interface FieldProps {
  readonly name: string;
  readonly value: string | null | undefined;
  readonly copies?: string;
  readonly children?: ReactNode;
}

function Field({ name, value, copies, children }: FieldProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value ? copies ? <code>{value}</code> : value : <span className="soft">–</span>}
        {value && copies && <CopyButton text={value} what={copies} />}
        {children}
      </dd>
    </div>
  );
}

interface MomentProps {
  readonly name: string;
  readonly time: string | null | undefined;
  readonly otherwise?: string | undefined;
}

function Moment({ name, time, otherwise = '–' }: MomentProps) {
  const now = useNow(5000);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {time ? (
          <time dateTime={time}>
            {dateTime(time)} <span className="soft">({ago((now - Date.parse(time)) / 1000)})</span>
            <small>{utc(time)}</small>
          </time>
        ) : (
          <span className="soft">{otherwise}</span>
        )}
      </dd>
    </div>
  );
}

function Output({
  arn,
  output,
}: {
  readonly arn: string;
  readonly output: KnownJob['outputDataConfig'];
}) {
  if (!output) return <p className="soft">Amazon Bedrock did not say where it is written.</p>;
  if ('memberName' in output) {
    return <p>Written to “{output.memberName}”, a kind of place that is newer than this page.</p>;
  }
  if (!('s3Uri' in output)) return null;
  const { s3Uri, bucket, keyPrefix, bucketOwner, kmsKeyId } = output;
  const console = bucket === undefined ? undefined : s3Console(arn, bucket, keyPrefix ?? '');
  return (
    <>
      <dl>
        <Field name="S3 location" value={s3Uri} copies="S3 location" />
        {bucketOwner && <Field name="Bucket owner" value={bucketOwner} />}
        {kmsKeyId && <Field name="KMS key" value={kmsKeyId} copies="KMS key" />}
      </dl>
      {console !== undefined && (
        <p>
          <OutLink href={console}>Folder in the AWS console</OutLink>
        </p>
      )}
    </>
  );
}

function OutLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <a className="out" href={href} target="_blank" rel="noopener noreferrer">
      {children} <Icon name="out" />
      <span className="unseen">(opens in a new tab)</span>
    </a>
  );
}
