import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import type { MetadataBearer } from '@smithy/types';
import { yieldToEventLoop } from '../../concurrency/yield-to-event-loop.ts';
import { InvalidResponseError } from './invalid-response-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

type Arguments = Parameters<AwsRestJsonProtocol['deserializeResponse']>;

const RAW_JSON = Symbol('rawJson');
/** Parsing a longer body takes milliseconds, so it yields to the event loop first. */
const YIELD_ABOVE_BYTES = 131_072;

/**
 * The SDK's restJson1 protocol with a deserialiser that leaves the body as JSON. It is the client's
 * `protocol` option, so signing, retries, endpoints and credentials remain the SDK's.
 *
 * The SDK's schema-driven deserialiser treats an empty body as an empty page, rejects a whole page
 * for one malformed timestamp, and costs twice as much as everything else in a call. Callers of
 * {@link rawJsonOf} interpret the JSON record by record.
 */
export class RawJsonProtocol extends AwsRestJsonProtocol {
  override async deserializeResponse<Output extends MetadataBearer>(
    operation: Arguments[0],
    context: Arguments[1],
    response: Arguments[2],
  ): Promise<Output> {
    const { statusCode } = response;
    const body: unknown = response.body;
    if (statusCode >= 300) {
      if (!isEmpty(body)) parseObject(body, statusCode);
      return super.deserializeResponse<Output>(operation, context, response);
    }
    if (Buffer.isBuffer(body) && body.byteLength > YIELD_ABOVE_BYTES) await yieldToEventLoop();
    const json = parseObject(body, statusCode);
    return { $metadata: this.deserializeMetadata(response), [RAW_JSON]: json } as unknown as Output;
  }
}

/** Returns the JSON of a response that {@link RawJsonProtocol} has parsed. */
export function rawJsonOf(output: object): JsonObject {
  const json = RAW_JSON in output ? output[RAW_JSON] : undefined;
  if (isObject(json)) return json;
  throw new InvalidResponseError('the client does not use RawJsonProtocol');
}

function isEmpty(body: unknown): boolean {
  return Buffer.isBuffer(body) && body.byteLength === 0;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(body: unknown, statusCode: number): JsonObject {
  try {
    const json: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : undefined;
    if (isObject(json)) return json;
  } catch {
    // Falls through: an error must never quote the body.
  }
  throw new InvalidResponseError('the response is not a JSON object', statusCode);
}
