import { createTextScalar } from './text-scalar.ts';

/** A bucket name and any key. */
const S3_URI = /^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](?:\/[^]*)?$/;
const MAX_LENGTH = 1024;

export const S3Uri = createTextScalar({
  name: 'S3Uri',
  isValid: (text) => text.length <= MAX_LENGTH && S3_URI.test(text),
  expectation: '`s3://<bucket>/<key>`',
});
