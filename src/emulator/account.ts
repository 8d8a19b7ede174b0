/** The account and region of an emulator. An emulator serves one region of one account. */
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
  const found = PARTITION_BY_REGION_PREFIX.find(([prefix]) => region.startsWith(prefix));
  return { partition: found?.[1] ?? 'aws', region, accountId };
}

export function invocationArn({ partition, region, accountId }: Account, id: string): string {
  return `arn:${partition}:bedrock:${region}:${accountId}:async-invoke/${id}`;
}

export function foundationModelArn({ partition, region }: Account, modelId: string): string {
  return `arn:${partition}:bedrock:${region}::foundation-model/${modelId}`;
}

/** Reads the account and region of an ARN that matches its pattern. */
export function parseAccount(arn: string): Account {
  const [, partition = '', , region = '', accountId = ''] = arn.split(':');
  return { partition, region, accountId };
}
