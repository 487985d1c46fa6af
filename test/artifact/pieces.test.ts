import { describe, expect, it } from "vitest";
import type { StateVariable } from "../../src/compiler/graph/graph.js";
import { joinState, splitState } from "../../src/runtime/artifact/pieces.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";

const zero = { kind: "constant", value: 0 } as const;
const merged: StateVariable = {
  name: "embeddings.2",
  type: { dtype: "float32", shape: [5, 2] },
  role: "parameter",
  pieces: [
    { name: "user.embedding", row: 0, rows: 2, initializer: zero },
    { name: "item.embedding", row: 2, rows: 3, initializer: zero },
  ],
};
const step: StateVariable = {
  name: "step",
  type: { dtype: "int32", shape: [] },
  role: "step",
  pieces: [{ name: "step", row: 0, rows: 1, initializer: zero }],
};
const variables = [merged, step];
const state = new Map<string, HostTensor>([
  ["embeddings.2", { shape: [5, 2], data: Float32Array.from({ length: 10 }, (_, i) => i) }],
  ["step", { shape: [], data: Int32Array.of(7) }],
]);

describe("pieces of state", () => {
  it("are cut by the rows of each logical name", () => {
    expect([...splitState(variables, state)]).toEqual([
      ["user.embedding", { shape: [2, 2], data: Float32Array.of(0, 1, 2, 3) }],
      ["item.embedding", { shape: [3, 2], data: Float32Array.of(4, 5, 6, 7, 8, 9) }],
      ["step", { shape: [], data: Int32Array.of(7) }],
    ]);
  });

  it("join to what they were cut from", () => {
    expect([...joinState(variables, splitState(variables, state))]).toEqual([...state]);
  });

  it("are refused by name when one is missing or of another shape", () => {
    const pieces = new Map(splitState(variables, state));
    pieces.set("item.embedding", { shape: [2, 2], data: new Float32Array(4) });
    expect(() => joinState(variables, pieces)).toThrow("`item.embedding` has shape [2, 2] and the model wants [3, 2]");
    pieces.delete("item.embedding");
    expect(() => joinState(variables, pieces)).toThrow(
      "MTL7207: the weights do not fit the model: `item.embedding` is missing",
    );
  });
});
