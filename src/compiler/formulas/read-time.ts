/** Instants that a request provides: texts of a date or a time, or seconds since 1970. */

/** 0001-01-01 and 2200-01-01: a number outside of them is not a count of seconds, but most likely one of milliseconds. */
const firstSecond = -62_135_596_800;
const endOfSeconds = 7_258_118_400;

/** The digits of days lie between these. */
const [firstDay, lastDay] = [19_000_101, 21_991_231];

/**
 * Whether a number can be meant as seconds since 1970: finite, from the year 1 on and before the year 2200, and not the
 * digits of a day such as 20261105, which as seconds would be one in 1970.
 */
export function isSeconds(value: number): boolean {
  return value >= firstSecond && value < endOfSeconds && !isDayDigits(value);
}

function isDayDigits(value: number): boolean {
  if (!(value >= firstDay && value <= lastDay && Number.isInteger(value))) return false;
  const match = /^((?:19|20|21)\d\d)(\d\d)(\d\d)$/.exec(String(value));
  return match !== null && secondsOfText(`${match[1]}-${match[2]}-${match[3]}`) !== undefined;
}

const instant =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?: ?(?:Z|UTC|([+-])(\d{2})(?::?(\d{2}))?))?)?$/;

/** Seconds since 1970 of a time as rows have it: a text, or a number of seconds; undefined for what is none. */
export function secondsOfTime(value: unknown): number | undefined {
  if (typeof value === "string") return secondsOfText(value);
  return typeof value === "number" && isSeconds(value) ? value : undefined;
}

/**
 * Seconds since 1970 of `2026-11-05`, `2026-11-05T12:30:00Z`, or the same with a space for the `T` and with an offset, also
 * as `+08`, or ` UTC`; UTC without one. Undefined for what is no such text, and for a day or an hour that no calendar has.
 */
export function secondsOfText(text: string): number | undefined {
  const match = instant.exec(text);
  if (match === null) return undefined;
  const part = (at: number): number => Number(match[at] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  // `Date.UTC` takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second, Math.trunc(part(7) * 1000));
  const offset = (match[8] === "-" ? -60 : 60) * (60 * offsetHour + offsetMinute);
  return date.getTime() / 1000 - offset;
}
