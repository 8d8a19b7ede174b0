import { AwsError } from './aws-error.ts';

/** A whole answer, before anything is sent of it. The date header is added on sending. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function jsonAnswer(output: object): Answer {
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(output) };
}

export function errorAnswer(error: unknown, suffix: boolean): Answer {
  const { type, status, message } =
    error instanceof AwsError ? error : new AwsError('InternalServerException', String(error));
  return errorOf({ type: suffix ? type + ERROR_TYPE_SUFFIX : type, status, message });
}

export function errorOf(error: {
  readonly type: string;
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}): Answer {
  return {
    status: error.status,
    headers: { ...JSON_HEADERS, 'x-amzn-errortype': error.type, ...error.headers },
    body: JSON.stringify({ message: error.message }),
  };
}

const JSON_HEADERS = { 'content-type': 'application/json' };
const ERROR_TYPE_SUFFIX = ':http://internal.amazon.com/coral/com.amazon.bedrock/';
