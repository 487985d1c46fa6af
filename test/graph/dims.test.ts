import { describe, expect, it } from "vitest";
import {
  addDims,
  bindDim,
  bindType,
  broadcastShapes,
  elementCount,
  float32,
  formatType,
  isDim,
  multiplyDims,
  sizeOf,
  symbolsOf,
} from "../../src/compiler/graph/index.js";

describe("products of sizes", () => {
  it.each([
    [[], 1],
    [[3, 4], 12],
    [["B"], "B"],
    [["B", 32], "32*B"],
    [[8, "U", "B", 2], "16*B*U"],
    [["4*B", "2*B"], "8*B*B"],
    [["B", 0], 0],
  ])("%j make %j, however they are put together", (dims, product) => {
    expect(multiplyDims(...dims)).toBe(product);
    expect(multiplyDims(...dims.toReversed())).toBe(product);
    expect(isDim(product)).toBe(true);
  });

  it.each(["", "B*32", "0*B", "1*B", "U*B", "2*", "-2*B", "B+1", 1.5, -1, NaN])("%j is not a size", (dim) => {
    expect(isDim(dim)).toBe(false);
  });

  it("tells apart the elements of reshapes that fit from those that do not", () => {
    expect(elementCount(["B", 256])).toBe(elementCount(["B", 8, 32]));
    expect(elementCount(["B", 20])).toBe(elementCount(["20*B"]));
    expect(elementCount(["B", 20])).not.toBe(elementCount(["B", 21]));
  });
});

it("adds like sizes and nothing else", () => {
  expect(addDims("20*B", "5*B")).toBe("25*B");
  expect(addDims("B", "B")).toBe("2*B");
  expect(addDims(0, "B")).toBe("B");
  expect(addDims(3, 4)).toBe(7);
  expect(addDims("B", 1)).toBeUndefined();
  expect(addDims("B", "U")).toBeUndefined();
});

it("binds names to numbers, also inside of products", () => {
  expect(bindDim("32*B*U", { B: 4 })).toBe("128*U");
  expect(bindDim("32*B", { B: 4 })).toBe(128);
  expect(bindDim("B", { U: 4 })).toBe("B");
  expect(bindType(float32("B", 3), { B: 7 })).toEqual(float32(7, 3));
  expect(sizeOf("2*B*B", new Map([["B", 3]]))).toBe(18);
  expect(() => sizeOf("2*B", new Map())).toThrow("the size `B` is not known");
  expect(symbolsOf("2*B*U")).toEqual(["B", "U"]);
});

describe("broadcasting", () => {
  it.each([
    [[[], [3]], [3]],
    [
      [
        ["B", 1],
        [1, 4],
      ],
      ["B", 4],
    ],
    [
      [["B", 2, 3], [3], [2, 1]],
      ["B", 2, 3],
    ],
    [[["B"], ["B"]], ["B"]],
    [[["B"], [2]], undefined],
    [[["B"], ["U"]], undefined],
    [
      [
        [2, 3],
        [3, 2],
      ],
      undefined,
    ],
    [[[0], [1]], [0]],
  ])("%j → %j", (shapes, result) => {
    expect(broadcastShapes(...shapes)).toEqual(result);
  });
});

it("prints types as they are written", () => {
  expect(formatType(float32("B", 32))).toBe("float32[B, 32]");
  expect(formatType(float32())).toBe("float32[]");
});
