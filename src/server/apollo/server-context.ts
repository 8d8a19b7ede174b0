import type { GraphContext } from '../../graphql/context.ts';
import type { Caller } from '../auth/caller.ts';
import type { PreparedOperation } from '../documents/document-pipeline.ts';
import type { RequestRecord } from '../observability/request-record.ts';

/** The context of a request: what resolvers receive, and what the server's own plugins need. */
export interface ServerContext extends GraphContext {
  readonly caller: Caller;
  readonly record: RequestRecord;
  readonly operation: PreparedOperation;
}
