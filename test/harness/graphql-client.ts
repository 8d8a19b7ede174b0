import { jsonRequest } from './http.ts';

/** The parts of a GraphQL response over HTTP that tests read. */
export interface GraphqlResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly GraphqlErrorJson[];
}

export interface GraphqlErrorJson {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface GraphqlClient {
  query(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlResponse>;
  fetch(init: RequestInit & { readonly search?: string }): Promise<GraphqlResponse>;
}

/** A client that uses only `fetch`, so that no library hides what the server sends. */
export function graphqlClient(endpoint: string): GraphqlClient {
  const send: GraphqlClient['fetch'] = async ({ search = '', ...init }) =>
    toGraphqlResponse(await fetch(`${endpoint}${search}`, init));
  return {
    fetch: send,
    query: (query, variables, headers) => send(jsonRequest({ query, variables }, headers)),
  };
}

/** Returns the codes of the errors in a response. */
export function codesOf({ errors }: Pick<GraphqlResponse, 'errors'>): unknown[] {
  return errors.map(({ extensions }) => extensions.code);
}

async function toGraphqlResponse(response: Response): Promise<GraphqlResponse> {
  const text = await response.text();
  const { data, errors = [] } = parse(text);
  return { status: response.status, headers: response.headers, text, data, errors };
}

function parse(text: string): {
  data?: Record<string, unknown> | null;
  errors?: GraphqlErrorJson[];
} {
  try {
    return JSON.parse(text) as ReturnType<typeof parse>;
  } catch {
    return {};
  }
}
