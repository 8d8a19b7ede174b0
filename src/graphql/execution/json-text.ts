import type { FormattedExecutionResult } from 'graphql';

/** The data of an answer as the JSON that it will be sent as. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand between quotes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** A leaf's value as JSON; what JSON has no word for is null, as in a list. */
export function jsonOf(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return JSON.stringify([value]).slice(1, -1);
}

/** A whole answer as JSON, whether its data is that already or not. */
export function stringifyResult(result: FormattedExecutionResult): string {
  const { data, ...rest } = result;
  if (!(data instanceof JsonText)) return `${JSON.stringify(result)}\n`;
  const { text } = data;
  const around = JSON.stringify(rest);
  return around === '{}' ? `{"data":${text}}\n` : `${around.slice(0, -1)},"data":${text}}\n`;
}
