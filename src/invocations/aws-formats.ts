/** Six parts; printable ASCII only, so that no line break or control character gets into a path or a log. */
const AWS_ARN = /^arn:[a-z0-9-]{1,32}:[a-z0-9-]{1,64}:[a-z0-9-]{0,32}:[0-9]{0,12}:[!-~]+$/;

/** A bucket name as Amazon S3 allows it, and any key. */
const S3_URI = /^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](?:\/[^]*)?$/;

/** The one that was found valid last: a page has few models. */
let lastArn = '';

/** The greatest lengths are the service model's. */
export function isAwsArn(text: string): boolean {
  if (text === lastArn && text !== '') return true;
  const valid = text.length <= 2048 && AWS_ARN.test(text);
  if (valid) lastArn = text;
  return valid;
}

export function isS3Uri(text: string): boolean {
  return text.length <= 1024 && S3_URI.test(text);
}
