import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventLiteral, EventModel, HeadType } from "../../src/compiler/model/index.js";
import {
  complementType,
  contains,
  divideTypes,
  joinEvents,
  multiplyTypes,
  normalizeEvent,
  sameEvent,
  showEvent,
  showHeadType,
} from "../../src/compiler/semantics/events/events.js";

/** buy ⊂ cart ⊂ click; like and share are by themselves. */
const outer: Readonly<Record<string, readonly string[]>> = { cart: ["click"], buy: ["cart", "click"] };
const within = (label: string): readonly string[] => outer[label] ?? [];
const labels = ["click", "cart", "buy", "like", "share"] as const;

/** Every row there can be: the labels that hold on it. */
const worlds: readonly ReadonlySet<string>[] = Array.from(
  { length: 2 ** labels.length },
  (_, bits): ReadonlySet<string> => new Set<string>(labels.filter((__, i) => (bits >> i) & 1)),
).filter((world) => [...world].every((label) => within(label).every((each) => world.has(each))));

const holds = (event: EventModel, world: ReadonlySet<string>): boolean =>
  event.every((literal) =>
    literal.kind === "label" ? world.has(literal.label) : !literal.labels.every((label) => world.has(label)),
  );

/** P(event) and P(event | given) under a weight for each world. */
const measure = (event: EventModel, weights: readonly number[]): number =>
  worlds.reduce((sum, world, i) => sum + (holds(event, world) ? (weights[i] ?? 0) : 0), 0);
function valueOf(type: HeadType, weights: readonly number[]): number {
  if (type.kind !== "probability") throw new Error("only probabilities are measured");
  return measure([...type.event, ...type.given], weights) / measure(type.given, weights);
}

const literal: fc.Arbitrary<EventLiteral> = fc.oneof(
  fc.constantFrom(...labels).map((label): EventLiteral => ({ kind: "label", label })),
  fc
    .uniqueArray(fc.constantFrom(...labels), { minLength: 1, maxLength: 2 })
    .map((each): EventLiteral => ({ kind: "not", labels: each })),
);
const literals = fc.array(literal, { maxLength: 3 });
const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: worlds.length, maxLength: worlds.length });

/** A type of a possible event with a possible condition, if these literals make one. */
function typeOf(own: EventModel, given: EventModel): HeadType | undefined {
  const condition = normalizeEvent(given, within);
  if (condition.kind !== "event") return undefined;
  const event = joinEvents(own, condition.event, within);
  return event.kind === "event" && !sameEvent(event.event, condition.event)
    ? { kind: "probability", event: event.event, given: condition.event }
    : undefined;
}
const type = fc
  .tuple(literals, literals)
  .map(([own, given]) => typeOf(own, given))
  .filter((each) => each !== undefined);

const P = (event: readonly string[], given: readonly string[] = []): HeadType => {
  const asLabels = (names: readonly string[]): EventModel => names.map((label) => ({ kind: "label", label }));
  const made = typeOf(asLabels(event), asLabels(given));
  if (made === undefined) throw new Error("no such type");
  return made;
};
const E = (label: string, given: readonly string[] = []): HeadType => ({
  kind: "expectation",
  label,
  given: normalOf(given.map((each) => ({ kind: "label", label: each }))),
});
function normalOf(event: EventModel): EventModel {
  const normal = normalizeEvent(event, within);
  if (normal.kind !== "event") throw new Error("impossible");
  return normal.event;
}

