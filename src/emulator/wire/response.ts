import { AwsError } from './aws-error.ts';

/** A complete response, before it is sent. Node adds the `date` header. */
export interface EmulatorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function jsonResponse(output: object): EmulatorResponse {
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(output) };
}

/** Returns the response for a thrown error. `withSuffix` appends AWS's suffix to the error type. */
export function toErrorResponse(error: unknown, withSuffix: boolean): EmulatorResponse {
  const { type, status, message } =
    error instanceof AwsError ? error : new AwsError('InternalServerException', String(error));
  return errorResponse({ type: withSuffix ? type + ERROR_TYPE_SUFFIX : type, status, message });
}

export function errorResponse(error: {
  readonly type: string;
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}): EmulatorResponse {
  return {
    status: error.status,
    headers: { ...JSON_HEADERS, 'x-amzn-errortype': error.type, ...error.headers },
    body: JSON.stringify({ message: error.message }),
  };
}

const JSON_HEADERS = { 'content-type': 'application/json' };
const ERROR_TYPE_SUFFIX = ':http://internal.amazon.com/coral/com.amazon.bedrock/';
