const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

export const localTime = (date) => TIME.format(date);
export const localDateTime = (date) => DATE.format(date);

/** Seconds since a moment; never negative, for clocks that differ. */
export const secondsSince = (date, now = Date.now()) => Math.max(0, (now - date) / 1000);

/** Like `12 s`, `4 min 05 s`, `3 h 20 min`: the greatest unit and the one below. */
export function duration(seconds) {
  const whole = Math.floor(seconds);
  const index = UNITS.findIndex(([, size]) => whole >= size);
  if (index < 0) return seconds > 0 ? 'under 1 s' : '0 s';
  const [unit, size] = UNITS[index];
  const head = `${Math.floor(whole / size)} ${unit}`;
  const below = UNITS[index + 1];
  if (!below) return head;
  return `${head} ${String(Math.floor((whole % size) / below[1])).padStart(2, '0')} ${below[0]}`;
}

/** Like `just now`, `4 min ago`: one unit is enough to know where one is. */
export function ago(seconds) {
  const found = UNITS.find(([, size]) => seconds >= size);
  return found ? `${Math.floor(seconds / found[1])} ${found[0]} ago` : 'just now';
}

/** The last part of an ARN. */
export const shortId = (arn) => arn.slice(arn.lastIndexOf('/') + 1);
