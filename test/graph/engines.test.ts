/** A whole training step on every engine against the interpreter: random numbers, clipping, schedule, sparse rows. */
import { expect, it } from "vitest";
import {
  appendTrainStep,
  bindDims,
  createInterpreter,
  float32,
  GraphBuilder,
  type Initializer,
  initialize,
  int32,
  type OptimizerName,
  optimizers,
  philoxUniform,
  type Program,
  schedules,
  type StateVariable,
} from "../../src/compiler/graph/index.js";
import { describeEngines } from "../engine/engines.js";
import { variable } from "./evaluate.js";

const batch = 16;
const normal: Initializer = { kind: "normal", mean: 0, deviation: 0.5 };
const parameter = (name: string, ...shape: readonly number[]): StateVariable =>
  variable(name, float32(...shape), "parameter", normal);

/** Two layers with dropout over a table and numbers, and a penalty on the rows that were read. */
function trainProgram(name: OptimizerName, sparse: boolean): Program {
  const b = new GraphBuilder("train");
  const [table, first, second] = [parameter("table", 50, 8), parameter("w0", 27, 16), parameter("w1", 16, 1)];
  const step = variable("step", int32(), "step");
  const ids = b.slice(b.input("ids", int32("B", 4)), { axis: 1, begin: 0, size: 3 });
  const rows = b.gather(b.state(table), ids);
  const numbers = b.log1p(b.abs(b.input("numbers", float32("B", 3))));
  const x = b.concat([b.reshape(rows, ["B", 24]), numbers], 1);
  const keep = b.less(b.random(b.state(step), b.scalar(1, "int32"), { stream: 1, shape: ["B", 16] }), b.scalar(0.9));
  const hidden = b.select(keep, b.relu(b.matmul(x, b.state(first))), b.scalar(0));
  const penalty = b.sum(b.square(b.gather(b.state(table), b.flatten(ids))));
  const loss = b.add(b.mean(b.softplus(b.matmul(hidden, b.state(second)))), b.scale(penalty, 1e-3));
  const train = appendTrainStep(b, {
    loss,
    variables: [table, first, second],
    sparse: new Set(sparse ? ["table"] : []),
    optimizer: { kind: optimizers[name], settings: {} },
    schedule: { kind: schedules.cosine, settings: { steps: 100, warmup: 10 } },
    clip: { kind: "norm", limit: 0.5 },
    step,
  });
  const fn = bindDims(b.finish([{ name: "loss", value: loss }], train.updates), { B: batch });
  return { state: [table, first, second, ...train.slots, step], functions: [fn] };
}

function feedsOf(step: number) {
  return {
    ids: {
      shape: [batch, 4],
      data: Int32Array.from({ length: batch * 4 }, (_, place) => (place * place * 7 + step * 13) % 50),
    },
    numbers: { shape: [batch, 3], data: philoxUniform(1, 2, step, batch * 3) },
  };
}

describeEngines("twenty steps of training", (engine) => {
  it.each([
    ["sgd", true],
    ["momentum", true],
    ["adagrad", true],
    ["adam", true],
    ["adam", false],
    ["adamw", true],
  ] as const)("%s, touched rows only: %s", async (name, sparse) => {
    const program = trainProgram(name, sparse);
    const values = new Map(program.state.map((each) => [each.name, initialize(each, 3)]));
    const session = await (await engine()).open(program);
    session.set(
      new Map(
        program.state.map(({ name: key, type }) => [
          key,
          { shape: type.shape.map(Number), data: values.get(key) ?? new Float32Array(0) },
        ]),
      ),
    );
    const oracle = createInterpreter(program, values);
    for (let step = 0; step < 20; step += 1) {
      const expected = oracle.run("train", feedsOf(step))["loss"]?.data[0] ?? NaN;
      const actual = session.run("train", feedsOf(step))["loss"]?.data[0] ?? NaN;
      expect(Math.abs(actual - expected) / expected).toBeLessThan(1e-5);
    }
    for (const [key, { data }] of session.get()) {
      const expected = oracle.get(key).data;
      expect(Math.max(...[...data].map((value, place) => Math.abs(value - (expected[place] ?? NaN))))).toBeLessThan(
        1e-4,
      );
    }
    session.close();
  });
});
