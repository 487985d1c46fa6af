/**
 * The gradients of every shipped spec, held to difference quotients of its own training step: dropout, noise, batch statistics and
 * drawn rows are those of the step, as the same state draws the same; what no gradient flows through is held still.
 */
import { describe, expect, it } from "vitest";
import { initialize, type Program, type Tensor } from "../../src/compiler/graph/index.js";
import { sizeOf } from "../../src/compiler/graph/dims.js";
import { createTensor, filledTensor } from "../../src/compiler/graph/tensor.js";
import { evaluateNode } from "../../src/compiler/graph/ops/table.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { servingOnes, shippedModels } from "../shipped-models.js";
import { createRandom, type Feeds, functionOf, randomFeeds, sizesOf } from "./harness.js";

const [rows, ids] = [8, 7];

/** One plain step of size 1 of the sum of the losses: parameters go down by their gradients. */
function plain(model: Model): Model {
  const { optimizers: _o, schedules: _s, lrFactors: _f, accumulate: _a, ema: _e, ...train } = model.train;
  return {
    ...model,
    loss: { ...model.loss, balance: { method: "fixed", arguments: {} } },
    train: {
      ...train,
      optimizer: { name: "sgd", arguments: { lr: 1 } },
      schedule: { name: "constant", arguments: {} },
      clip: { kind: "none" },
      batch: rows,
    },
  };
}

type State = ReadonlyMap<string, Tensor>;

interface Step {
  readonly loss: number;
  /** By node: the values that are held still. */
  readonly stopped: ReadonlyMap<number, Tensor>;
  readonly after: State;
}

/** A training step in float64; with `held`, what no gradient flows through stays as it was there. */
function takeStep(program: Program, state: State, feeds: Feeds, held?: Step["stopped"]): Step {
  const fn = functionOf(program, "train");
  const sizes = new Map<string, number>();
  const values: Tensor[] = [];
  const stopped = new Map<number, Tensor>();
  const at = (id: number): Tensor => values[id] ?? fail(`no value ${id}`);
  fn.nodes.forEach((node, id) => {
    const value =
      held?.get(id) ??
      evaluateNode(node, node.inputs.map(at), {
        sizes: (shape) => shape.map((dim) => sizeOf(dim, sizes)),
        bind: (name, size) => sizes.set(name, size),
        state: (name) => state.get(name) ?? fail(name),
        input: (name) => {
          const { shape, data } = feeds[name] ?? fail(`no feed ${name}`);
          node.type.shape.forEach((dim, axis) => typeof dim === "string" && sizes.set(dim, shape[axis] ?? 0));
          return createTensor(node.type.dtype, shape, data);
        },
      });
    if (node.op === "stopGradient") stopped.set(id, value);
    values.push(value);
  });
  const after = new Map(state);
  for (const update of fn.updates) {
    const table = state.get(update.state) ?? fail(update.state);
    if (update.kind === "assign") after.set(update.state, at(update.value));
    else after.set(update.state, replaced(table, at(update.ids), at(update.rows)));
  }
  const loss = fn.outputs.find(({ name }) => name === "loss") ?? fail("no loss");
  return { loss: at(loss.value).data[0] ?? NaN, stopped, after };
}

function replaced(table: Tensor, ids: Tensor, rows: Tensor): Tensor {
  const width = rows.data.length / Math.max(1, ids.data.length);
  const data = table.data.slice();
  ids.data.forEach((id, row) => data.set(rows.data.subarray(row * width, (row + 1) * width), id * width));
  return { ...table, data };
}

function fail(message: string): never {
  throw new Error(message);
}

/** First values, a little off: a bias of 0 may sit on the kink of a ReLU. */
function startOf(program: Program): State {
  const random = createRandom(5);
  return new Map(
    program.state.map((variable) => {
      const shape = variable.type.shape.map(Number);
      const first = filledTensor(variable.type.dtype, shape, 0);
      const values = Float64Array.from(initialize(variable, 3));
      const moved = variable.role === "parameter" ? values.map((value) => value + 0.02 * (random() - 0.5)) : values;
      return [variable.name, { ...first, data: moved }] as const;
    }),
  );
}

describe.each(shippedModels)("%s", (_, given) => {
  it("has the gradient of its loss", () => {
    const model = plain(given);
    const program = lowerModel(model, sizesOf(model, ids), { serving: servingOnes(model) });
    const start = startOf(program);
    const feeds = randomFeeds(model, rows, 2, ids);
    const step = takeStep(program, start, feeds);
    const random = createRandom(9);
    // One direction in all parameters at once; each variable goes as far as its gradient is short, so that none is hidden.
    const direction = new Map<string, Float64Array>();
    let slope = 0;
    for (const { name, role } of program.state) {
      if (role !== "parameter") continue;
      const [before, after] = [start.get(name)?.data ?? [], step.after.get(name)?.data ?? []];
      const gradient = Float64Array.from(before, (value, at) => value - (after[at] ?? NaN));
      const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
      const scale = 1 / Math.max(norm, 1e-2);
      const along = gradient.map(() => scale * (random() - 0.5));
      direction.set(name, along);
      slope += gradient.reduce((sum, value, at) => sum + value * (along[at] ?? 0), 0);
    }
    const lossAt = (distance: number): number => {
      const moved = new Map(start);
      for (const [name, along] of direction) {
        const tensor = start.get(name) ?? fail(name);
        moved.set(name, {
          ...tensor,
          data: Float64Array.from(tensor.data, (v, at) => v + distance * (along[at] ?? 0)),
        });
      }
      return takeStep(program, moved, feeds, step.stopped).loss;
    };
    const h = 1e-7;
    const quotient = (lossAt(h) - lossAt(-h)) / (2 * h);
    expect(slope).not.toBe(0);
    expect(Math.abs(quotient - slope) / Math.max(0.1, Math.abs(slope))).toBeLessThan(1e-5);
  });
});
