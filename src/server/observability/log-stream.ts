import { constants, openSync } from 'node:fs';
import { setTimeout as setTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import pino from 'pino';

/** Lines that wait to be written take no more memory than this; what comes on top is dropped. */
const MAX_BUFFERED_BYTES = 1_048_576;
/** Lines are written together, so many bytes or milliseconds of them: a write of its own for each costs more than the line. */
const BATCH_BYTES = 8192;
const BATCH_MS = 50;
/** How long the end waits for a reader. */
const FLUSH_TIMEOUT_MS = 500;

export interface LogStream {
  write(line: string): void;
  /** How many lines were lost to a reader that is slow or gone. */
  dropped(): number;
  /** Writes what can be written, and lets go. */
  close(): Promise<void>;
}

/** Standard output, written beside the serving of requests, which never waits for whoever reads it. */
export function createLogStream(): LogStream {
  let dropped = 0;
  const stream = pino.destination({
    dest: openStandardOutput(),
    sync: false,
    minLength: BATCH_BYTES,
    maxLength: MAX_BUFFERED_BYTES,
  });
  const drop = () => {
    dropped += 1;
  };
  stream.on('drop', drop);
  stream.on('error', drop);
  const flushed = () =>
    new Promise<void>((resolve) => {
      stream.flush(() => {
        resolve();
      });
    });
  let batch: NodeJS.Timeout | undefined;
  return {
    write: (line) => {
      stream.write(line);
      batch ??= setTimer(() => {
        batch = undefined;
        stream.flush();
      }, BATCH_MS).unref();
    },
    dropped: () => dropped,
    close: async () => {
      await Promise.race([flushed(), setTimeout(FLUSH_TIMEOUT_MS, undefined, { ref: false })]);
      stream.destroy();
    },
  };
}

/** So that a full pipe says so instead of holding a thread, for which the process would wait at its end. */
function openStandardOutput(): number {
  const { O_WRONLY, O_APPEND, O_NONBLOCK } = constants;
  try {
    return openSync('/dev/stdout', O_WRONLY | O_APPEND | O_NONBLOCK);
  } catch {
    return 1;
  }
}
