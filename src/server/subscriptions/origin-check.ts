import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../../config/config.ts';
import { HttpError } from '../errors/http-error.ts';
import { checkHost } from '../http/host-check.ts';

/**
 * Why a stream is refused to a page. Browsers let any page open a WebSocket or an `EventSource` anywhere and do not ask first, so
 * it is for the server to look at where they come from; who is no browser does not say.
 */
export function checkOrigin(headers: IncomingHttpHeaders, config: Config): HttpError | undefined {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  const refusal = checkHost(host.replace(/:\d+$/, ''), config);
  if (refusal) return refusal;
  const isOwn = origin === undefined || URL.parse(origin)?.host === host;
  const isAllowed = origin !== undefined && config.corsOrigins.includes(origin);
  // A page that asks for what it may not read names no origin, but its browser says that it is another's.
  const isForeign = !isOwn || site === 'cross-site' || site === 'same-site';
  if (isAllowed || !isForeign) return undefined;
  const message = 'Pages of this origin may not connect here.';
  return new HttpError(403, message, { code: 'FORBIDDEN' });
}
