import type { FormattedExecutionResult } from 'graphql';
import type { JsonSlice } from './json-slice.ts';

/** The data of an answer as the JSON that it will be sent as. */
export class JsonData {
  readonly json: JsonSlice;

  constructor(json: JsonSlice) {
    this.json = json;
  }
}

const BEFORE = Buffer.from('{"data":');
const AFTER = Buffer.from('}\n');

/**
 * A whole answer as JSON. Where its data is that already, these are the bytes to be sent: to make a
 * string of them would have them looked through and copied three times more.
 */
export function serialize(result: FormattedExecutionResult): string | Buffer {
  const { data, ...rest } = result;
  if (!(data instanceof JsonData)) return `${JSON.stringify(result)}\n`;
  const around = JSON.stringify(rest);
  const before = around === '{}' ? BEFORE : Buffer.from(`${around.slice(0, -1)},"data":`);
  return data.json.wrap(before, AFTER).bytes;
}
