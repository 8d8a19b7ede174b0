import { isS3Uri } from '../../invocations/aws-text.ts';
import { createTextScalar } from './text-scalar.ts';

export const S3Uri = createTextScalar({
  name: 'S3Uri',
  isValid: isS3Uri,
  expectation: '`s3://<bucket>/<key>`',
});
