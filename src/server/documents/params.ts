import { type DocumentReference, readReference } from './document-reference.ts';
import { badRequest } from './refusal.ts';

/** The parameters of a GraphQL request, checked for their types. */
export interface GraphqlParams {
  /** Undefined if the request only refers to a document. */
  readonly query: string | undefined;
  readonly reference: DocumentReference | undefined;
  readonly operationName: string | undefined;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads the parameters from a request body or from the payload of a WebSocket message.
 *
 * @throws {RequestRefusedError}
 */
export function readParams(source: unknown): GraphqlParams {
  if (Array.isArray(source)) throw badRequest('Batches are not supported. Send one operation.');
  if (!isObject(source)) throw badRequest('Send a JSON object with the document as `query`.');
  const { query, operationName, variables, extensions } = source;
  if (extensions != null && !isObject(extensions)) {
    throw badRequest('`extensions` must be an object.');
  }
  const reference = readReference(source, extensions?.persistedQuery);
  const text = readText(query);
  if (text === undefined && !reference) throw badRequest('Send the document as `query`.');
  if (operationName != null && typeof operationName !== 'string') {
    throw badRequest('`operationName` must be a string.');
  }
  if (variables != null && !isObject(variables)) throw badRequest('`variables` must be an object.');
  return {
    query: text,
    reference,
    operationName: operationName ?? undefined,
    variables: variables ?? {},
  };
}

function readText(query: unknown): string | undefined {
  if (query == null || query === '') return undefined;
  if (typeof query !== 'string') throw badRequest('`query` must be a string.');
  return query;
}

/**
 * Reads the parameters from the URL of a GET.
 *
 * @throws {RequestRefusedError}
 */
export function readUrlParams(url: string): GraphqlParams {
  const searchParams = new URLSearchParams(queryStringOf(url));
  return readParams({
    query: readOnce(searchParams, 'query'),
    documentId: readOnce(searchParams, 'documentId'),
    doc_id: readOnce(searchParams, 'doc_id'),
    id: readOnce(searchParams, 'id'),
    operationName: readOnce(searchParams, 'operationName'),
    variables: readJson(searchParams, 'variables'),
    extensions: readJson(searchParams, 'extensions'),
  });
}

/**
 * Returns the text between `?` and `#`. Malformed percent-escapes and invalid UTF-8 are refused,
 * because programs that tolerate them read them differently.
 */
function queryStringOf(url: string): string {
  const [beforeFragment = ''] = url.split('#', 1);
  const [, ...parts] = beforeFragment.split('?');
  const queryString = parts.join('?');
  if (!ASCII.test(queryString) || !isPercentEncodedUtf8(queryString)) {
    throw badRequest('The URL must be ASCII, with percent-escapes of valid UTF-8.');
  }
  return queryString;
}

const ASCII = /^[!-~]*$/;

function isPercentEncodedUtf8(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function readOnce(params: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = params.getAll(name);
  if (more.length > 0) throw badRequest(`Send \`${name}\` only once in the URL.`);
  return value;
}

function readJson(params: URLSearchParams, name: string): unknown {
  const text = readOnce(params, name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`\`${name}\` must be valid JSON.`);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
