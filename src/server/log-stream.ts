import pino from 'pino';

/** Lines that wait to be written take no more memory than this; what comes on top is dropped. */
const MAX_WAITING_BYTES = 1_048_576;

/**
 * Standard output, written beside the serving of requests: who reads it may be slow, or gone. Says how many lines were lost
 * to that.
 */
export function createLogStream(): { write(line: string): void; dropped: () => number } {
  let dropped = 0;
  const stream = pino.destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES });
  stream.on('drop', () => {
    dropped += 1;
  });
  stream.on('error', () => {
    dropped += 1;
  });
  return {
    write: (line) => {
      stream.write(line);
    },
    dropped: () => dropped,
  };
}
