/** Dates of specs as instants. Pure: the calendar of a zone comes from the engine's time zone data. */

/** Whether the engine knows the zone: an IANA name such as `Asia/Shanghai`, or `UTC`. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

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
  // The offset before and after any change of the clock near that day; the earlier instant that reads as `local` counts.
  const offsets = [local - 86_400, local + 86_400].map((at) => offsetAt(at, zone));
  const candidates = offsets.map((offset) => local - offset).toSorted((a, b) => a - b);
  return candidates.find((at) => at + offsetAt(at, zone) === local) ?? firstInstantAfter(local, zone, candidates);
}

/** Seconds that the zone's clock is ahead of UTC at an instant. */
function offsetAt(seconds: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(seconds * 1000);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value ?? 0);
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown / 1000 - Math.floor(seconds);
}

/** In a gap of the clock: the instant at which it jumps, by halving between an instant before and one after. */
function firstInstantAfter(local: number, zone: string, [low = local, high = local]: readonly number[]): number {
  let before = low - 86_400;
  let after = high + 86_400;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (middle + offsetAt(middle, zone) < local) before = middle;
    else after = middle;
  }
  return after;
}
