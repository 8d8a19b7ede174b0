import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../../config/config.ts';
import { HttpError } from '../errors/http-error.ts';
import { checkHost } from '../http/host-check.ts';

/**
 * Returns why a page may not open a stream. Browsers let any page open a WebSocket or an
 * `EventSource` to any server without a preflight, so the server must check the origin. Other
 * clients send none.
 */
export function checkOrigin(headers: IncomingHttpHeaders, config: Config): HttpError | undefined {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  const refusal = checkHost(host.replace(/:\d+$/, ''), config);
  if (refusal) return refusal;
  const isOwn = origin === undefined || URL.parse(origin)?.host === host;
  const isAllowed = origin !== undefined && config.corsOrigins.includes(origin);
  // A `no-cors` request has no origin, but the browser still sends the relation of the two sites.
  const isForeign = !isOwn || site === 'cross-site' || site === 'same-site';
  if (isAllowed || !isForeign) return undefined;
  const message = 'Pages of this origin may not connect. Add the origin to `CORS_ORIGINS`.';
  return new HttpError(403, message, { code: 'FORBIDDEN' });
}
