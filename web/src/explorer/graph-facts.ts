/** What the examples need to know of the graph. */
export interface GraphFacts {
  /** Whether it starts jobs; not every gateway does. */
  readonly canStart: boolean;
  /** Whether it answers nobody without one. */
  readonly wantsToken: boolean;
  readonly newest?: string;
  readonly endCursor?: string;
}

interface Mutations {
  readonly __type: { readonly fields: readonly { readonly name: string }[] | null } | null;
}

interface NewestPage {
  readonly asyncInvokes: {
    readonly nodes: readonly ({ readonly invocationArn: string } | null)[];
    readonly pageInfo: { readonly endCursor: string | null };
  } | null;
}

/** Nothing where the graph does not say: it may want a token first, or not tell what it has. */
export async function askForFacts(endpoint: string): Promise<GraphFacts> {
  const [mutations, page] = await Promise.all([
    ask<Mutations>(endpoint, '{ __type(name: "Mutation") { fields { name } } }'),
    ask<NewestPage>(
      endpoint,
      '{ asyncInvokes(first: 10) { nodes { invocationArn } pageInfo { endCursor } } }',
    ),
  ]);
  const fields = mutations.data?.__type?.fields ?? [];
  const newest = page.data?.asyncInvokes?.nodes[0]?.invocationArn;
  const endCursor = page.data?.asyncInvokes?.pageInfo.endCursor;
  return {
    canStart: fields.some(({ name }) => name === 'startAsyncInvoke'),
    wantsToken: page.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED',
    ...(newest && { newest }),
    ...(endCursor && { endCursor }),
  };
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

async function ask<Data>(endpoint: string, query: string): Promise<Answer<Data>> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer<Data>;
  } catch {
    return {};
  }
}
