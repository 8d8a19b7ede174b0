import { AwsError } from './aws-error.ts';

export type OperationName = 'ListAsyncInvokes' | 'GetAsyncInvoke' | 'StartAsyncInvoke';

/** The operation of a request and the parts of its target that carry input. */
export interface Route {
  readonly operation: OperationName | 'UnknownOperation';
  /** The ARN segment of the path, percent-encoded as sent. Empty for operations without one. */
  readonly label: string;
  readonly query: URLSearchParams;
}

const ROUTES: readonly (readonly [method: string, path: RegExp, operation: OperationName])[] = [
  ['GET', /^\/async-invoke$/, 'ListAsyncInvokes'],
  ['POST', /^\/async-invoke$/, 'StartAsyncInvoke'],
  ['GET', /^\/async-invoke\/([^/]+)$/, 'GetAsyncInvoke'],
];

/**
 * Finds the operation for a method and a target. In restJson1 a label is one path segment and never
 * empty, so neither `/async-invoke/` nor an ARN with an unencoded slash matches an operation.
 */
export function route(method: string, target: string): Route {
  const [path = '', ...search] = target.split('?');
  const query = new URLSearchParams(search.join('?'));
  for (const [routeMethod, pattern, operation] of ROUTES) {
    const match = method === routeMethod ? pattern.exec(path) : null;
    if (match !== null) {
      return { operation, label: match[1] ?? '', query };
    }
  }
  return { operation: 'UnknownOperation', label: '', query };
}

export function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch (cause) {
    if (cause instanceof URIError) {
      throw new AwsError('SerializationException', 'The path holds a malformed percent-encoding');
    }
    throw cause;
  }
}
