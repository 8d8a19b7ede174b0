import type { IncomingMessage } from 'node:http';
import type { Config } from '../../config/config.ts';
import { HttpError } from '../http-errors.ts';
import { refusalOfName } from '../loopback.ts';

/**
 * Why a WebSocket is refused before it is one. Browsers let any page connect anywhere and leave it to the server to look at
 * the origin; who is no browser sends none.
 */
export function refusalOfUpgrade(
  { headers }: IncomingMessage,
  config: Config,
): HttpError | undefined {
  const host = headers.host ?? '';
  const refusal = refusalOfName(host.replace(/:\d+$/, ''), config);
  if (refusal) return refusal;
  const { origin } = headers;
  if (origin === undefined || config.corsOrigins.includes(origin)) return undefined;
  if (URL.parse(origin)?.host === host) return undefined;
  const message = 'Pages of this origin may not connect here.';
  return new HttpError(403, message, { code: 'FORBIDDEN' });
}
