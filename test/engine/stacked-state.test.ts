import { describe, expect, it } from "vitest";
import { bindDims, initialize, stackTraining } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { HostTensor, Session } from "../../src/runtime/engine/engine.js";
import { withParts } from "../../src/runtime/engine/stacked-state.js";
import { expectSameSteps, onBoth } from "../lower/engine-steps.js";
import { distance, hostTensors, inputsOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { manyTasks } from "../lower/many-tasks.js";
import { describeEngines } from "./engines.js";

const batch = 16;
const model = manyTasks(9, (at) => `${(at + 1) / 4} * `);
const program = lowerModel(model, sizesOf(model));

/** A session that only holds state. */
function heldSession(state: Map<string, HostTensor>): Session {
  return {
    run: () => ({}),
    get: (names = [...state.keys()]) =>
      new Map(
        names.flatMap((name) => {
          const value = state.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    set: (values) => {
      for (const [name, value] of values) state.set(name, value);
    },
    readRows: () => new Float32Array(0),
    writeRows: () => undefined,
    close: () => undefined,
  };
}

describe("a session whose variables are stacked", () => {
  const stacked = stackTraining({ ...program, functions: program.functions.map((fn) => bindDims(fn, { B: batch })) });
  const values = new Map(
    program.state.map((variable): [string, HostTensor] => [
      variable.name,
      { shape: variable.type.shape.map(Number), data: initialize(variable, 1) },
    ]),
  );
  const open = (): { readonly held: Map<string, HostTensor>; readonly session: Session } => {
    const held = new Map<string, HostTensor>();
    const session = withParts(heldSession(held), stacked.stacked);
    session.set(values);
    return { held, session };
  };

  it("holds each variable of the program once", () => {
    const { held, session } = open();
    expect([...held.keys()].toSorted()).toEqual(stacked.program.state.map(({ name }) => name).toSorted());
    expect(held.size).toBeLessThan(program.state.length / 3);
    expect(new Map([...session.get()].toSorted())).toEqual(new Map([...values].toSorted()));
    expect(session.get([...values.keys()])).toEqual(values);
  });

  it("starts as the stacked variables themselves say", () => {
    const { held } = open();
    for (const { whole } of stacked.stacked)
      expect([...(held.get(whole.name)?.data ?? [])]).toEqual([...initialize(whole, 1)]);
  });

  it("replaces one and leaves the others", () => {
    const { session } = open();
    const value = { shape: [5, 1], data: Float32Array.of(1, 2, 3, 4, 5) };
    session.set(new Map([["p4/logit.weight", value]]));
    const expected = new Map([...values, ["p4/logit.weight", value]]);
    expect(session.get([...values.keys()])).toEqual(expected);
  });

  it("refuses a value of another size, and a name that it does not have", () => {
    const { session } = open();
    const short = { shape: [4, 1], data: Float32Array.of(1, 2, 3, 4) };
    expect(() => session.set(new Map([["p4/logit.weight", short]]))).toThrow(
      "state `p4/logit.weight` is [5, 1], was given [4, 1]",
    );
    expect(() => session.get(["nobody"])).toThrow("no state `nobody`");
  });
});

describeEngines("a model of nine tasks of one form", (engine, name) => {
  it("takes the steps of the interpreter", async () => {
    await expectSameSteps(await engine(), { program }, batch, (step) => randomFeeds(model, batch, step + 1));
  }, 120_000);

  it.runIf(name === "native")(
    "differs by rounding only after two hundred steps, one by one and in one call",
    async () => {
      const feeds = randomFeeds(model, batch, 1);
      const inputs = hostTensors(feeds, new Set(inputsOf(program, "train")));
      const plain = await (await engine()).open(program, { functions: ["train"] });
      await onBoth(await engine(), program, { trainBatch: batch }, ({ session }) => {
        plain.set(session.get());
        const most = session.stepsPerCall?.("train") ?? 1;
        const queue = Object.fromEntries(
          Object.entries(inputs).map(([input, { shape, data }]) => {
            const all =
              data instanceof Float32Array ? new Float32Array(most * data.length) : new Int32Array(most * data.length);
            for (let at = 0; at < most; at += 1) all.set(data, at * data.length);
            return [input, { shape: [most, ...shape], data: all }];
          }),
        );
        for (let left = 200; left > 0; left -= most) session.runSteps?.("train", queue, Math.min(left, most));
        for (let step = 0; step < 200; step += 1) plain.run("train", inputs);
        const found = session.get();
        for (const [variable, { data }] of plain.get())
          expect([variable, distance([...(found.get(variable)?.data ?? [])], [...data]) < 1e-4]).toEqual([
            variable,
            true,
          ]);
      });
      plain.close();
    },
    120_000,
  );
});
