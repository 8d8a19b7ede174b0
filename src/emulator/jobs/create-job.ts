import { foundationModelArn, invocationArn, type Account } from '../account.ts';
import type { Job, JobSeed, JobStatus } from './job.ts';
import { findModel, MODELS } from './models.ts';
import { randomBetween, randomItem, randomText, randomUuid, type Random } from './random.ts';

const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

export interface CreateJobOptions {
  readonly account: Account;
  readonly durationScale: number;
  readonly now: number;
}

/** Creates a job from its seed. Random values that look like a real account's fill the gaps. */
export function createJob(seed: JobSeed, options: CreateJobOptions, random: Random): Job {
  const { account, durationScale, now } = options;
  const id = seed.id ?? randomText(random, ID_ALPHABET, 12);
  const modelArn = seed.modelArn ?? foundationModelArn(account, randomItem(random, MODELS).modelId);
  const model = findModel(modelArn);
  const submitTime = seed.submitTime ?? now;
  const outcome = seed.outcome ?? (seed.failureMessage === undefined ? 'Completed' : 'Failed');
  const durationMs = randomBetween(random, ...model.seconds) * 1000 * durationScale;
  const randomValues = {
    clientRequestToken: randomUuid(random),
    failureMessage: randomItem(random, model.failureMessages),
    s3Prefix: randomItem(random, model.destinations),
    kmsKeyId: randomKmsKeyId(account, random),
    bucketOwner: random() < 0.15 ? account.accountId : undefined,
  };
  const endTime = seed.endTime ?? submitTime + Math.round(durationMs * runFraction(outcome));
  const failureMessage = seed.failureMessage ?? randomValues.failureMessage;
  const s3Prefix = (seed.s3Prefix ?? randomValues.s3Prefix).replace(/\/$/, '');
  return {
    invocationArn: seed.invocationArn ?? invocationArn(account, id),
    modelArn,
    clientRequestToken: valueOr(seed.clientRequestToken, randomValues.clientRequestToken),
    submitTime,
    endTime: outcome === 'InProgress' ? undefined : endTime,
    outcome,
    failureMessage: outcome === 'Failed' ? failureMessage : undefined,
    s3Uri: seed.s3Uri ?? `${s3Prefix}/${id}`,
    kmsKeyId: valueOr(seed.kmsKeyId, randomValues.kmsKeyId),
    bucketOwner: valueOr(seed.bucketOwner, randomValues.bucketOwner),
  };
}

/** Returns the part of the usual duration that a job runs. Jobs that fail end early. */
function runFraction(outcome: JobStatus): number {
  return outcome === 'Failed' ? 0.4 : 1;
}

/** Returns the value if it is set, undefined if it is null, and otherwise the default. */
function valueOr(
  value: string | null | undefined,
  defaultValue: string | undefined,
): string | undefined {
  return value === undefined ? defaultValue : (value ?? undefined);
}

function randomKmsKeyId(account: Account, random: Random): string | undefined {
  const kind = random();
  const key = randomUuid(random);
  const { partition, region, accountId } = account;
  const prefix = `arn:${partition}:kms:${region}:${accountId}`;
  if (kind < 0.1) return `${prefix}:alias/bedrock-output`;
  return kind < 0.25 ? `${prefix}:key/${key}` : undefined;
}
