import type { IncomingHttpHeaders } from 'node:http';
import type { ApolloServerPlugin } from '@apollo/server';
import type { ServerContext } from './server-context.ts';

/** The request header with which a caller asks what the operation took upstream. */
const HEADER = 'x-upstream-report';

export function wantsReport(headers: IncomingHttpHeaders): boolean {
  return headers[HEADER] === 'true';
}

/** Adds `extensions.upstream` to the answers of those who asked, or of all. */
export function reportUpstream(always: boolean): ApolloServerPlugin<ServerContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ request, response: { body }, contextValue: { record } }) => {
          const asked = always || request.http?.headers.get(HEADER) === 'true';
          if (asked && body.kind === 'single') {
            const { extensions } = body.singleResult;
            body.singleResult.extensions = { ...extensions, upstream: record.upstream.toJSON() };
          }
          return Promise.resolve();
        },
      }),
  };
}
