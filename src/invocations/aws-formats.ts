/**
 * Six parts. Printable ASCII only, so that no line break or control character reaches a path or a
 * log.
 */
const AWS_ARN = /^arn:[a-z0-9-]{1,32}:[a-z0-9-]{1,64}:[a-z0-9-]{0,32}:[0-9]{0,12}:[!-~]+$/;

/** A bucket name that Amazon S3 allows, followed by any key. */
const S3_URI = /^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](?:\/[^]*)?$/;

/** Maximum lengths in AWS's service model. */
const MAX_ARN_LENGTH = 2048;
const MAX_S3_URI_LENGTH = 1024;

export function isAwsArn(text: string): boolean {
  return text.length <= MAX_ARN_LENGTH && AWS_ARN.test(text);
}

export function isS3Uri(text: string): boolean {
  return text.length <= MAX_S3_URI_LENGTH && S3_URI.test(text);
}
