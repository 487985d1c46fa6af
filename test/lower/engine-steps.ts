/** Steps of a whole program on an engine, held to the interpreter. */
import { expect } from "vitest";
import { createInterpreter, initialize } from "../../src/compiler/graph/index.js";
import type { Engine } from "../../src/runtime/engine/engine.js";
import { distance, type Feeds, inputsOf, type Opened } from "./harness.js";

/**
 * Some training steps on rows of `feeds`: every output and, afterwards, every variable is the interpreter's. `isCompiled`: by XLA,
 * which takes longer than all else here.
 */
export async function expectSameSteps(
  engine: Engine,
  { program }: Pick<Opened, "program">,
  batch: number,
  feedsOf: (step: number) => Feeds,
  isCompiled = true,
): Promise<void> {
  const values = new Map(program.state.map((each) => [each.name, initialize(each, 3)]));
  const session = await engine.open(program, { functions: ["train"], ...(isCompiled ? { trainBatch: batch } : {}) });
  session.set(
    new Map(
      program.state.map(({ name, type }) => [
        name,
        { shape: type.shape.map(Number), data: values.get(name) ?? new Float32Array(0) },
      ]),
    ),
  );
  const oracle = createInterpreter(program, values);
  const inputs = new Set(inputsOf(program, "train"));
  for (let step = 0; step < 3; step += 1) {
    const feeds = feedsOf(step);
    const typed = Object.fromEntries(
      Object.entries(feeds).flatMap(([name, { shape, data }]) => {
        if (!inputs.has(name)) return [];
        const isInt = ["ids", "groups", "lists", "rows"].includes(name);
        return [[name, { shape, data: isInt ? Int32Array.from(data) : Float32Array.from(data) }] as const];
      }),
    );
    const expected = oracle.run("train", feeds);
    const actual = session.run("train", typed);
    for (const [name, { data }] of Object.entries(expected))
      expect([name, distance([...data], [...(actual[name]?.data ?? [])]) < 1e-4]).toEqual([name, true]);
  }
  for (const [name, { data }] of session.get())
    expect([name, distance([...data], [...oracle.get(name).data]) < 1e-4]).toEqual([name, true]);
  session.close();
}
