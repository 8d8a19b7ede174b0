import { AwsError } from './aws-error.ts';

export type OperationName = 'ListAsyncInvokes' | 'GetAsyncInvoke' | 'StartAsyncInvoke';

export interface Route {
  readonly operation: OperationName | 'UnknownOperation';
  /** The path's label as sent, percent-encoded; empty for operations without one. */
  readonly label: string;
  readonly query: URLSearchParams;
}

const ROUTES: readonly (readonly [method: string, path: RegExp, operation: OperationName])[] = [
  ['GET', /^\/async-invoke$/, 'ListAsyncInvokes'],
  ['POST', /^\/async-invoke$/, 'StartAsyncInvoke'],
  ['GET', /^\/async-invoke\/([^/]+)$/, 'GetAsyncInvoke'],
];

/**
 * The operation a request line names. A label is one path segment and never empty, as restJson1 has it: an ARN whose slash
 * is not encoded names no operation, and neither does `/async-invoke/`.
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
