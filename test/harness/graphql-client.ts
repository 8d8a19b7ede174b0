/** A GraphQL response over HTTP, as far as tests read it. */
export interface GraphqlAnswer {
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
  query(query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
  fetch(init: RequestInit & { readonly search?: string }): Promise<GraphqlAnswer>;
}

/** The plainest client there is: fetch, so that nothing of a library's is mistaken for the server's. */
export function graphqlClient(endpoint: string): GraphqlClient {
  const send: GraphqlClient['fetch'] = async ({ search = '', ...init }) =>
    toAnswer(await fetch(`${endpoint}${search}`, init));
  return {
    fetch: send,
    query: (query, variables) =>
      send({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      }),
  };
}

async function toAnswer(response: Response): Promise<GraphqlAnswer> {
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
