import type { FormattedExecutionResult } from 'graphql';

/** The data of an answer as the JSON that it will be sent as. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A whole answer as JSON, whether its data is that already or not. */
export function stringifyResult(result: FormattedExecutionResult): string {
  const { data, ...rest } = result;
  if (!(data instanceof JsonText)) return `${JSON.stringify(result)}\n`;
  const { text } = data;
  const around = JSON.stringify(rest);
  return around === '{}' ? `{"data":${text}}\n` : `${around.slice(0, -1)},"data":${text}}\n`;
}
