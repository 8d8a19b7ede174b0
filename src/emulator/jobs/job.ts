export type JobStatus = 'InProgress' | 'Completed' | 'Failed';

/**
 * One invocation as the emulator keeps it: its fate is decided when it is created, and what a reader sees follows from
 * the clock. Times are milliseconds since the epoch.
 */
export interface Job {
  readonly invocationArn: string;
  readonly modelArn: string;
  readonly clientRequestToken: string | undefined;
  readonly submitTime: number;
  /** Undefined for a job that never ends. */
  readonly endTime: number | undefined;
  /** What the job ends as; InProgress for a job that never ends. */
  readonly outcome: JobStatus;
  /** Shown once the job has failed. */
  readonly failureMessage: string | undefined;
  /** As Get and List show it: with the invocation's own folder at the end. */
  readonly s3Uri: string;
  readonly kmsKeyId: string | undefined;
  readonly bucketOwner: string | undefined;
}

/** What a caller may decide about a job it adds; the rest is made up from the seed. Null leaves an optional member out. */
export interface JobSeed {
  /** The last part of the ARN, 12 of a-z and 0-9. Ignored where invocationArn is given. */
  readonly id?: string;
  readonly invocationArn?: string;
  readonly modelArn?: string;
  readonly clientRequestToken?: string | null;
  /** Default: now. */
  readonly submitTime?: number;
  /** Default: submitTime plus a running time that suits the model. */
  readonly endTime?: number;
  /** What the job ends as, from endTime on. Default: Failed with a failureMessage, else Completed. InProgress never ends. */
  readonly outcome?: JobStatus;
  readonly failureMessage?: string;
  /** Shown as it is. Default: the s3Prefix with the invocation's folder. */
  readonly s3Uri?: string;
  /** Where the output goes; the invocation's own folder is added. */
  readonly s3Prefix?: string;
  readonly kmsKeyId?: string | null;
  readonly bucketOwner?: string | null;
}

export function statusAt(job: Job, now: number): JobStatus {
  return job.endTime === undefined || now < job.endTime ? 'InProgress' : job.outcome;
}
