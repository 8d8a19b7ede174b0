/** What the examples need to know of the graph. */
export interface GraphFacts {
  /** Names of the fields of `Subscription` and `Mutation`. */
  readonly roots: ReadonlySet<string>;
  readonly newest?: string;
  readonly endCursor?: string;
}

interface Named {
  readonly fields: readonly { readonly name: string }[] | null;
}

interface Roots {
  readonly subscription: Named | null;
  readonly mutation: Named | null;
}

interface NewestPage {
  readonly asyncInvokes: {
    readonly nodes: readonly ({ readonly invocationArn: string } | null)[];
    readonly pageInfo: { readonly endCursor: string | null };
  } | null;
}

/** Nothing where the graph does not say: it may want a token first, or not tell what it has. */
export async function askForFacts(endpoint: string): Promise<GraphFacts> {
  const [root, page] = await Promise.all([
    ask<Roots>(
      endpoint,
      '{ subscription: __type(name: "Subscription") { ...f } mutation: __type(name: "Mutation") { ...f } } fragment f on __Type { fields { name } }',
    ),
    ask<NewestPage>(
      endpoint,
      '{ asyncInvokes(first: 10) { nodes { invocationArn } pageInfo { endCursor } } }',
    ),
  ]);
  const fields = [root?.subscription, root?.mutation].flatMap((type) => type?.fields ?? []);
  const newest = page?.asyncInvokes?.nodes[0]?.invocationArn;
  const endCursor = page?.asyncInvokes?.pageInfo.endCursor;
  return {
    roots: new Set(fields.map(({ name }) => name)),
    ...(newest && { newest }),
    ...(endCursor && { endCursor }),
  };
}

async function ask<Data>(endpoint: string, query: string): Promise<Data | undefined> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data } = (await response.json()) as { data?: Data | null };
    return data ?? undefined;
  } catch {
    return undefined;
  }
}
