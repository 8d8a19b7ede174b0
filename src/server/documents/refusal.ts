import { HeaderMap } from '@apollo/server';
import { type ASTNode, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorLog, formatError } from '../errors/format-error.ts';
import { type PublicError, toPublicError } from '../errors/public-error.ts';

/** A request that is refused before any of it runs, with all the errors that were found. */
export class RequestRefusedError extends Error {
  override readonly name = 'RequestRefusedError';
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('\n'));
    this.errors = errors;
  }

  /** The HTTP status of the first error. Errors of graphql-js are the client's. */
  get status(): number {
    const [error] = this.errors;
    return error instanceof RefusalError ? error.status : 400;
  }

  get headers(): Readonly<Record<string, string>> {
    const [error] = this.errors;
    return error instanceof RefusalError ? error.headers : {};
  }
}

export interface RefusalOptions {
  readonly nodes?: readonly ASTNode[] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One error of a refusal, with the HTTP status and headers that go with it. */
export class RefusalError extends GraphQLError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    extensions: PublicError['extensions'],
    { nodes, headers = {} }: RefusalOptions,
  ) {
    // Apollo Server takes the HTTP status and headers of its response from here.
    const http = { status, headers: new HeaderMap(Object.entries(headers)) };
    super(message, { nodes: nodes ?? null, extensions: { ...extensions, http } });
    this.status = status;
    this.headers = headers;
  }
}

export function graphqlRefusal(
  status: number,
  message: string,
  extensions: PublicError['extensions'],
  options: RefusalOptions = {},
): RefusalError {
  return new RefusalError(status, message, extensions, options);
}

/** Refuses a request that is not a well-formed GraphQL request. */
export function badRequest(message: string): RequestRefusedError {
  return new RequestRefusedError([graphqlRefusal(400, message, { code: 'BAD_REQUEST' })]);
}

/** Copies an error of graphql-js, with a code. */
export function withCode(
  code: string,
  { message, nodes, source, positions }: GraphQLError,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  });
}

/** Returns an error as clients see it, without the HTTP status. */
export function formatRefusal(error: unknown, log: ErrorLog): GraphQLFormattedError {
  const formatted = error instanceof GraphQLError ? error.toJSON() : { message: '' };
  const { http: _http, ...extensions } = formatted.extensions ?? {};
  return formatError({ ...formatted, extensions }, error, log);
}

/** Converts an error of an argument or of a limit to a GraphQL error with a code and a status. */
export function toGraphqlError(error: unknown): unknown {
  const known = toPublicError(error);
  if (known) return graphqlRefusal(400, known.message, known.extensions);
  // graphql-js throws this for the value of an argument, such as null from a variable.
  if (error instanceof GraphQLError && error.extensions.code === undefined) {
    const { message, nodes } = error;
    return graphqlRefusal(400, message, { code: 'BAD_USER_INPUT' }, { nodes });
  }
  return error;
}
