import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { between, type Random } from '../jobs/random.ts';
import type { Timers } from '../timers.ts';
import { errorOf, type Answer } from '../wire/answer.ts';
import type { Cut } from '../wire/exchange.ts';
import type { Fault, AnswerJson } from './injected-fault.ts';

/** What playing a fault may use. */
export interface Stage {
  /** The answer the emulator has of itself, with its effect: to be asked for once. */
  readonly genuine: () => Answer;
  /** Sends the head of an answer and gives the stream for its body. */
  readonly send: (answer: Answer) => Writable;
  readonly cut: (how: Cut) => void;
  readonly timers: Timers;
  readonly random: Random;
}

/** Answers a request as a fault has it, or genuinely where there is none. */
export async function playFault(fault: Fault | undefined, stage: Stage): Promise<void> {
  const { genuine } = stage;
  switch (fault?.kind) {
    case undefined:
      sendWhole(genuine(), stage);
      return;
    case 'error':
      sendWhole(errorOf({ ...fault, message: fault.message ?? fault.type }), stage);
      return;
    case 'response':
      sendWhole({ headers: {}, ...fault }, stage);
      return;
    case 'rewrite':
      sendWhole(rewritten(genuine(), fault.rewrite), stage);
      return;
    case 'reset':
      stage.cut('reset');
      return;
    case 'effect-then-reset':
      genuine();
      stage.cut('reset');
      return;
    case 'hang':
      return;
    case 'latency':
      await sendLate(genuine(), fault, stage);
      return;
    case 'drip':
      await sendDripping(genuine(), fault.intervalMs, stage);
      return;
    case 'large-body':
      await sendPadded(genuine(), fault.bytes, stage);
      return;
    case 'goaway':
    case 'rst-stream':
      sendHalf(genuine(), fault.kind, stage);
      return;
    default:
      fault satisfies never;
  }
}

function sendWhole(answer: Answer, { send }: Stage): void {
  send(answer).end(answer.body);
}

/** An error has no members to rewrite, and is sent as it is. */
function rewritten(answer: Answer, rewrite: (json: AnswerJson) => unknown): Answer {
  const json: unknown = JSON.parse(answer.body);
  if (answer.status !== 200 || !isAnswerJson(json)) return answer;
  return { ...answer, body: JSON.stringify(rewrite(json) ?? json) };
}

function isAnswerJson(json: unknown): json is AnswerJson {
  return typeof json === 'object' && json !== null;
}

async function sendLate(
  answer: Answer,
  { ms, jitterMs = 0 }: { ms: number; jitterMs?: number },
  stage: Stage,
): Promise<void> {
  await stage.timers.delay(between(stage.random, ms - jitterMs, ms + jitterMs));
  sendWhole(answer, stage);
}

async function sendDripping(answer: Answer, intervalMs: number, stage: Stage): Promise<void> {
  const body = stage.send(answer);
  for (const byte of Buffer.from(answer.body)) {
    await stage.timers.delay(intervalMs);
    if (body.destroyed) return;
    body.write(Buffer.of(byte));
  }
  body.end();
}

async function sendPadded(answer: Answer, bytes: number, { send }: Stage): Promise<void> {
  const headers = { ...answer.headers, 'content-length': String(bytes) };
  const body = send({ ...answer, headers });
  await pipeline(Readable.from(padded(Buffer.from(answer.body), bytes)), body).catch(ignoreLeaving);
}

const PADDING = Buffer.alloc(64 * 1024, ' ');

function* padded(start: Buffer, bytes: number): Generator<Buffer> {
  yield start.subarray(0, bytes);
  for (let left = bytes - start.length; left > 0; left -= PADDING.length) {
    yield PADDING.subarray(0, left);
  }
}

/** A peer that goes away in the middle is what such a body is for; the recording tells of it. */
function ignoreLeaving(): void {
  return;
}

function sendHalf(answer: Answer, kind: Cut, { send, cut }: Stage): void {
  const length = String(Buffer.byteLength(answer.body));
  const body = send({ ...answer, headers: { ...answer.headers, 'content-length': length } });
  body.write(answer.body.slice(0, answer.body.length / 2), () => {
    cut(kind);
  });
}
