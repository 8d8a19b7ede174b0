import {
  formatDay,
  formatShortDateTime,
  formatTime,
  formatTimeWithSeconds,
} from '../page/format.ts';
import type { TimeBin } from './bins.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Formats a bin's time range, as precisely as the bin is wide. */
export function formatRange({ from, to }: Pick<TimeBin, 'from' | 'to'>): string {
  if (to - from < MINUTE) return `${formatTimeWithSeconds(from)} – ${formatTimeWithSeconds(to)}`;
  return to - from < DAY
    ? `${formatShortDateTime(from)} – ${formatTime(to)}`
    : `${formatDay(from)} – ${formatDay(to)}`;
}

/** Formats an axis label for a chart that covers `rangeMs`. */
export function formatTick(time: number, rangeMs: number): string {
  if (rangeMs < 10 * MINUTE) return formatTimeWithSeconds(time);
  const isMidnight = new Date(time).getHours() === 0 && new Date(time).getMinutes() === 0;
  return rangeMs > DAY && isMidnight ? formatDay(time) : formatTime(time);
}
