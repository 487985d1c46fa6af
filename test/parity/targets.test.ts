/** What `npm run bench -- parity` does for every spec and target, for a few of each; those in Python and in a browser have tests of their own. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parityCase } from "../../bench/parity/cases.js";
import { type Cell, cellsOf, isFar, textOf } from "../../bench/parity/compare.js";
import { runners } from "../../bench/parity/runners.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";

const specs = join(import.meta.dirname, "../../specs");
const cases = ["census/mmoe.mtl", "examples/din.mtl"].map((file) => parityCase(file, loadSpec(join(specs, file)), 4));

describe("parity of engines and targets", () => {
  it.each(["native", "wasm", "cpu", "onnx", "simd", "onnx-node"])(
    "is kept by %s",
    { timeout: 60_000 },
    async (name) => {
      const runner = runners.find((each) => each.name === name)!;
      const absent = await runner.absent();
      if (absent !== undefined) return console.warn(absent);
      const cells = await cellsOf(runner, cases);
      expect(cells.map(({ kind }) => kind)).toEqual(["compared", "compared"]);
      expect(cells.filter(isFar)).toEqual([]);
    },
  );

  it("is broken by a value that is further away, by a head that is not there, and by an error", async () => {
    const [made] = cases;
    const { expected } = made!;
    const [[head, values] = ["", []]] = Object.entries(expected);
    const answer = (change: (value: number) => number) => ({ ...expected, [head]: values.map(change) });
    const answers = [
      expected,
      answer((x) => x * 1.00002),
      { ...expected, [head]: [] },
      "error: it fell over",
      "no network",
    ];
    const cells = await Promise.all(
      answers.map(async (each): Promise<Cell | undefined> => {
        const runner = { name: "one", absent: async () => undefined, run: async () => [each] };
        return (await cellsOf(runner, [made!]))[0];
      }),
    );
    const throws = { name: "one", absent: async () => undefined, run: () => Promise.reject(new Error("no browser")) };
    expect(await cellsOf(throws, [made!])).toEqual([{ kind: "failed", why: "error: no browser" }]);
    expect(cells.map((cell) => cell !== undefined && isFar(cell))).toEqual([false, true, true, true, false]);
    expect(cells.map(textOf)).toEqual(["0", "2.0e-5", "NaN", "failed", "refused"]);
  });
});
