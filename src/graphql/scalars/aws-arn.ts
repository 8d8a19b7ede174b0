import { isAwsArn } from '../../invocations/aws-text.ts';
import { createTextScalar } from './text-scalar.ts';

export const AwsArn = createTextScalar({
  name: 'AwsArn',
  isValid: isAwsArn,
  expectation: '`arn:<partition>:<service>:<region>:<account>:<resource>`',
});
