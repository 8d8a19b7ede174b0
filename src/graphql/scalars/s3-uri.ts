import { isS3Uri } from '../../invocations/aws-formats.ts';
import { createStringScalar } from './string-scalar.ts';

export const S3Uri = createStringScalar({
  name: 'S3Uri',
  isValid: isS3Uri,
  format: '`s3://<bucket>/<key>`',
});
