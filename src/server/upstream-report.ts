import type { IncomingHttpHeaders } from 'node:http';
import type { Finish } from './response-plugins.ts';

/** The request header with which a caller asks what the operation took upstream. */
const HEADER = 'x-upstream-report';

export function wantsReport(headers: IncomingHttpHeaders): boolean {
  return headers[HEADER] === 'true';
}

/** Adds `extensions.upstream` to the answers of those who asked, or of all. */
export function reportUpstream(always: boolean): Finish {
  return ({ request, response: { body }, contextValue: { record } }) => {
    const asked = always || request.http?.headers.get(HEADER) === 'true';
    if (!asked || body.kind !== 'single') return;
    const { extensions } = body.singleResult;
    body.singleResult.extensions = { ...extensions, upstream: record.upstream.toJSON() };
  };
}
