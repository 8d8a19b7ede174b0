import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import type { MetadataBearer } from '@smithy/types';
import { yieldToEventLoop } from '../../concurrency/yield-to-event-loop.ts';
import { parseJson } from './parse-json.ts';
import { InvalidResponseError } from './invalid-response-error.ts';

type Arguments = Parameters<AwsRestJsonProtocol['deserializeResponse']>;

const RAW_JSON = Symbol('wire');
/** What is longer takes milliseconds to read. */
const LONG_BYTES = 131_072;

/**
 * The SDK's restJson1 protocol with a deserialiser that leaves the body as JSON. It is handed to the client through its
 * `protocol` option, so signing, retries, endpoints and credentials stay the SDK's.
 *
 * The SDK's schema-driven deserialiser takes an empty body for an empty page, throws away a whole page for one malformed
 * timestamp, and costs twice what everything else in a call does. What the JSON means is for the callers of
 * {@link rawJsonOf} to say, record by record.
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
    if (Buffer.isBuffer(body) && body.byteLength > LONG_BYTES) await yieldToEventLoop();
    const json = parseObject(body, statusCode);
    return { $metadata: this.deserializeMetadata(response), [RAW_JSON]: json } as unknown as Output;
  }
}

/** The JSON of an answer that {@link RawJsonProtocol} has read. */
export function rawJsonOf(output: object): Readonly<Record<string, unknown>> {
  const wire = RAW_JSON in output ? output[RAW_JSON] : undefined;
  if (isObject(wire)) return wire;
  throw new InvalidResponseError('the client does not speak the wire protocol');
}

function isEmpty(body: unknown): boolean {
  return Buffer.isBuffer(body) && body.byteLength === 0;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(body: unknown, statusCode: number): Record<string, unknown> {
  try {
    const json: unknown = Buffer.isBuffer(body) ? parseJson(body) : undefined;
    if (isObject(json)) return json;
  } catch {
    // Falls through: what the text was is nobody's business.
  }
  throw new InvalidResponseError('the answer is not a JSON object', statusCode);
}
