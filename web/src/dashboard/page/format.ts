import type { AsyncInvokeStatus } from '../__generated__/graphql.ts';

const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const SHORT_DATE_TIME = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const TIME_WITH_SECONDS = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const COUNT = new Intl.NumberFormat();

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

export const formatDateTime = (time: number | string) => DATE_TIME.format(new Date(time));
export const formatShortDateTime = (time: number | string) =>
  SHORT_DATE_TIME.format(new Date(time));
export const formatTime = (time: number) => TIME.format(time);
export const formatTimeWithSeconds = (time: number) => TIME_WITH_SECONDS.format(time);
export const formatDay = (time: number) => DAY.format(time);
export const formatUtc = (time: string) => `${time.slice(0, 19).replace('T', ' ')} UTC`;

export function formatCount(number: number, singular: string, plural = `${singular}s`): string {
  return `${COUNT.format(number)} ${number === 1 ? singular : plural}`;
}

/** Formats as `12 s`, `4 min 05 s` or `3 h 20 min`: the largest unit and the next smaller one. */
export function formatDuration(seconds: number): string {
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

/** Formats as `4 min ago`, in the largest unit only. */
export function formatTimeAgo(seconds: number): string {
  const found = UNITS.find(([, size]) => seconds >= size);
  return found && seconds >= 5 ? `${Math.floor(seconds / found[1])} ${found[0]} ago` : 'just now';
}

/** Returns the last part of an ARN. */
export const shortId = (arn: string) => visibleText(arn.slice(arn.lastIndexOf('/') + 1));

export const STATUS_LABELS: Readonly<Record<AsyncInvokeStatus, string>> = {
  IN_PROGRESS: 'In progress',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  UNKNOWN: 'Unknown',
};

/** Control, format and separator characters, such as those that reverse the text after them. */
const INVISIBLE = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Returns a text of AWS with escapes such as `\u202E` in place of invisible characters. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
  });
}

/** Shows an unknown status as Amazon Bedrock spells it. */
export function statusLabel(status: AsyncInvokeStatus | null, rawStatus: string | null): string {
  if (status === null) return 'Not reported';
  if (status !== 'UNKNOWN' || rawStatus === null) return STATUS_LABELS[status];
  return visibleText(rawStatus);
}
