import type { GraphContext } from '../../graphql/context.ts';
import type { Caller } from '../auth/caller.ts';
import type { RequestRecord } from '../observability/request-record.ts';

/** What the server's own plugins know of a request, besides what resolvers do. */
export interface ServerContext extends GraphContext {
  readonly caller: Caller;
  readonly record: RequestRecord;
}
