/** Steps of a whole program on an engine, held to the interpreter. */
import { expect } from "vitest";
import {
  createInterpreter,
  initialize,
  type Interpreter,
  type Program,
  type Tensor,
} from "../../src/compiler/graph/index.js";
import type { Engine, HostTensor, Session } from "../../src/runtime/engine/engine.js";
import { distance, type Feeds, hostTensors, inputsOf, type Opened } from "./harness.js";

/** A program on an engine and on the interpreter, from the same first values. */
export interface Both {
  readonly session: Session;
  readonly oracle: Interpreter;
  /** A training step of each; feeds that the step does not read are left out. */
  readonly step: (feeds: Feeds) => {
    readonly found: Readonly<Record<string, HostTensor>>;
    readonly wanted: Readonly<Record<string, Tensor>>;
  };
}

/** Opens the program on both, and closes it after `use`. With `trainBatch` XLA compiles the step, which takes longer than all else here. */
export async function onBoth(
  engine: Engine,
  program: Program,
  { trainBatch }: { readonly trainBatch?: number | undefined },
  use: (both: Both) => void,
): Promise<void> {
  const values = new Map(program.state.map((each) => [each.name, initialize(each, 3)]));
  const session = await engine.open(program, {
    functions: ["train"],
    ...(trainBatch === undefined ? {} : { trainBatch }),
  });
  try {
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
    const step: Both["step"] = (feeds) => {
      return { found: session.run("train", hostTensors(feeds, inputs)), wanted: oracle.run("train", feeds) };
    };
    use({ session, oracle, step });
  } finally {
    session.close();
  }
}

/** Some training steps on rows of `feeds`: every output and, afterwards, every variable is the interpreter's. */
export async function expectSameSteps(
  engine: Engine,
  { program }: Pick<Opened, "program">,
  batch: number,
  feedsOf: (step: number) => Feeds,
  isCompiled = true,
): Promise<void> {
  await onBoth(engine, program, { trainBatch: isCompiled ? batch : undefined }, ({ session, oracle, step }) => {
    for (let at = 0; at < 3; at += 1) {
      const { found, wanted } = step(feedsOf(at));
      for (const [name, { data }] of Object.entries(wanted))
        expect([name, distance([...data], [...(found[name]?.data ?? [])]) < 1e-4]).toEqual([name, true]);
    }
    for (const [name, { data }] of session.get())
      expect([name, distance([...data], [...oracle.get(name).data]) < 1e-4]).toEqual([name, true]);
  });
}
