/** Dates of specs as instants. Pure: the calendar of a zone comes from the engine's time zone data. */
import { firstInstantOf } from "../../text/index.js";

/**
 * Seconds since 1970-01-01T00:00:00Z of `2026-11-05` (the day's first instant), `2026-11-05T12:30` or either with `Z` or
 * an offset; without one it is read in the zone. A time that a change of the clock skips is the instant of that change;
 * one that happens twice is the first of the two. NaN for a date that no calendar has.
 */
export function secondsOfDate(text: string, zone = "UTC"): number {
  const withTime = text.includes("T") ? text : `${text}T00:00:00`;
  if (/(?:Z|[+-]\d{2}:\d{2})$/.test(withTime)) return Date.parse(withTime) / 1000;
  const local = Date.parse(`${withTime}Z`) / 1000;
  // A date that no calendar has was reported by the parser; it is not an instant.
  if (zone === "UTC" || Number.isNaN(local)) return local;
  return firstInstantOf(local * 1000, zone) / 1000;
}
