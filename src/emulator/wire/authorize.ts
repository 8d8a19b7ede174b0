import type { Account } from '../account.ts';
import { AwsError } from './aws-error.ts';

const SIGV4_PARAMETERS = ['Credential', 'Signature', 'SignedHeaders'] as const;

/**
 * Accepts any bearer token (the form of Bedrock's API keys), and any well-formed SigV4 header whose
 * scope names this region and the bedrock service. The signature is not checked, because the
 * emulator knows no secrets.
 */
export function authorize(authorization: string | undefined, account: Account): void {
  if (authorization === undefined || authorization.trim() === '') {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (/^Bearer +\S+$/i.test(authorization)) return;
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ')) {
    throw new AwsError(
      'IncompleteSignatureException',
      'Unsupported authorization scheme: expected AWS4-HMAC-SHA256 or Bearer.',
    );
  }
  checkScope(sigV4Parameters(authorization).get('Credential') ?? '', account);
}

function sigV4Parameters(authorization: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of authorization.slice('AWS4-HMAC-SHA256 '.length).split(',')) {
    const [name = '', ...value] = part.trim().split('=');
    parameters.set(name, value.join('='));
  }
  const missing = SIGV4_PARAMETERS.filter((name) => !parameters.get(name));
  if (missing.length > 0) {
    throw new AwsError(
      'IncompleteSignatureException',
      missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '),
    );
  }
  return parameters;
}

/**
 * Credential is `<access key>/<date>/<region>/<service>/aws4_request`; an access key contains no
 * slash.
 */
function checkScope(credential: string, { region }: Account): void {
  const parts = credential.split('/');
  const [, date = '', scopeRegion, service, terminator] = parts;
  if (parts.length !== 5 || !/^[0-9]{8}$/.test(date)) {
    throw new AwsError(
      'IncompleteSignatureException',
      'Credential must have exactly 5 slash-delimited elements, ' +
        `e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  const problems = [
    ...(scopeRegion === region ? [] : ['Credential should be scoped to a valid region.']),
    ...(service === 'bedrock'
      ? []
      : ["Credential should be scoped to correct service: 'bedrock'."]),
    ...(terminator === 'aws4_request'
      ? []
      : ["Credential should be scoped with a valid terminator: 'aws4_request'."]),
  ];
  if (problems.length > 0) {
    throw new AwsError('InvalidSignatureException', problems.join(' '));
  }
}
