import { accountOf, type Account } from '../account.ts';
import { AwsError } from '../wire/aws-error.ts';
import { decodeLabel } from '../wire/route.ts';
import type { OperationContext, OperationRequest } from './operation.ts';
import { INVOCATION_ARN } from './shapes.ts';
import { Violations } from './violations.ts';
import { wireJob } from './wire-job.ts';

export function getAsyncInvoke({ label }: OperationRequest, context: OperationContext) {
  const invocationArn = check(label, context.account);
  const job = context.ledger.read().get(invocationArn);
  if (job === undefined) {
    throw new AwsError('ValidationException', 'The provided invocationArn does not exist.');
  }
  return wireJob(job, context.clock());
}

function check(label: string, account: Account): string {
  const invocationArn = decodeLabel(label);
  const violations = new Violations();
  violations.string('invocationArn', invocationArn, INVOCATION_ARN);
  violations.refuse();
  checkOwner(invocationArn, account);
  return invocationArn;
}

/** The region comes first: an endpoint cannot know what an account holds elsewhere. */
function checkOwner(invocationArn: string, account: Account): void {
  const { partition, region, accountId } = accountOf(invocationArn);
  if (partition !== account.partition || region !== account.region) {
    throw new AwsError(
      'ValidationException',
      'The provided invocationArn belongs to another region than this endpoint.',
    );
  }
  if (accountId !== account.accountId) {
    throw new AwsError(
      'AccessDeniedException',
      `User: arn:${account.partition}:iam::${account.accountId}:user/emulator is not authorized to perform: bedrock:GetAsyncInvoke on resource: ${invocationArn} because no resource-based policy allows the bedrock:GetAsyncInvoke action`,
    );
  }
}
