import type { IncomingHttpHeaders } from 'node:http';
import type { ResponseHook } from './response-plugin.ts';

/** The request header with which a client asks for `extensions.upstream`. */
const HEADER = 'x-include-upstream-stats';

export function wantsReport(headers: IncomingHttpHeaders): boolean {
  return headers[HEADER] === 'true';
}

/** Adds `extensions.upstream` to responses: to those that ask for it, or to all. */
export function reportUpstream(always: boolean): ResponseHook {
  return ({ request, response: { body }, contextValue: { record } }) => {
    const isRequested = always || request.http?.headers.get(HEADER) === 'true';
    if (!isRequested || body.kind !== 'single') return;
    const { extensions } = body.singleResult;
    body.singleResult.extensions = { ...extensions, upstream: record.upstreamStats.toJSON() };
  };
}
