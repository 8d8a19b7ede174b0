import { statusAt, type Job } from '../jobs/job.ts';

/** Returns a job in the form of Get and List. JSON.stringify leaves out undefined members. */
export function serializeJob(job: Job, now: number) {
  const status = statusAt(job, now);
  const ended = status === 'InProgress' ? undefined : job.endTime;
  return {
    invocationArn: job.invocationArn,
    modelArn: job.modelArn,
    clientRequestToken: job.clientRequestToken,
    status,
    failureMessage: status === 'Failed' ? job.failureMessage : undefined,
    submitTime: timestamp(job.submitTime),
    lastModifiedTime: timestamp(ended ?? job.submitTime),
    endTime: ended === undefined ? undefined : timestamp(ended),
    outputDataConfig: {
      s3OutputDataConfig: {
        s3Uri: job.s3Uri,
        kmsKeyId: job.kmsKeyId,
        bucketOwner: job.bucketOwner,
      },
    },
  };
}

function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
