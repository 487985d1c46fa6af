import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarUnits, type CalendarUnit } from "../../src/compiler/model/index.js";
import { createWindowFinder, windowOf } from "../../src/runtime/flow/window.js";
import { isTimeZone, offsetAt, showInZone } from "../../src/compiler/text/index.js";

const hour = 3_600_000;
const at = (text: string): number => Date.parse(text);
const shown = (instant: string, unit: CalendarUnit, zone: string): readonly [string, string, number] => {
  const { start, end } = windowOf(at(instant), unit, zone);
  return [new Date(start).toISOString(), new Date(end).toISOString(), (end - start) / hour];
};

describe("windows of a calendar", () => {
  it("begin at the zone's midnight and are half-open", () => {
    expect(shown("2026-11-05T15:59:59.999Z", "day", "Asia/Shanghai")).toEqual([
      "2026-11-04T16:00:00.000Z",
      "2026-11-05T16:00:00.000Z",
      24,
    ]);
    expect(shown("2026-11-05T16:00:00Z", "day", "Asia/Shanghai")[0]).toBe("2026-11-05T16:00:00.000Z");
  });

  it("have 23 and 25 hours where clocks change", () => {
    expect(shown("2026-03-29T12:00:00Z", "day", "Europe/Berlin")).toEqual([
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
      23,
    ]);
    expect(shown("2026-10-25T12:00:00Z", "day", "Europe/Berlin")[2]).toBe(25);
    expect(shown("2026-10-25T12:00:00Z", "week", "Europe/Berlin")[2]).toBe(7 * 24 + 1);
    expect(shown("2026-10-04T02:00:00Z", "day", "Australia/Lord_Howe")[2]).toBe(23.5);
  });

  it("take a midnight that clocks skip as the jump, and one shown twice as its first", () => {
    // Cairo goes from 00:00 to 01:00; Havana from 01:00 back to 00:00.
    expect(shown("2026-04-24T12:00:00Z", "day", "Africa/Cairo")).toEqual([
      "2026-04-23T22:00:00.000Z",
      "2026-04-24T21:00:00.000Z",
      23,
    ]);
    expect(shown("2026-11-01T12:00:00Z", "day", "America/Havana")).toEqual([
      "2026-11-01T04:00:00.000Z",
      "2026-11-02T05:00:00.000Z",
      25,
    ]);
  });

  it("go on when clocks fall back over midnight into the date before", () => {
    // St John's went from 00:01 back to 23:01: a minute of the 7th, an hour shown as the 6th, the rest of the 7th.
    const [start, end, hours] = shown("2010-11-07T02:45:00Z", "day", "America/St_Johns");
    expect([start, end, hours]).toEqual(["2010-11-07T02:30:00.000Z", "2010-11-08T03:30:00.000Z", 25]);
  });

  it("leave out a date that a zone skipped", () => {
    expect(shown("2011-12-30T05:00:00Z", "day", "Pacific/Apia")).toEqual([
      "2011-12-29T10:00:00.000Z",
      "2011-12-30T10:00:00.000Z",
      24,
    ]);
    expect(shown("2011-12-30T10:00:00Z", "day", "Pacific/Apia")[0]).toBe("2011-12-30T10:00:00.000Z");
  });

  it("are weeks from Monday and months of the calendar", () => {
    expect(shown("2026-11-08T23:59:59Z", "week", "UTC").slice(0, 2)).toEqual([
      "2026-11-02T00:00:00.000Z",
      "2026-11-09T00:00:00.000Z",
    ]);
    expect(shown("1969-12-31T12:00:00Z", "week", "UTC")[0]).toBe("1969-12-29T00:00:00.000Z");
    expect(shown("2028-02-29T12:00:00Z", "month", "UTC")[2]).toBe(29 * 24);
    expect(shown("2026-12-31T23:00:00Z", "month", "Asia/Tokyo")[0]).toBe("2026-12-31T15:00:00.000Z");
  });

  it("tell the two hours apart that clocks show twice, and follow zones of half hours", () => {
    const first = windowOf(at("2026-10-25T00:30:00Z"), "hour", "Europe/Berlin");
    const second = windowOf(at("2026-10-25T01:30:00Z"), "hour", "Europe/Berlin");
    expect(first.key).toBe('["hour","Europe/Berlin","2026-10-25T02:00:00+02:00"]');
    expect(second.key).toBe('["hour","Europe/Berlin","2026-10-25T02:00:00+01:00"]');
    expect(shown("2026-11-05T10:40:00Z", "hour", "Asia/Kolkata")[0]).toBe("2026-11-05T10:30:00.000Z");
    expect(shown("2026-11-05T10:40:00Z", "minute", "Asia/Kathmandu")[2]).toBeCloseTo(1 / 60);
  });

  it("refuse an unknown zone", () => {
    expect(isTimeZone("Europe/Berlin")).toBe(true);
    expect(isTimeZone("Europe/Atlantis")).toBe(false);
    expect(() => windowOf(0, "day", "Europe/Atlantis")).toThrow(RangeError);
  });

  it("hold their instant, follow each other without gap, and have keys of their own", () => {
    const zones = [
      "UTC",
      "Asia/Shanghai",
      "Europe/Berlin",
      "America/St_Johns",
      "America/Havana",
      "Africa/Cairo",
      "Australia/Lord_Howe",
      "Pacific/Apia",
      "Asia/Kathmandu",
      "Africa/Casablanca",
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: at("1985-01-01"), max: at("2037-01-01") }),
        fc.constantFrom(...calendarUnits),
        fc.constantFrom(...zones),
        (instant, unit, zone) => {
          const window = windowOf(instant, unit, zone);
          expect(window.start).toBeLessThanOrEqual(instant);
          expect(window.end).toBeGreaterThan(instant);
          expect(windowOf(window.start, unit, zone)).toEqual(window);
          expect(windowOf(window.end - 1, unit, zone)).toEqual(window);
          const next = windowOf(window.end, unit, zone);
          expect(next.start).toBe(window.end);
          expect(next.key).not.toBe(window.key);
        },
      ),
      { numRuns: 600, seed: 11 },
    );
  });

  it("are remembered without being mixed up", () => {
    const find = createWindowFinder();
    const instants = ["2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", "2026-03-28T12:00:00Z"].map(at);
    for (const zone of ["Europe/Berlin", "UTC"])
      for (const unit of calendarUnits)
        for (const instant of instants) expect(find(instant, unit, zone)).toEqual(windowOf(instant, unit, zone));
  });

  it("show instants as the zone's clocks do", () => {
    expect(showInZone(at("2026-11-05T00:00:00Z"), "America/St_Johns")).toBe("2026-11-04T20:30:00-03:30");
    expect(offsetAt(at("2026-07-01T00:00:00Z"), "Asia/Kathmandu")).toBe(5.75 * hour);
  });
});
