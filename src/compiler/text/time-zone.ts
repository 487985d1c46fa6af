/**
 * Clocks of a time zone, from the time-zone data that the JavaScript engine carries. Servers whose engines carry other
 * releases of that data can disagree about days whose rules a country has only just changed.
 */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, made);
  return made;
}

/** Whether the engine knows the zone: an IANA name such as `Asia/Shanghai`, or `UTC`. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * Milliseconds that the zone's clocks are ahead of UTC at an instant (milliseconds since 1970).
 * @throws RangeError where the engine does not know the zone.
 */
export function offsetAt(instant: number, zone: string): number {
  if (zone === "UTC") return 0;
  const fields: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/**
 * The first instant in (from, to] at which the clocks run with another offset than at `from`, where the offsets at both
 * ends differ. Exact to the second, as are the rules; meant for spans of some days, within which clocks change once.
 */
export function findTransition(from: number, to: number, zone: string): number | undefined {
  const before = offsetAt(from, zone);
  if (offsetAt(to, zone) === before) return undefined;
  let low = Math.floor(from / 1000);
  let high = Math.ceil(to / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000, zone) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}

/** Offsets lie between −12 and +14 hours, and lay within 16 before clocks were set by zones. */
const widest = 16 * 3_600_000;

/**
 * The first instant at which the zone's clocks show `local` or later, where `local` is a wall-clock time as milliseconds
 * since 1970 as if it were UTC. A time that clocks skip begins when they jump over it; of one shown twice the first counts.
 */
export function firstInstantOf(local: number, zone: string): number {
  const from = local - widest;
  const to = local + widest;
  const before = offsetAt(from, zone);
  const transition = findTransition(from, to, zone);
  if (transition === undefined || local - before < transition) return local - before;
  return Math.max(transition, local - offsetAt(transition, zone));
}

/** `2026-11-05T00:00:00+08:00`: an instant as the zone's clocks show it. */
export function showInZone(instant: number, zone: string): string {
  const offset = offsetAt(instant, zone);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  const seconds = (Math.abs(offset) / 1000) % 60;
  return (
    new Date(instant + offset).toISOString().slice(0, 19) +
    (offset < 0 ? "-" : "+") +
    `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}${seconds === 0 ? "" : `:${two(seconds)}`}`
  );
}
