import { AwsError } from '../wire/aws-error.ts';

/** Returns the value of a query parameter. Repeated parameters are errors: no member is a list. */
export function queryValue(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) {
    throw new AwsError('SerializationException', `${name} must be given once`);
  }
  return values[0];
}

export function queryInteger(query: URLSearchParams, name: string): number | undefined {
  const text = queryValue(query, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^-?[0-9]+$/.test(text) || Math.abs(value) > 2 ** 31 - 1) {
    throw new AwsError('SerializationException', `${name} must be an integer`);
  }
  return value;
}

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})T(\d{2}):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:[0-5]\d)$/;

/**
 * Parses an RFC 3339 date-time. Returns milliseconds; the finer digits that Python's SDK sends are
 * dropped.
 */
export function queryTimestamp(query: URLSearchParams, name: string): number | undefined {
  const text = queryValue(query, name);
  if (text === undefined) return undefined;
  const [, date, hour, minute, second, fraction = '', zone] = DATE_TIME.exec(text) ?? [];
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const time = Date.parse(`${date}T${hour}:${minute}:${second}.${milliseconds}${zone}`);
  if (Number.isNaN(time) || !isCalendarDate(date ?? '')) {
    throw new AwsError('SerializationException', `${name} must be an ISO 8601 date-time`);
  }
  return time;
}

/** Needed because Date.parse treats February 30 as March 2. */
function isCalendarDate(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}
