import * as tf from "@tensorflow/tfjs-core";
import { beforeEach, expect, it } from "vitest";
import type { Session } from "../../src/runtime/engine/engine.js";
import { loadBinding } from "../../src/runtime/engine/native-binding.js";
import { describeEngines } from "./engines.js";
import { floats, ints, updatesProgram } from "./programs.js";

const table = floats([4, 2], 1, 2, 3, 4, 5, 6, 7, 8);

describeEngines("a session", (engine, name) => {
  let session: Session;
  beforeEach(async () => {
    session = await (await engine()).open(updatesProgram);
    return () => session.close();
  });
  const train = (x = floats([2], 1, 2), ids = ints([2], 3, 0), rows = floats([2, 2], 9, 9, -1, -2)) =>
    session.run("train", { x, ids, rows });
  const values = (): Record<string, readonly number[]> =>
    Object.fromEntries([...session.get()].map(([key, value]) => [key, [...value.data]]));

  it("starts with zeros", () => {
    expect(values()).toEqual({ w: [0, 0], copy: [0, 0], old: [0, 0], table: Array(8).fill(0), step: [0] });
  });

  it("gives back what was set, of the right type and shape, and takes a copy of it", () => {
    const given = floats([2], 0.1, -3);
    session.set(
      new Map([
        ["w", given],
        ["step", ints([], 7)],
      ]),
    );
    given.data[0] = 99;
    const got = session.get(["step", "w"]);
    expect([...got.keys()]).toEqual(["step", "w"]);
    expect(got.get("step")).toEqual({ shape: [], data: Int32Array.of(7) });
    expect(got.get("w")).toEqual({ shape: [2], data: Float32Array.of(0.1, -3) });
  });

  it("reads the state as it was before the call and applies all updates together", () => {
    session.set(
      new Map([
        ["w", floats([2], 10, 20)],
        ["table", table],
      ]),
    );
    const outputs = train();
    expect([...(outputs["before"]?.data ?? [])]).toEqual([10, 20]);
    expect([...(outputs["rowsBefore"]?.data ?? [])]).toEqual([7, 8, 1, 2]);
    expect(values()).toEqual({
      w: [11, 22],
      copy: [1, 2],
      old: [10, 20],
      table: [-1, -2, 3, 4, 5, 6, 9, 9],
      step: [1],
    });
    train();
    expect(values()).toMatchObject({ w: [12, 24], old: [11, 22], step: [2] });
  });

  it("keeps no hold of the arrays that were fed, nor of those it returned", () => {
    session.set(new Map([["table", table]]));
    const x = floats([2], 1, 2);
    const rows = floats([2, 2], 9, 9, -1, -2);
    const outputs = train(x, ints([2], 3, 0), rows);
    const got = session.get();
    x.data.fill(55);
    rows.data.fill(55);
    outputs["before"]?.data.fill(55);
    got.get("w")?.data.fill(55);
    got.get("table")?.data.fill(55);
    expect(values()).toMatchObject({ w: [1, 2], copy: [1, 2], old: [0, 0], table: [-1, -2, 3, 4, 5, 6, 9, 9] });
  });

  it("takes any size of a symbolic dimension", () => {
    session.set(new Map([["w", floats([2], 2, 3)]]));
    for (const rows of [1, 3]) {
      const outputs = session.run("evaluate", { x: floats([rows, 2], ...Array<number>(2 * rows).fill(1)) });
      expect(outputs["y"]).toEqual(floats([rows, 2], ...Array.from({ length: rows }, () => [2, 3]).flat()));
      expect(outputs["ones"]?.shape).toEqual([rows]);
    }
  });

  it("refuses feeds that do not fit, and runs on", () => {
    expect(() => session.run("train", { x: floats([2], 1, 2) })).toThrow("`train` needs the input `ids`");
    expect(() => train(floats([3], 1, 2, 3))).toThrow("input `x` of `train` has shape [3]; it is [2]");
    expect(() => train(floats([2, 1], 1, 2))).toThrow("has shape [2, 1]; it is [2]");
    expect(() => train(floats([2], 1, 2), ints([1], 0))).toThrow("it is [N, 2] with N = 1");
    expect(() => train(ints([2], 1, 2))).toThrow("is an Int32Array; it is of float32");
    expect(() => train(floats([2], 1))).toThrow("has 1 elements; its shape [2] has 2");
    expect(() => session.run("nothing", {})).toThrow("no function `nothing`");
    expect(() => session.get(["nothing"])).toThrow("no state `nothing`");
    expect(() => session.set(new Map([["w", floats([1], 1)]]))).toThrow("state `w` has shape [1]; it is [2]");
    expect(() => train(floats([2], 1, 2), ints([2], 4, 0))).toThrow();
    session.set(new Map([["w", floats([2], 0, 0)]]));
    train();
    expect(values()).toMatchObject({ w: [1, 2] });
  });

  it("leaks no tensor over a hundred steps", () => {
    const binding = loadBinding();
    const alive = (): number =>
      name === "native" && binding.kind === "loaded" ? binding.binding.getNumOfTensors() : tf.memory().numTensors;
    train();
    const before = alive();
    for (let step = 0; step < 100; step += 1) train();
    session.get();
    expect(alive()).toBe(before);
  });
});
