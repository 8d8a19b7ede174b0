import type { Page, ServiceError, Row } from './client.ts';

/** Reads an invocation from a client's output: JSON, or an SDK's object with Dates. */
export function readRow(value: unknown): Row {
  const s3 = member(member(value, 'outputDataConfig'), 's3OutputDataConfig');
  return {
    invocationArn: text(value, 'invocationArn') ?? '',
    modelArn: text(value, 'modelArn') ?? '',
    clientRequestToken: text(value, 'clientRequestToken'),
    status: text(value, 'status'),
    failureMessage: text(value, 'failureMessage'),
    submitTime: time(value, 'submitTime') ?? NaN,
    lastModifiedTime: time(value, 'lastModifiedTime'),
    endTime: time(value, 'endTime'),
    s3Uri: text(s3, 's3Uri') ?? '',
    kmsKeyId: text(s3, 'kmsKeyId'),
    bucketOwner: text(s3, 'bucketOwner'),
  };
}

export function readPage(value: unknown): Page {
  const rows = member(value, 'asyncInvokeSummaries');
  if (!Array.isArray(rows)) throw new Error('the page has no asyncInvokeSummaries');
  return { rows: rows.map(readRow), nextToken: text(value, 'nextToken') };
}

export function readStarted(value: unknown): { invocationArn: string } {
  return { invocationArn: text(value, 'invocationArn') ?? '' };
}

export function readServiceError(value: unknown): ServiceError {
  const status = member(value, 'status');
  return {
    name: text(value, 'name') ?? '',
    status: typeof status === 'number' ? status : undefined,
    message: text(value, 'message') ?? '',
    requestId: text(value, 'requestId'),
  };
}

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' ? found : undefined;
}

function time(value: unknown, name: string): number | undefined {
  const found = member(value, name);
  if (found === undefined) return undefined;
  if (found instanceof Date) return found.getTime();
  return typeof found === 'string' ? Date.parse(found) : NaN;
}
