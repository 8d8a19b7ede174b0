/** The parts of `arn:<partition>:bedrock:<region>:<account>:async-invoke/<id>`. */
export interface InvocationArn {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly invocationId: string;
}

/**
 * Stricter than AWS's service model, which allows any text without a colon in the partition,
 * including line breaks and `/../`. ARNs become part of request paths and logs.
 */
const INVOCATION_ARN =
  /^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso(?:-[a-z])?):bedrock:([a-z0-9-]{1,20}):([0-9]{12}):async-invoke\/([a-z0-9]{12})$/;

/** The partitions of Regions by the prefix of their name. The first match counts. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** Longer text is rejected without a match. The longest valid ARN has 86 characters. */
const MAX_LENGTH = 128;

/** Returns undefined when the text is not the ARN of an asynchronous invocation. */
export function parseInvocationArn(text: string): InvocationArn | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = INVOCATION_ARN.exec(text);
  if (!match) return undefined;
  const [, partition, region, accountId, invocationId] = match;
  if (!partition || !region || !accountId || !invocationId) return undefined;
  return { partition, region, accountId, invocationId };
}
