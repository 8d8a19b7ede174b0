/** The three operations, independent of the language and the transport of a client. */
export interface ContractClient {
  list(params: ListParams): Promise<Outcome<Page>>;
  get(invocationArn: string): Promise<Outcome<Row>>;
  start(input: Readonly<Record<string, unknown>>): Promise<Outcome<{ invocationArn: string }>>;
  /** Returns all rows, with the client's own paginator. */
  paginate(params: ListParams): Promise<Outcome<Page>>;
  close(): void;
}

/** The types also allow invalid values, because many requirements send them. */
export interface ListParams {
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly statusEquals?: string;
  /** ISO 8601. */
  readonly submitTimeAfter?: string;
  readonly submitTimeBefore?: string;
  readonly sortBy?: string;
  readonly sortOrder?: string;
}

export interface Page {
  readonly rows: readonly Row[];
  readonly nextToken: string | undefined;
}

/** An invocation. Times are in milliseconds. */
export interface Row {
  readonly invocationArn: string;
  readonly modelArn: string;
  readonly clientRequestToken: string | undefined;
  readonly status: string | undefined;
  readonly failureMessage: string | undefined;
  readonly submitTime: number;
  readonly lastModifiedTime: number | undefined;
  readonly endTime: number | undefined;
  readonly s3Uri: string;
  readonly kmsKeyId: string | undefined;
  readonly bucketOwner: string | undefined;
}

export interface ServiceError {
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string;
  readonly requestId: string | undefined;
}

export type Outcome<Output> =
  | { readonly kind: 'success'; readonly output: Output }
  | { readonly kind: 'error'; readonly error: ServiceError };

/** Returns the output of a successful call. Throws for an error. */
export function outputOf<Output>(outcome: Outcome<Output>): Output {
  if (outcome.kind === 'success') return outcome.output;
  throw new Error(`the call failed: ${outcome.error.name}: ${outcome.error.message}`);
}

/** Returns the error of a failed call. Throws for a success. */
export function errorOf(outcome: Outcome<unknown>): ServiceError {
  if (outcome.kind === 'error') return outcome.error;
  throw new Error(`the call succeeded: ${JSON.stringify(outcome.output)}`);
}
