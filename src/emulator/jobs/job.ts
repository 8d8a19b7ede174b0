export type JobStatus = 'InProgress' | 'Completed' | 'Failed';

/**
 * The emulator's record of one invocation. Its outcome and its end are fixed when it is created,
 * and its status follows from the clock. Times are milliseconds since the epoch.
 */
export interface Job {
  readonly invocationArn: string;
  readonly modelArn: string;
  readonly clientRequestToken: string | undefined;
  readonly submitTime: number;
  /** Undefined for a job that never ends. */
  readonly endTime: number | undefined;
  /** The status from `endTime` on. InProgress for a job that never ends. */
  readonly outcome: JobStatus;
  /** Visible to clients once the job has failed. */
  readonly failureMessage: string | undefined;
  /** The URI that Get and List return. It ends with the invocation's own folder. */
  readonly s3Uri: string;
  readonly kmsKeyId: string | undefined;
  readonly bucketOwner: string | undefined;
}

/**
 * The members of a job that a caller may choose. The emulator generates the others. Null leaves an
 * optional member out.
 */
export interface JobSeed {
  /** The last part of the ARN: 12 characters of a-z and 0-9. Ignored if invocationArn is set. */
  readonly id?: string;
  readonly invocationArn?: string;
  readonly modelArn?: string;
  readonly clientRequestToken?: string | null;
  /** Default: now. */
  readonly submitTime?: number;
  /** Default: submitTime plus a duration that is typical of the model. */
  readonly endTime?: number;
  /**
   * The status from endTime on. InProgress never ends. Default: Failed if failureMessage is set,
   * otherwise Completed.
   */
  readonly outcome?: JobStatus;
  readonly failureMessage?: string;
  /** The complete URI that clients see. Default: s3Prefix plus the invocation's own folder. */
  readonly s3Uri?: string;
  /** The prefix of the output. The emulator appends the invocation's own folder. */
  readonly s3Prefix?: string;
  readonly kmsKeyId?: string | null;
  readonly bucketOwner?: string | null;
}

export function statusAt(job: Job, now: number): JobStatus {
  return job.endTime === undefined || now < job.endTime ? 'InProgress' : job.outcome;
}