describe("events", () => {
  it("are closed under within", () => {
    const asLabels = (...names: readonly string[]): EventModel => names.map((label) => ({ kind: "label", label }));
    expect(normalOf(asLabels("buy"))).toEqual(normalOf(asLabels("click", "cart", "buy")));
    expect(showEvent(normalOf([{ kind: "label", label: "buy" }]), within)).toBe("buy");
  });

  it("hold on the same rows in normal form, and are called impossible only when no row is in them", () => {
    fc.assert(
      fc.property(literals, (event) => {
        const normal = normalizeEvent(event, within);
        const rows = worlds.map((world) => holds(event, world));
        if (normal.kind === "impossible") expect(rows).not.toContain(true);
        else expect(worlds.map((world) => holds(normal.event, world))).toEqual(rows);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("have one normal form whatever the order of their literals", () => {
    fc.assert(
      fc.property(literals, (event) => {
        const [one, two] = [normalizeEvent(event, within), normalizeEvent(event.toReversed(), within)];
        expect(two.kind === "event" ? two : two.kind).toEqual(one.kind === "event" ? one : one.kind);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("contain one another when their rows do", () => {
    fc.assert(
      fc.property(literals, literals, (a, b) => {
        const [one, two] = [normalizeEvent(a, within), normalizeEvent(b, within)];
        fc.pre(one.kind === "event" && two.kind === "event");
        if (one.kind === "event" && two.kind === "event" && contains(one.event, two.event, within))
          expect(worlds.every((world) => !holds(two.event, world) || holds(one.event, world))).toBe(true);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe("the chain rule", () => {
  it("continues a probability by its conditional, in any order and length", () => {
    const parts = [P(["click"]), P(["cart"], ["click"]), P(["buy"], ["cart"])];
    expect(multiplyTypes(parts, within)).toEqual(P(["buy"]));
    expect(multiplyTypes(parts.toReversed(), within)).toEqual(P(["buy"]));
    expect(multiplyTypes([P(["click"]), P(["click", "like"], ["click"])], within)).toEqual(P(["click", "like"]));
  });

  it("refuses what is not a conditional of the other", () => {
    expect(multiplyTypes([P(["click"]), P(["buy"])], within)).toBeUndefined();
    expect(multiplyTypes([P(["click"]), P(["click"])], within)).toBeUndefined();
    expect(multiplyTypes([P(["like"]), P(["buy"], ["click"])], within)).toBeUndefined();
  });

  it("gives an expectation where the amount is 0 outside", () => {
    const inside = (label: string): readonly string[] => (label === "stay" ? ["click"] : within(label));
    expect(multiplyTypes([P(["click"]), E("stay", ["click"])], inside)).toEqual(E("stay"));
    expect(multiplyTypes([P(["click"]), E("price", ["click"])], inside)).toBeUndefined();
  });

  it("is true of numbers: whatever type a product, quotient or complement gets, its value is that probability", () => {
    let typed = 0;
    fc.assert(
      fc.property(type, type, weights, (a, b, weight) => {
        const [x, y] = [valueOf(a, weight), valueOf(b, weight)];
        for (const [result, value] of [
          [multiplyTypes([a, b], within), x * y],
          [divideTypes(a, b, within), x / y],
          [complementType(a, within), 1 - x],
        ] as const) {
          if (result === undefined) continue;
          typed += 1;
          expect(valueOf(result, weight)).toBeCloseTo(value, 10);
        }
      }),
      { seed: 4, numRuns: 3000 },
    );
    expect(typed).toBeGreaterThan(1000);
  });

  it("is found wherever it applies: a factor made to continue another one is accepted", () => {
    fc.assert(
      fc.property(type, literals, weights, (a, more, weight) => {
        fc.pre(a.kind === "probability");
        const b = a.kind === "probability" ? typeOf(more, a.event) : undefined;
        fc.pre(b !== undefined);
        if (b === undefined || a.kind !== "probability" || b.kind !== "probability") return;
        const product = multiplyTypes([b, a], within);
        expect(product).toEqual({ kind: "probability", event: b.event, given: a.given });
        expect(divideTypes(product ?? a, a, within)).toEqual(b);
        expect(valueOf(product ?? a, weight)).toBeCloseTo(valueOf(a, weight) * valueOf(b, weight), 10);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});

describe("types in words", () => {
  it("are as short as within allows", () => {
    expect(showHeadType(P(["buy"], ["click"]), within)).toBe("P(buy | click)");
    expect(showHeadType(P(["buy"]), within)).toBe("P(buy)");
    expect(showHeadType(E("stay", ["click"]), within)).toBe("E(stay | click)");
    const none = complementType(P(["buy"], ["click"]), within);
    expect(none === undefined ? "" : showHeadType(none, within)).toBe("P(not buy | click)");
    const both = complementType(P(["like", "share"]), within);
    expect(both === undefined ? "" : showHeadType(both, within)).toBe("P(not (like & share))");
  });
});
