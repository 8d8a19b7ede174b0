import { constants, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import pino from 'pino';

/** Maximum size of lines that wait to be written. Further lines are dropped. */
const MAX_BUFFERED_BYTES = 1_048_576;
/** Lines are written in batches of this size or age, because a write costs more than a line. */
const BATCH_BYTES = 8192;
const BATCH_MS = 50;
/** Maximum time that {@link LogStream.close} waits for a slow reader. */
const FLUSH_TIMEOUT_MS = 500;

export interface LogStream {
  write(line: string): void;
  /** Returns how many lines were dropped because stdout was blocked or closed. */
  droppedLines(): number;
  /** Writes the buffered lines, as far as the reader takes them in time, and closes the stream. */
  close(): Promise<void>;
}

/** Writes to stdout asynchronously, so that a slow or closed reader never delays requests. */
export function createLogStream(): LogStream {
  let dropped = 0;
  /** Lines since the last time that the buffer was written. */
  let pending = 0;
  const stream = pino.destination({
    dest: openStandardOutput(),
    sync: false,
    minLength: BATCH_BYTES,
    maxLength: MAX_BUFFERED_BYTES,
    periodicFlush: BATCH_MS,
  });
  stream.on('drain', () => {
    pending = 0;
  });
  stream.on('drop', () => {
    dropped += 1;
    pending -= 1;
  });
  // The reader has closed the pipe.
  stream.on('error', () => {
    dropped += pending;
    pending = 0;
  });
  const flush = () =>
    new Promise<void>((resolve) => {
      stream.flush(() => {
        resolve();
      });
    });
  return {
    write: (line) => {
      pending += 1;
      stream.write(line);
    },
    droppedLines: () => dropped,
    close: async () => {
      await Promise.race([flush(), setTimeout(FLUSH_TIMEOUT_MS, undefined, { ref: false })]);
      stream.destroy();
    },
  };
}

/**
 * Opens stdout in non-blocking mode: a full pipe then fails the write instead of blocking a thread,
 * for which the process would wait at exit.
 */
function openStandardOutput(): number {
  const { O_WRONLY, O_APPEND, O_NONBLOCK } = constants;
  try {
    return openSync('/dev/stdout', O_WRONLY | O_APPEND | O_NONBLOCK);
  } catch {
    return 1;
  }
}
