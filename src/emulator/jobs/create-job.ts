import { foundationModelArn, invocationArn, type Account } from '../account.ts';
import type { Job, JobSeed, JobStatus } from './job.ts';
import { modelOf, MODELS } from './models.ts';
import { between, pick, textOf, uuid, type Random } from './random.ts';

const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

export interface JobSetting {
  readonly account: Account;
  readonly durationScale: number;
  readonly now: number;
}

/** A whole job from what its seed says; the rest is drawn, so that it looks like one from a real account. */
export function createJob(seed: JobSeed, { account, ...setting }: JobSetting, random: Random): Job {
  const id = seed.id ?? textOf(random, ID_ALPHABET, 12);
  const modelArn = seed.modelArn ?? foundationModelArn(account, pick(random, MODELS).modelId);
  const model = modelOf(modelArn);
  const submitTime = seed.submitTime ?? setting.now;
  const outcome = seed.outcome ?? (seed.failureMessage === undefined ? 'Completed' : 'Failed');
  const runs = between(random, ...model.seconds) * 1000 * setting.durationScale;
  const drawn = {
    clientRequestToken: uuid(random),
    failureMessage: pick(random, model.failureMessages),
    s3Prefix: pick(random, model.destinations),
    kmsKeyId: drawKmsKeyId(account, random),
    bucketOwner: random() < 0.15 ? account.accountId : undefined,
  };
  return {
    invocationArn: seed.invocationArn ?? invocationArn(account, id),
    modelArn,
    clientRequestToken: given(seed.clientRequestToken, drawn.clientRequestToken),
    submitTime,
    endTime:
      outcome === 'InProgress'
        ? undefined
        : (seed.endTime ?? submitTime + Math.round(runs * shareRun(outcome))),
    outcome,
    failureMessage:
      outcome === 'Failed' ? (seed.failureMessage ?? drawn.failureMessage) : undefined,
    s3Uri: seed.s3Uri ?? `${(seed.s3Prefix ?? drawn.s3Prefix).replace(/\/$/, '')}/${id}`,
    kmsKeyId: given(seed.kmsKeyId, drawn.kmsKeyId),
    bucketOwner: given(seed.bucketOwner, drawn.bucketOwner),
  };
}

/** A job that fails gives up before it would have been done. */
function shareRun(outcome: JobStatus): number {
  return outcome === 'Failed' ? 0.4 : 1;
}

function given(
  value: string | null | undefined,
  otherwise: string | undefined,
): string | undefined {
  return value === undefined ? otherwise : (value ?? undefined);
}

function drawKmsKeyId(
  { partition, region, accountId }: Account,
  random: Random,
): string | undefined {
  const kind = random();
  const key = uuid(random);
  if (kind < 0.1) {
    return `arn:${partition}:kms:${region}:${accountId}:alias/bedrock-output`;
  }
  return kind < 0.25 ? `arn:${partition}:kms:${region}:${accountId}:key/${key}` : undefined;
}
