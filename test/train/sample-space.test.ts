import { describe, expect, it } from "vitest";
import type { EventModel, HeadType, LabelModel } from "../../src/compiler/model/model.js";
import { sampleOf } from "../../src/runtime/train/sample-space.js";

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
