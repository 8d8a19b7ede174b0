import { isAwsArn, isS3Uri } from '../invocations/aws-formats.ts';
import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation, InvocationStatus, OutputDataConfig } from '../invocations/invocation.ts';
import { isObject } from './sdk/raw-json-protocol.ts';

type Wire = Readonly<Record<string, unknown>>;

/** How the service spells the statuses. */
export const STATUS_NAMES = {
  IN_PROGRESS: 'InProgress',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
} as const satisfies Record<InvocationStatus, string>;

const STATUSES = new Map<string, InvocationStatus>([
  [STATUS_NAMES.IN_PROGRESS, 'IN_PROGRESS'],
  [STATUS_NAMES.COMPLETED, 'COMPLETED'],
  [STATUS_NAMES.FAILED, 'FAILED'],
]);

/**
 * An `AsyncInvokeSummary` or `GetAsyncInvokeResponse` from the wire as a record. Without a readable ARN there is no
 * identity and so no record; anything else that is missing or garbled is null by itself.
 */
export function toInvocation(wire: unknown): Invocation | null {
  if (!isObject(wire)) return null;
  const invocationArn = asString(wire.invocationArn);
  const arn = invocationArn === null ? undefined : parseInvocationArn(invocationArn);
  if (invocationArn === null || !arn) return null;
  const rawStatus = asString(wire.status);
  const modelArn = asString(wire.modelArn);
  return {
    invocationArn,
    region: arn.region,
    accountId: arn.accountId,
    modelArn: modelArn !== null && isAwsArn(modelArn) ? modelArn : null,
    clientRequestToken: asString(wire.clientRequestToken),
    status: rawStatus === null ? null : (STATUSES.get(rawStatus) ?? 'UNKNOWN'),
    rawStatus,
    failureMessage: asString(wire.failureMessage),
    submitTime: asTime(wire.submitTime),
    lastModifiedTime: asTime(wire.lastModifiedTime),
    endTime: asTime(wire.endTime),
    outputDataConfig: toOutputDataConfig(wire.outputDataConfig),
  };
}

/** A tagged union on the wire: an object with one member, whose name is the tag. */
function toOutputDataConfig(wire: unknown): OutputDataConfig | null {
  if (!isObject(wire)) return null;
  const s3 = wire.s3OutputDataConfig;
  if (isObject(s3)) return toS3OutputDataConfig(s3);
  const memberName = Object.keys(wire).find((name) => wire[name] != null && name !== '__type');
  return memberName === undefined ? null : { kind: 'unknown', memberName };
}

function toS3OutputDataConfig(wire: Wire): OutputDataConfig | null {
  const s3Uri = asString(wire.s3Uri);
  if (s3Uri === null || !isS3Uri(s3Uri)) return null;
  return {
    kind: 's3',
    s3Uri,
    kmsKeyId: asString(wire.kmsKeyId),
    bucketOwner: asString(wire.bucketOwner),
  };
}

function asString(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** The service model's timestamps are RFC 3339; epoch seconds are restJson1's default. */
function asTime(value: unknown): number | null {
  const milliseconds =
    typeof value === 'string'
      ? (parseUtcMillis(value) ?? (RFC_3339.test(value) ? Date.parse(value) : NaN))
      : typeof value === 'number'
        ? Math.round(value * 1000)
        : NaN;
  return Math.abs(milliseconds) <= 8.64e15 ? milliseconds : null;
}

const UTC_MILLIS = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const DAY_LENGTH = '2026-03-01'.length;

/** The day that was read last: most times of a page are of one. */
let memoDate = '';
let memoDay = NaN;

/** The form that the service writes, read at a fraction of what `Date.parse` costs; undefined for another. */
function parseUtcMillis(asString: string): number | undefined {
  if (!UTC_MILLIS.test(asString)) return undefined;
  if (!asString.startsWith(memoDate) || memoDate === '') {
    memoDate = asString.slice(0, DAY_LENGTH);
    memoDay = Date.parse(`${memoDate}T00:00:00.000Z`);
  }
  const digit = (index: number) => asString.charCodeAt(index) - 48;
  const two = (index: number) => digit(index) * 10 + digit(index + 1);
  const seconds = (two(11) * 60 + two(14)) * 60 + two(17);
  return memoDay + seconds * 1000 + two(20) * 10 + digit(22);
}
