/** Sample spaces in the graph against the host's rule, which metrics follow, and null labels. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createInterpreter, float32, GraphBuilder } from "../../src/compiler/graph/index.js";
import { lossRows } from "../../src/compiler/lower/sample-space.js";
import type { EventLiteral, HeadType, LabelModel } from "../../src/compiler/model/index.js";
import { sampleOf } from "../../src/runtime/measure/sample-space.js";
import { list, open, randomFeeds, scalar, withLabels } from "./harness.js";

const names = ["click", "buy", "refund", "stay"];
const labels: readonly LabelModel[] = names.map((name) => ({
  name,
  base: name === "stay" ? "amount" : "event",
  within: { click: [], buy: ["click"], refund: ["buy", "click"], stay: ["click"] }[name] ?? [],
  source: { kind: "column", name, span: { file: "", start: 0, end: 0 } },
  span: { file: "", start: 0, end: 0 },
}));

const literal = fc.oneof(
  fc.constantFrom("click", "buy", "refund").map((label): EventLiteral => ({ kind: "label", label })),
  fc.subarray(["click", "buy", "refund"], { minLength: 1 }).map((all): EventLiteral => ({ kind: "not", labels: all })),
);
const event = fc.array(literal, { maxLength: 3 });
const type = fc.oneof(
  fc.record({ event, given: event }).map((each): HeadType => ({ kind: "probability", ...each })),
  event.map((given): HeadType => ({ kind: "expectation", label: "stay", given })),
);
const cell = fc.constantFrom(0, 1, undefined);
const row = fc.tuple(cell, cell, cell, fc.constantFrom(0, 2.5, 7, undefined));

describe("the rows of a loss", () => {
  it("are those that metrics see, with the same truth, for any event and any nulls", () => {
    fc.assert(
      fc.property(type, fc.array(row, { minLength: 1, maxLength: 12 }), (head, rows) => {
        const builder = new GraphBuilder("rows");
        const columns = float32("B", names.length);
        const { mask, target } = lossRows(
          { builder, labels: builder.input("labels", columns), known: builder.input("known", columns), models: labels },
          head,
          head.kind === "score" ? [] : head.given,
        );
        const fn = builder.finish([
          { name: "mask", value: mask },
          { name: "target", value: target },
        ]);
        const cells = rows.flat();
        const shape = [rows.length, names.length];
        const feeds = {
          labels: { shape, data: cells.map((value) => value ?? 0) },
          known: { shape, data: cells.map((value) => (value === undefined ? 0 : 1)) },
        };
        // A condition without labels reads neither array; the batch size is then all that is asked of them.
        const outputs = createInterpreter({ state: [], functions: [fn] }).run("rows", feeds);
        const sample = sampleOf(head, {
          rows: rows.length,
          labels,
          values: Float32Array.from(feeds.labels.data),
          known: Float32Array.from(feeds.known.data),
        });
        const seen = list(outputs, "mask");
        expect(seen.every((value) => value === 0 || value === 1)).toBe(true);
        const kept = seen.flatMap((value, place) => (value === 1 ? [place] : []));
        expect(kept).toEqual([...(sample?.rows ?? [])]);
        const truth = list(outputs, "target");
        expect(kept.map((place) => truth[place])).toEqual([...(sample?.targets ?? [])]);
      }),
      { seed: 11, numRuns: 400 },
    );
  });
});

describe("a null label", () => {
  const opened = open(`
model nulls
features { a: numeric }
labels { click: event, buy: event within click, like: event }
bottom h = mlp([a], [4])
task ctr: P(click) = sigmoid(logit(h))
task cvr: P(buy | click) = sigmoid(logit(h))
task liked: P(like) = sigmoid(logit(h))
loss { ctr: bce, cvr: bce, liked: bce }
`);
  const feeds = randomFeeds(opened.model, 4);
  const rows = {
    click: [1, 1, 0, 1],
    buy: [1, 0, 0, 0],
    like: [0, 1, 1, 0],
  };
  const losses = (columns: Parameters<typeof withLabels>[2]) => {
    const out = opened.run("evaluate", withLabels(opened.model, feeds, columns));
    return Object.fromEntries(
      ["ctr", "cvr", "liked"].map((head) => [head, [scalar(out, `loss/${head}`), scalar(out, `weight/${head}`)]]),
    );
  };

  it("takes its row from its own task and from no other", () => {
    const full = losses(rows);
    const without = losses({ ...rows, like: [0, undefined, 1, 0] });
    expect([without["ctr"], without["cvr"]]).toEqual([full["ctr"], full["cvr"]]);
    expect(without["liked"]?.[1]).toBe(3);
    expect(without["liked"]?.[0]).not.toBe(full["liked"]?.[0]);
  });

  it("takes the row from all tasks whose event needs it", () => {
    const full = losses(rows);
    const without = losses({ ...rows, click: [undefined, 1, 0, 1] });
    expect([without["ctr"]?.[1], without["cvr"]?.[1], without["liked"]]).toEqual([3, 2, full["liked"]]);
  });

  it("is not read as 0: the loss is that of only the other rows", () => {
    const two = opened.run("evaluate", {
      ...withLabels(opened.model, feeds, rows),
      weights: { shape: [4], data: [0, 1, 1, 1] },
    });
    expect(losses({ ...rows, like: [undefined, 1, 1, 0] })["liked"]?.[0]).toBeCloseTo(scalar(two, "loss/liked"), 12);
  });
});
