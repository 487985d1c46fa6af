/** Raw columns in the target `onnx`: every kind of feature, and what may be missing of it. */
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../../src/compiler/compile.js";
import { createMemoryHost } from "../../../src/compiler/host.js";
import type { Model } from "../../../src/compiler/model/index.js";
import type { RawRow } from "../../../src/runtime/data/index.js";
import { onnxCase } from "./cases.js";
import { distanceOf } from "./run.js";

/** Every way in which a value becomes an id or a number, and every way in which it may be missing. */
const everyKind = `model kinds
data { train: csv("nowhere.csv", nulls: ["NA", "-9"]) }
features {
  city: categorical(values: ["a", "b", "c"], embed: 2)
  town: categorical(values: ["b", "c"], missing: "c", embed: 2) = city
  rank: categorical(values: ["5", "3", "8"], embed: 2)
  shop: categorical(ids: 6, missing: 2, outside: missing, embed: 2)
  mall: categorical(ids: 4, missing: zeros, embed: 2)
  hour: categorical(ids: 24, embed: 2)
  late: numeric(scale: log1p) = hour
  code: categorical(values: ["1", "2", "x"], embed: 2)
  amount: numeric(scale: standard, missing: 3) = code2
  code2: categorical(values: ["1.5", "2"], embed: 2)
  user: categorical(hash: 20, embed: 2)
  price: bucket(boundaries: [1, 2.5, 4], missing: 3, embed: 2)
  depth: bucket(boundaries: [1], missing: zeros, embed: 2)
  share: numeric(scale: minmax)
  length: numeric(scale: none) = length(city)
  ratio: numeric(scale: none) = log1p(price) / max(weight, 0.5) - sqrt(abs(weight))
  level: bucket(boundaries: [0, 2], embed: 2, missing: zeros) = floor(log(weight)) + min(price, hour)
  tags: bag(values: ["t", "u"], max: 3, embed: 2, pool: mean, missing: "u")
  words: bag(values: ["t", "u"], max: 2, embed: 2, pool: sum, weighted: true, missing: "t")
  seen: sequence(ids: 9, max: 4, embed: 2, keep: last)
  clicks: sequence(values: ["p", "q"], max: 3, embed: 2)
  times: sequence(along: clicks, scale: log1p, missing: 2)
}
labels { click: event }
input x = [city, town, rank, shop, mall, hour, late, code, amount, code2, user, price, depth, share, length, ratio, level, tags, words]
task ctr: P(click) = sigmoid(logit(mlp([x, pool(seen), pool(clicks), pool(linear(times, 2))], [4])))
loss { ctr: bce }
`;

/** Rows of {@link everyKind} by column: known values, unknown ones, and missing ones in all the ways in which they can be. */
const columns: Readonly<Record<string, readonly unknown[]>> = {
  city: ["a", null, "zz", "NA", "c"],
  rank: [3, null, 4, -9, "8"],
  shop: [4, null, 6, -9, "5"],
  mall: [0, null, 9, -9, "3"],
  hour: [7, null, 30, -9, 23.5],
  code: ["x", null, "9", "NA", 2],
  code2: ["1.5", null, "7", "-9", 2],
  user: ["u1", null, "u2", "NA", 17],
  price: [2.5, null, 99, -9, 0.5],
  depth: [0, null, 1, -9, -3],
  share: [0.5, null, 20, -9, -1e300],
  weight: [2, null, 0, -9, 1e308],
  tags: [["t", "u", "t"], null, ["never"], ["NA", "u"], []],
  words: [["u:0.5", "t"], null, ["never:2"], [], ["t:0"]],
  seen: [[1, 2, 3, 4, 5], null, [99], [-9, 8], [0]],
  clicks: [["p", null, "q"], null, ["never", null], ["q"], []],
  times: [[3, null, 1], null, [-2, NaN], [1e30], []],
};
const kindRows: readonly RawRow[] = Array.from({ length: 5 }, (_, row) =>
  Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, values[row]])),
);

function modelOf(text: string): Model {
  const { model, diagnostics } = compileSpec("kinds.mtl", createMemoryHost({ "kinds.mtl": text }));
  if (model === undefined) throw new Error(JSON.stringify(diagnostics.map(({ message }) => message)));
  return model;
}

describe("raw columns in the target onnx", { timeout: 60_000 }, () => {
  it("reads every kind of feature from its column, and all that can be missing", async () => {
    const made = await onnxCase(modelOf(everyKind), { rows: kindRows });
    for (const name of ["model.onnx", "rows.onnx"]) {
      const [difference, place] = await distanceOf(made, name);
      expect([name, difference <= 1e-5 ? "" : `${place} by ${difference}`]).toEqual([name, ""]);
    }
    expect(
      made.description.models["rows.onnx"]?.inputs.map(({ name, type, shape }) => `${name} ${type} ${shape.join("×")}`),
    ).toMatchInlineSnapshot(`
      [
        "city string B",
        "rank int64 B",
        "shop int64 B",
        "mall int64 B",
        "hour float64 B",
        "code string B",
        "code2 string B",
        "user.id int64 B",
        "price float64 B",
        "depth float64 B",
        "share float64 B",
        "length.value float64 B",
        "weight float64 B",
        "tags string B×3",
        "words.weight float64 B×2",
        "words string B×2",
        "seen int64 B×4",
        "clicks.length int64 B",
        "clicks string B×3",
        "times float64 B×3",
      ]
    `);
  });
});
