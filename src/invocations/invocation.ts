/** One asynchronous invocation. A value that the upstream omits or garbles is null. */
export interface Invocation {
  readonly invocationArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly modelArn: string | null;
  readonly clientRequestToken: string | null;
  /** `UNKNOWN` for a status that this product does not know. `rawStatus` has its text. */
  readonly status: InvocationStatus | 'UNKNOWN' | null;
  readonly rawStatus: string | null;
  readonly failureMessage: string | null;
  /** All times are in milliseconds since the epoch. */
  readonly submitTime: number | null;
  readonly lastModifiedTime: number | null;
  readonly endTime: number | null;
  readonly outputDataConfig: OutputDataConfig | null;
}

export type InvocationStatus = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

export type OutputDataConfig = S3OutputDataConfig | UnknownOutputDataConfig;

export interface S3OutputDataConfig {
  readonly kind: 's3';
  readonly s3Uri: string;
  readonly kmsKeyId: string | null;
  readonly bucketOwner: string | null;
}

/** A member of the upstream's union that this product does not know. */
export interface UnknownOutputDataConfig {
  readonly kind: 'unknown';
  readonly memberName: string;
}

/** Whether the invocation has ended. A terminal invocation never changes. */
export function isTerminal({ status }: Invocation): boolean {
  return status === 'COMPLETED' || status === 'FAILED';
}
