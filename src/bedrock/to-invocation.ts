import { isAwsArn, isS3Uri } from '../invocations/aws-formats.ts';
import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation, InvocationStatus, OutputDataConfig } from '../invocations/invocation.ts';
import { isObject, type JsonObject } from './sdk/raw-json-protocol.ts';

/** The service's names of the statuses. */
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
 * Converts the JSON of an `AsyncInvokeSummary` or `GetAsyncInvokeResponse`. Returns null without a
 * valid ARN, which is the identity. Any other value that is missing or garbled becomes null.
 */
export function toInvocation(json: unknown): Invocation | null {
  if (!isObject(json)) return null;
  const invocationArn = asString(json.invocationArn);
  const arn = invocationArn === null ? undefined : parseInvocationArn(invocationArn);
  if (invocationArn === null || !arn) return null;
  const rawStatus = asString(json.status);
  const modelArn = asString(json.modelArn);
  return {
    invocationArn,
    region: arn.region,
    accountId: arn.accountId,
    modelArn: modelArn !== null && isAwsArn(modelArn) ? modelArn : null,
    clientRequestToken: asString(json.clientRequestToken),
    status: rawStatus === null ? null : (STATUSES.get(rawStatus) ?? 'UNKNOWN'),
    rawStatus,
    failureMessage: asString(json.failureMessage),
    submitTime: asTime(json.submitTime),
    lastModifiedTime: asTime(json.lastModifiedTime),
    endTime: asTime(json.endTime),
    outputDataConfig: toOutputDataConfig(json.outputDataConfig),
  };
}

/** The union is an object with one member, whose name is the tag. */
function toOutputDataConfig(json: unknown): OutputDataConfig | null {
  if (!isObject(json)) return null;
  const s3 = json.s3OutputDataConfig;
  if (isObject(s3)) return toS3OutputDataConfig(s3);
  const memberName = Object.keys(json).find((name) => json[name] != null && name !== '__type');
  return memberName === undefined ? null : { kind: 'unknown', memberName };
}

function toS3OutputDataConfig(json: JsonObject): OutputDataConfig | null {
  const s3Uri = asString(json.s3Uri);
  if (s3Uri === null || !isS3Uri(s3Uri)) return null;
  return {
    kind: 's3',
    s3Uri,
    kmsKeyId: asString(json.kmsKeyId),
    bucketOwner: asString(json.bucketOwner),
  };
}

function asString(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The largest time that a `Date` can hold, in milliseconds. */
const MAX_TIME = 8.64e15;

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** The service sends RFC 3339. Epoch seconds are the default of the restJson1 protocol. */
function asTime(value: unknown): number | null {
  const milliseconds =
    typeof value === 'string'
      ? (parseUtcMillis(value) ?? (RFC_3339.test(value) ? Date.parse(value) : NaN))
      : typeof value === 'number'
        ? Math.round(value * 1000)
        : NaN;
  return Math.abs(milliseconds) <= MAX_TIME ? milliseconds : null;
}

const UTC_MILLIS = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const DATE_LENGTH = '2026-03-01'.length;

/** The last date parsed, because most times of a page have the same date. */
let lastDate: string | undefined;
let lastDateMs = NaN;

/**
 * Parses the format that the service sends, at a fraction of the cost of `Date.parse`. Returns
 * undefined for any other format.
 */
function parseUtcMillis(text: string): number | undefined {
  if (!UTC_MILLIS.test(text)) return undefined;
  if (lastDate === undefined || !text.startsWith(lastDate)) {
    lastDate = text.slice(0, DATE_LENGTH);
    lastDateMs = Date.parse(`${lastDate}T00:00:00.000Z`);
  }
  const digit = (index: number) => text.charCodeAt(index) - 48;
  const two = (index: number) => digit(index) * 10 + digit(index + 1);
  const seconds = (two(11) * 60 + two(14)) * 60 + two(17);
  return lastDateMs + seconds * 1000 + two(20) * 10 + digit(22);
}
