/** The parts of an invocation's ARN, `arn:<partition>:bedrock:<region>:<account>:async-invoke/<id>`. */
export interface InvocationArn {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly invocationId: string;
}

/**
 * The service model's own pattern takes anything but a colon for the rest of the partition, line breaks and `/../`
 * included; naming the partitions keeps such text out of request paths and logs.
 */
const INVOCATION_ARN =
  /^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso(?:-[a-z])?):bedrock:([a-z0-9-]{1,20}):([0-9]{12}):async-invoke\/([a-z0-9]{12})$/;

/** Which partition a Region is in, by how its name begins; the first that fits. */
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

/** Longer text is refused unread: the longest valid ARN has 86 characters. */
const MAX_LENGTH = 128;

const INVOCATION_ID = /^[a-z0-9]{12}$/;
const ID_LENGTH = 12;

/** Of the ARN that was read last, all but the identifier: those of a page have it in common. */
let lastStart = '';
let lastParts: Omit<InvocationArn, 'invocationId'> = { partition: '', region: '', accountId: '' };

/** Undefined when the text is not the ARN of an asynchronous invocation. */
export function parseInvocationArn(text: string): InvocationArn | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const start = text.slice(0, -ID_LENGTH);
  const id = text.slice(-ID_LENGTH);
  if (start === lastStart && start !== '' && INVOCATION_ID.test(id)) {
    return { ...lastParts, invocationId: id };
  }
  const match = INVOCATION_ARN.exec(text);
  if (!match) return undefined;
  const [, partition, region, accountId, invocationId] = match;
  if (!partition || !region || !accountId || !invocationId) return undefined;
  lastStart = start;
  lastParts = { partition, region, accountId };
  return { ...lastParts, invocationId };
}
