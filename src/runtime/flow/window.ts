import type { CalendarUnit } from "../../compiler/model/index.js";
import { findTransition, firstInstantOf, offsetAt, showInZone } from "../../compiler/text/index.js";

/** A calendar window, half-open: start ≤ instant < end, in milliseconds since 1970. */
export interface CalendarWindow {
  readonly start: number;
  readonly end: number;
  /** JSON `[unit, zone, start on the zone's clocks]`: equal exactly for the same window of the same unit and zone. */
  readonly key: string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * The window of a unit that an instant lies in, by the calendar of a zone. Windows of a unit follow each other without gap
 * or overlap. Days, weeks (from Monday) and months begin at the first instant at which the zone's date is theirs or a later
 * one, so a day has 23 or 25 hours where clocks change, and a date that a zone skipped has none. Hours and minutes are
 * those of the clock face; one that a change of clocks cuts short ends there, and one shown twice is two windows.
 *
 * The zone appears in the key as the spec names it: engines differ in what they call its canonical name.
 * @throws RangeError where the engine does not know the zone.
 */
export function windowOf(instant: number, unit: CalendarUnit, zone: string): CalendarWindow {
  const { start, end } = boundsOf(instant, unit, zone);
  return { start, end, key: JSON.stringify([unit, zone, showInZone(start, zone)]) };
}

function boundsOf(instant: number, unit: CalendarUnit, zone: string): { start: number; end: number } {
  switch (unit) {
    case "minute":
      return clockBounds(instant, minute, zone);
    case "hour":
      return clockBounds(instant, hour, zone);
    case "day": {
      const date = dateOf(instant, zone);
      return { start: startOfDate(date, zone), end: endOfDate(date, zone) };
    }
    case "week": {
      const date = dateOf(instant, zone);
      // 1970-01-01 was a Thursday.
      const monday = date - ((((date + 3) % 7) + 7) % 7);
      return { start: startOfDate(monday, zone), end: startOfDate(monday + 7, zone) };
    }
    case "month": {
      const date = new Date(dateOf(instant, zone) * day);
      const first = (months: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / day;
      return { start: startOfDate(first(0), zone), end: startOfDate(first(1), zone) };
    }
  }
}

/** Dates are counted in days since 1970-01-01. */
function startOfDate(date: number, zone: string): number {
  return firstInstantOf(date * day, zone);
}

/** A date that the zone skipped has no length; the day before it ends where the one after it begins. */
function endOfDate(date: number, zone: string): number {
  const start = startOfDate(date, zone);
  for (let next = date + 1; ; next += 1) {
    const end = startOfDate(next, zone);
    if (end > start) return end;
  }
}

/**
 * The date whose day holds the instant. Clocks that go back over midnight show the date before once more: the day that has
 * begun goes on.
 */
function dateOf(instant: number, zone: string): number {
  let date = Math.floor((instant + offsetAt(instant, zone)) / day);
  while (startOfDate(date + 1, zone) <= instant) date += 1;
  return date;
}

function clockBounds(instant: number, length: number, zone: string): { start: number; end: number } {
  const offset = offsetAt(instant, zone);
  const start = Math.floor((instant + offset) / length) * length - offset;
  const end = start + length;
  return {
    start: findTransition(start, instant, zone) ?? start,
    end: Math.min(end, findTransition(instant, end, zone) ?? end),
  };
}

/** {@link windowOf} that remembers the last window of each unit and zone: requests come in the order of time. */
export function createWindowFinder(): typeof windowOf {
  const last = new Map<string, CalendarWindow>();
  return (instant, unit, zone) => {
    const slot = `${unit} ${zone}`;
    const known = last.get(slot);
    if (known !== undefined && known.start <= instant && instant < known.end) return known;
    const found = windowOf(instant, unit, zone);
    last.set(slot, found);
    return found;
  };
}
