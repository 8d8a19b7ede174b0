import { parseAccount, type Account } from '../account.ts';
import { AwsError } from '../wire/aws-error.ts';
import { decodeLabel } from '../wire/route.ts';
import type { OperationContext, OperationRequest } from './operation.ts';
import { INVOCATION_ARN } from './constraints.ts';
import { Violations } from './validation.ts';
import { serializeJob } from './serialize-job.ts';

export function getAsyncInvoke({ label }: OperationRequest, context: OperationContext) {
  const invocationArn = parseInvocationArn(label, context.account);
  const job = context.generator.current().get(invocationArn);
  if (job === undefined) {
    throw new AwsError('ValidationException', 'The provided invocationArn does not exist.');
  }
  return serializeJob(job, context.clock());
}

function parseInvocationArn(label: string, account: Account): string {
  const invocationArn = decodeLabel(label);
  const violations = new Violations();
  violations.string('invocationArn', invocationArn, INVOCATION_ARN);
  violations.throwIfAny();
  checkOwner(invocationArn, account);
  return invocationArn;
}

/** Checks the region first: an endpoint does not know the jobs of other regions. */
function checkOwner(invocationArn: string, account: Account): void {
  const { partition, region, accountId } = parseAccount(invocationArn);
  if (partition !== account.partition || region !== account.region) {
    throw new AwsError(
      'ValidationException',
      'The provided invocationArn belongs to another region than this endpoint.',
    );
  }
  if (accountId !== account.accountId) {
    throw new AwsError(
      'AccessDeniedException',
      `User: arn:${account.partition}:iam::${account.accountId}:user/emulator is not authorized ` +
        `to perform: bedrock:GetAsyncInvoke on resource: ${invocationArn} because no ` +
        'resource-based policy allows the bedrock:GetAsyncInvoke action',
    );
  }
}
