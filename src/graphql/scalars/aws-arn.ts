import { createTextScalar } from './text-scalar.ts';

/** Six parts; printable ASCII only, so that no line break or control character gets into a path or a log. */
const ARN = /^arn:[a-z0-9-]{1,32}:[a-z0-9-]{1,64}:[a-z0-9-]{0,32}:[0-9]{0,12}:[!-~]+$/;
const MAX_LENGTH = 2048;

export const AwsArn = createTextScalar({
  name: 'AwsArn',
  isValid: (text) => text.length <= MAX_LENGTH && ARN.test(text),
  expectation: '`arn:<partition>:<service>:<region>:<account>:<resource>`',
});
