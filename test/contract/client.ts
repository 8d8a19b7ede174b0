/** The three operations as every client of the contract offers them, whatever its language and its transport. */
export interface ContractClient {
  list(params: ListParams): Promise<Outcome<Page>>;
  get(invocationArn: string): Promise<Outcome<Row>>;
  start(input: Readonly<Record<string, unknown>>): Promise<Outcome<{ invocationArn: string }>>;
  /** The client's own paginator, to the end. */
  paginate(params: ListParams): Promise<Outcome<Page>>;
  close(): void;
}

/** Values are not narrowed to what the service takes: much of the contract is about what it refuses. */
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

/** An invocation with its times in milliseconds. */
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
  | { readonly kind: 'answered'; readonly output: Output }
  | { readonly kind: 'refused'; readonly error: ServiceError };

export function outputOf<Output>(outcome: Outcome<Output>): Output {
  if (outcome.kind === 'answered') return outcome.output;
  throw new Error(`refused: ${outcome.error.name}: ${outcome.error.message}`);
}

export function errorOf(outcome: Outcome<unknown>): ServiceError {
  if (outcome.kind === 'refused') return outcome.error;
  throw new Error(`not refused, but answered: ${JSON.stringify(outcome.output)}`);
}
