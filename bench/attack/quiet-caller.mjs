// The second caller: reads the list ten times a second, holds one subscription, and often opens a
// new subscription for another known job.
import { setTimeout } from 'node:timers/promises';
import { firstEvent, openSubscription } from './subscription.mjs';

const INTERVAL_MS = 100;
/** One of this many turns also opens a new subscription. Not a second, as the polls are. */
const TURNS_PER_SUBSCRIPTION = 7;
const TIMEOUT_MS = 5000;
const WARM_UP_REQUESTS = 30;

const FIELDS = `nodes { id invocationArn status modelId submitTime endTime durationSeconds
  failureMessage } pageInfo { hasNextPage endCursor }`;
const DEFAULT_LIST = `query List { asyncInvokes(first: 20) { ${FIELDS} } }`;
const FILTERED_LIST = `query Filtered($after: DateTime) {
  asyncInvokes(first: 20, filter: { submitTimeAfter: $after }) { ${FIELDS} } }`;
/** The upstream recognizes this caller by the year. */
const START_OF_YEAR = Date.parse('2001-01-01T00:00:00Z');

export class QuietCaller {
  #url;
  #headers;
  #token;
  #knownArns;
  #runningArn;
  #held;
  #requests = 0;
  #subscriptions = 0;

  constructor({ url, token, knownArns, runningArn }) {
    this.#url = `${url}/graphql`;
    this.#token = token;
    this.#headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    this.#knownArns = knownArns;
    this.#runningArn = runningArn;
  }

  /** Lets the gateway compile its code before the first measurement. Opens the subscription. */
  async warmUp() {
    this.#held = openSubscription(this.#url, this.#token, this.#runningArn);
    const subscribed = firstEvent(this.#held, TIMEOUT_MS).then(() => this.#subscribe());
    // Reported below, after the reads.
    subscribed.catch(() => undefined);
    for (let i = 0; i < WARM_UP_REQUESTS; i += 1) {
      const failure = await this.#read();
      if (failure) throw new Error(`the quiet caller failed during the warm-up: ${failure}`);
    }
    await subscribed;
  }

  /** Requests start on time, even if earlier responses are late. */
  async measure(seconds) {
    const reads = [];
    const subscriptions = [];
    const start = performance.now();
    for (let turn = 0; turn < (seconds * 1000) / INTERVAL_MS; turn += 1) {
      await setTimeout(Math.max(0, start + turn * INTERVAL_MS - performance.now()));
      reads.push(timed(() => this.#read()));
      const subscribes = turn % TURNS_PER_SUBSCRIPTION === TURNS_PER_SUBSCRIPTION >> 1;
      if (subscribes) subscriptions.push(timed(() => this.#subscribe()));
    }
    const lists = summarize(await Promise.all(reads));
    const events = summarize(await Promise.all(subscriptions));
    return { lists, events, heldFailure: this.#held.failure };
  }

  close() {
    this.#held?.socket.terminate();
  }

  /** Returns why the request failed. Every other request differs from all others. */
  async #read() {
    this.#requests += 1;
    const after = new Date(START_OF_YEAR + this.#requests * 1000).toISOString();
    const operation =
      this.#requests % 2 === 0
        ? { query: DEFAULT_LIST }
        : { query: FILTERED_LIST, variables: { after } };
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: this.#headers,
        body: JSON.stringify(operation),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const { errors } = await response.json();
      if (response.status !== 200) return `${response.status}`;
      return errors && `${errors[0].extensions?.code}`;
    } catch (error) {
      return error.name === 'TimeoutError' ? 'timeout' : (error.cause?.code ?? error.name);
    }
  }

  /** Opens a WebSocket and follows a job that is not followed yet. Returns why that failed. */
  async #subscribe() {
    const arn = this.#knownArns[this.#subscriptions % this.#knownArns.length];
    this.#subscriptions += 1;
    const subscription = openSubscription(this.#url, this.#token, arn);
    const failure = await firstEvent(subscription, TIMEOUT_MS).then(
      () => undefined,
      (error) => error.message,
    );
    subscription.socket.terminate();
    return failure;
  }
}

async function timed(work) {
  const start = performance.now();
  const failure = await work();
  return { failure, ms: performance.now() - start };
}

function summarize(results) {
  const failures = {};
  for (const { failure } of results) {
    if (failure) failures[failure] = (failures[failure] ?? 0) + 1;
  }
  const sorted = results.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { count: results.length, failures, p50: at(0.5), p99: at(0.99) };
}
