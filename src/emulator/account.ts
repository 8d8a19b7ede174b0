/** Whose Bedrock this is: one emulator answers for one region of one account, as one AWS endpoint with one caller does. */
export interface Account {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

const PARTITION_BY_REGION_PREFIX: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['us-iso-', 'aws-iso'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
];

export function createAccount(region: string, accountId: string): Account {
  if (!/^[a-z0-9-]{1,20}$/.test(region)) {
    throw new TypeError(`region must look like us-east-1: ${region}`);
  }
  if (!/^[0-9]{12}$/.test(accountId)) {
    throw new TypeError(`accountId must be 12 digits: ${accountId}`);
  }
  const known = PARTITION_BY_REGION_PREFIX.find(([prefix]) => region.startsWith(prefix));
  return { partition: known?.[1] ?? 'aws', region, accountId };
}

export function invocationArn({ partition, region, accountId }: Account, id: string): string {
  return `arn:${partition}:bedrock:${region}:${accountId}:async-invoke/${id}`;
}

export function foundationModelArn({ partition, region }: Account, modelId: string): string {
  return `arn:${partition}:bedrock:${region}::foundation-model/${modelId}`;
}

/** The account an ARN speaks of. The ARN must have been checked against its pattern before. */
export function accountOf(arn: string): Account {
  const [, partition = '', , region = '', accountId = ''] = arn.split(':');
  return { partition, region, accountId };
}
