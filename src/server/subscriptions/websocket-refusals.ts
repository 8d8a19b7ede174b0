import type { HttpError } from '../errors/http-error.ts';
import type { Metrics } from '../observability/metrics.ts';

/** The caller that was refused, or the address of a client that is not authenticated. */
export type Refused = { readonly identity: string } | { readonly address: string };

interface RefusalLog {
  info(details: object, message: string): void;
}

/** Logs and counts the WebSockets that are refused. */
export class WebSocketRefusals {
  readonly #metrics: Metrics;
  readonly #log: RefusalLog;

  constructor(metrics: Metrics, log: RefusalLog) {
    this.#metrics = metrics;
    this.#log = log;
  }

  /**
   * @param code the HTTP status of a refused upgrade, or the close code of a socket.
   * @param reason the name of a setting, or an error code. Clients cannot choose it.
   */
  record(code: number, reason: string, refused: Refused): void {
    this.#log.info({ code, reason, ...refused }, 'websocket refused');
    this.#metrics.countWebSocketRefusal(reason);
  }
}

/** Returns the setting that refused a socket, or the error code. */
export function reasonOf({ extensions: { limit, code } }: HttpError): string {
  return String(limit ?? code);
}
