import type { IncomingHttpHeaders } from 'node:http';
import type { ResponseHook } from './response-plugin.ts';

/** The request header with which a caller asks what the operation took upstream. */
const HEADER = 'x-include-upstream-stats';

export function wantsReport(headers: IncomingHttpHeaders): boolean {
  return headers[HEADER] === 'true';
}

/** Adds `extensions.upstream` to the answers of those who asked, or of all. */
export function reportUpstream(always: boolean): ResponseHook {
  return ({ request, response: { body }, contextValue: { record } }) => {
    const asked = always || request.http?.headers.get(HEADER) === 'true';
    if (!asked || body.kind !== 'single') return;
    const { extensions } = body.singleResult;
    body.singleResult.extensions = { ...extensions, upstream: record.upstreamStats.toJSON() };
  };
}
