import { GraphQLScalarType } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';

/**
 * `DateTime` of graphql-scalars, serialized to text by arithmetic. graphql-scalars returns a
 * `Date`, whose `toJSON` costs ten times as much.
 */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...DateTimeResolver.toConfig(),
  serialize: (value) =>
    typeof value === 'number' ? toText(value) : DateTimeResolver.serialize(value).toISOString(),
});

const DAY = 86_400_000;
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/** The last day and its text: most times of a page are on the same day. */
let memoDay = NaN;
let memoDate = '';

/** Returns what `Date.toISOString` returns for a time in milliseconds, at a tenth of its cost. */
function toText(time: number): string {
  const day = Math.floor(time / DAY);
  if (day !== memoDay) {
    memoDate = new Date(time).toISOString().slice(0, -13);
    memoDay = day;
  }
  const millisecond = time - day * DAY;
  const second = Math.floor(millisecond / 1000);
  const minute = Math.floor(second / 60);
  const hh = twoDigits(Math.floor(minute / 60));
  const mm = twoDigits(minute % 60);
  const ss = twoDigits(second % 60);
  const tenth = twoDigits(Math.floor((millisecond % 1000) / 10));
  return `${memoDate}${hh}:${mm}:${ss}.${tenth}${millisecond % 10}Z`;
}

function twoDigits(number: number): string {
  return TWO_DIGITS[number] ?? '';
}
