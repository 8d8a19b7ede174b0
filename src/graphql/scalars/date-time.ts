import { GraphQLScalarType } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';

/**
 * graphql-scalars' `DateTime`, but for how it is written: as the text that it comes to, which is cheaper by far than a `Date`
 * that has to be asked for it.
 */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...DateTimeResolver.toConfig(),
  serialize: (value) =>
    typeof value === 'number' ? toText(value) : DateTimeResolver.serialize(value).toISOString(),
});

const DAY = 86_400_000;
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/** The day that was written last: most times of a page are of one. */
let lastDay = NaN;
let lastDate = '';

/** What `Date.toISOString` gives for a time in milliseconds, at a tenth of its cost. */
function toText(time: number): string {
  const day = Math.floor(time / DAY);
  if (day !== lastDay) {
    lastDate = new Date(time).toISOString().slice(0, -13);
    lastDay = day;
  }
  const millisecond = time - day * DAY;
  const second = Math.floor(millisecond / 1000);
  const minute = Math.floor(second / 60);
  const hh = twoDigits(Math.floor(minute / 60));
  const mm = twoDigits(minute % 60);
  const ss = twoDigits(second % 60);
  const tenth = twoDigits(Math.floor((millisecond % 1000) / 10));
  return `${lastDate}${hh}:${mm}:${ss}.${tenth}${millisecond % 10}Z`;
}

function twoDigits(number: number): string {
  return TWO_DIGITS[number] ?? '';
}
