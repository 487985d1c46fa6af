import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventModel, HeadType } from "../../src/compiler/model/heads.js";
import type { LabelModel } from "../../src/compiler/model/model.js";
import { complementType, normalizeEvent } from "../../src/compiler/semantics/events/events.js";
import { sampleOf } from "../../src/runtime/measure/sample-space.js";

const span = { file: "", start: 0, end: 0 };
const label = (name: string, base: "event" | "amount", within: readonly string[]): LabelModel => ({
  name,
  base,
  within,
  source: { kind: "column", name, span },
  span,
});
const labels = [label("click", "event", []), label("buy", "event", ["click"]), label("stay", "amount", ["click"])];
const event = (...names: string[]): EventModel => names.map((name) => ({ kind: "label", label: name }));

/** Rows of click, buy, stay; `null` is unknown. */
function sample(type: HeadType, rows: readonly (readonly (number | null)[])[]): [number, number][] | undefined {
  const values = Float32Array.from(rows.flat().map((value) => value ?? 0));
  const known = Float32Array.from(rows.flat().map((value) => (value === null ? 0 : 1)));
  const found = sampleOf(type, { rows: rows.length, labels, values, known });
  return found && [...found.rows].map((row, i) => [row, found.targets[i] ?? NaN]);
}

const rows = [
  [0, 0, 0],
  [1, 0, 12],
  [1, 1, 30],
  [0, null, null],
  [1, null, null],
  [null, null, null],
  [null, 0, 5],
] as const;

describe("the sample space of a head", () => {
  it("is every row with a known label for P(click)", () => {
    const ctr: HeadType = { kind: "probability", event: event("click"), given: [] };
    expect(sample(ctr, rows)).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
      [3, 0],
      [4, 1],
    ]);
  });

  it("is the clicked rows with a known purchase for P(buy | click)", () => {
    const cvr: HeadType = { kind: "probability", event: event("buy", "click"), given: event("click") };
    expect(sample(cvr, rows)).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it("is every row where the labels decide P(buy): no click means no purchase", () => {
    const ctcvr: HeadType = { kind: "probability", event: event("buy", "click"), given: [] };
    expect(sample(ctcvr, rows)).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 0],
      [6, 0],
    ]);
  });

  it("turns a negated event over", () => {
    const lost: HeadType = {
      kind: "probability",
      event: [...event("click"), { kind: "not", labels: ["buy"] }],
      given: event("click"),
    };
    expect(sample(lost, rows)).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });

  it("has the rows of the event for its complement, whatever is known of the labels", () => {
    const values = [null, 0, 1];
    const all = values.flatMap((click) => values.map((buy) => [click, buy, 0]));
    const buy: HeadType = { kind: "probability", event: event("buy", "click"), given: [] };
    const notBuy: HeadType = { kind: "probability", event: [{ kind: "not", labels: ["buy"] }], given: [] };
    const flipped = sample(buy, all)?.map(([row, target]) => [row, 1 - target]);
    expect(sample(notBuy, all)).toEqual(flipped);
    // Unknown: neither label, one of them with the other true.
    expect(flipped?.map(([row]) => row)).toEqual([1, 3, 4, 5, 7, 8]);
  });

  it("takes the amount for an expectation, and 0 outside of what it lies within", () => {
    expect(sample({ kind: "expectation", label: "stay", given: event("click") }, rows)).toEqual([
      [1, 12],
      [2, 30],
    ]);
    expect(sample({ kind: "expectation", label: "stay", given: [] }, rows)).toEqual([
      [0, 0],
      [1, 12],
      [2, 30],
      [3, 0],
      [6, 5],
    ]);
  });

  it("is nothing for a score", () => {
    expect(sample({ kind: "score" }, rows)).toBeUndefined();
  });
});

describe("a complement", () => {
  /** `c` lies within `b`, `b` within `a`; `d` within `a`; `e` is by itself. */
  const within: Readonly<Record<string, readonly string[]>> = { a: [], b: ["a"], c: ["b", "a"], d: ["a"], e: [] };
  const names = Object.keys(within);
  const models = names.map((name) => label(name, "event", within[name] ?? []));
  const withinOf = (name: string): readonly string[] => within[name] ?? [];
  const some = fc.subarray(names, { minLength: 1 });
  const literals = fc.oneof(
    some.map((each) => event(...each)),
    some.map((each): EventModel => [{ kind: "not", labels: each }]),
  );
  const rowsOf = fc.array(fc.array(fc.constantFrom(0, 1, null), { minLength: 5, maxLength: 5 }), {
    minLength: 1,
    maxLength: 20,
  });

  it("sees the rows of its event with the truth turned over, for any event, condition and nulls", () => {
    let met = 0;
    fc.assert(
      fc.property(literals, fc.oneof(fc.constant<EventModel>([]), literals), rowsOf, (own, condition, cells) => {
        const given = normalizeEvent(condition, withinOf);
        const whole = normalizeEvent([...condition, ...own], withinOf);
        if (given.kind !== "event" || whole.kind !== "event") return;
        const type: HeadType = { kind: "probability", event: whole.event, given: given.event };
        const opposite = complementType(type, withinOf);
        if (opposite === undefined) return;
        met += 1;
        const data = {
          rows: cells.length,
          labels: models,
          values: Float32Array.from(cells.flat().map((value) => value ?? 0)),
          known: Float32Array.from(cells.flat().map((value) => (value === null ? 0 : 1))),
        };
        const [seen, turned] = [sampleOf(type, data), sampleOf(opposite, data)];
        expect([...(turned?.rows ?? [])]).toEqual([...(seen?.rows ?? [])]);
        expect([...(turned?.targets ?? [])]).toEqual([...(seen?.targets ?? [])].map((target) => 1 - target));
      }),
      { seed: 3, numRuns: 2000 },
    );
    expect(met).toBeGreaterThan(500);
  });
});
