import { isAwsArn } from '../../invocations/aws-formats.ts';
import { createStringScalar } from './string-scalar.ts';

export const AwsArn = createStringScalar({
  name: 'AwsArn',
  isValid: isAwsArn,
  format: '`arn:<partition>:<service>:<region>:<account>:<resource>`',
});
