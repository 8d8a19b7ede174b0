/** What the examples need to know about the graph. */
export interface GraphProbe {
  /** Whether the schema has `startAsyncInvoke`. It does only with `ENABLE_START`. */
  readonly canStart: boolean;
  /** Whether the gateway rejects requests without a token. */
  readonly requiresToken: boolean;
  readonly newestArn?: string;
  readonly endCursor?: string;
}

interface MutationTypeData {
  readonly __type: { readonly fields: readonly { readonly name: string }[] | null } | null;
}

interface NewestPageData {
  readonly asyncInvokes: {
    readonly nodes: readonly ({ readonly invocationArn: string } | null)[];
    readonly pageInfo: { readonly endCursor: string | null };
  } | null;
}

/** Queries the graph. Leaves out what the gateway does not reveal, for example without a token. */
export async function probeGraph(endpoint: string): Promise<GraphProbe> {
  const [mutations, page] = await Promise.all([
    postQuery<MutationTypeData>(endpoint, '{ __type(name: "Mutation") { fields { name } } }'),
    postQuery<NewestPageData>(
      endpoint,
      '{ asyncInvokes(first: 10) { nodes { invocationArn } pageInfo { endCursor } } }',
    ),
  ]);
  const fields = mutations.data?.__type?.fields ?? [];
  const newestArn = page.data?.asyncInvokes?.nodes[0]?.invocationArn;
  const endCursor = page.data?.asyncInvokes?.pageInfo.endCursor;
  return {
    canStart: fields.some(({ name }) => name === 'startAsyncInvoke'),
    requiresToken: page.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED',
    ...(newestArn && { newestArn }),
    ...(endCursor && { endCursor }),
  };
}

interface GraphqlResponse<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

async function postQuery<Data>(endpoint: string, query: string): Promise<GraphqlResponse<Data>> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as GraphqlResponse<Data>;
  } catch {
    return {};
  }
}
