import type { AsyncInvokeStatus } from '../__generated__/graphql.ts';

const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const SHORT = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const SECONDS = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const COUNT = new Intl.NumberFormat();

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

export const dateTime = (time: number | string) => DATE_TIME.format(new Date(time));
export const shortDateTime = (time: number | string) => SHORT.format(new Date(time));
export const clockTime = (time: number) => TIME.format(time);
export const clockSeconds = (time: number) => SECONDS.format(time);
export const day = (time: number) => DAY.format(time);
export const utc = (time: string) => `${time.slice(0, 19).replace('T', ' ')} UTC`;

export function count(number: number, one: string, many = `${one}s`): string {
  return `${COUNT.format(number)} ${number === 1 ? one : many}`;
}

/** Like `12 s`, `4 min 05 s`, `3 h 20 min`: the greatest unit and the one below. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const index = UNITS.findIndex(([, size]) => whole >= size);
  const found = UNITS[index];
  if (!found) return seconds > 0 ? 'under 1 s' : '0 s';
  const head = `${Math.floor(whole / found[1])} ${found[0]}`;
  const below = UNITS[index + 1];
  if (!below) return head;
  const rest = Math.floor((whole % found[1]) / below[1]);
  return `${head} ${String(rest).padStart(2, '0')} ${below[0]}`;
}

/** Like `4 min ago`: one unit is enough to know where one is. */
export function ago(seconds: number): string {
  const found = UNITS.find(([, size]) => seconds >= size);
  return found && seconds >= 5 ? `${Math.floor(seconds / found[1])} ${found[0]} ago` : 'just now';
}

/** The last part of an ARN. */
export const shortId = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

export const STATUS_TEXT: Readonly<Record<AsyncInvokeStatus, string>> = {
  IN_PROGRESS: 'In progress',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  UNKNOWN: 'Unknown',
};

/** A status newer than this page is shown as Amazon Bedrock spells it. */
export function statusText(status: AsyncInvokeStatus | null, rawStatus: string | null): string {
  if (status === null) return 'Not reported';
  return status === 'UNKNOWN' ? (rawStatus ?? STATUS_TEXT.UNKNOWN) : STATUS_TEXT[status];
}
