/** What the tests of the lowering share: models from texts, batches of random rows, and programs on the interpreter. */
import {
  type ArrayValue,
  createInterpreter,
  type GraphFunction,
  initialize,
  type Interpreter,
  type Program,
  type Tensor,
} from "../../src/compiler/graph/index.js";
import { evaluateNode } from "../../src/compiler/graph/ops/table.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { type LowerOptions, lowerModel } from "../../src/compiler/lower/index.js";
import {
  batchLayout,
  type FittedSizes,
  isListFeature,
  isSequence,
  type Model,
  positionsOf,
} from "../../src/compiler/model/index.js";
import { compileSpec } from "../../src/compiler/compile.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";

/** The model of a spec's text. Throws with its first error. */
export function modelOf(text: string): Model {
  const { model, diagnostics } = compileSpec("spec.mtl", createMemoryHost({ "spec.mtl": text }));
  if (model === undefined) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  return model;
}

/** The same number of ids for every feature that has any. */
export function sizesOf(model: Model, count = 7): FittedSizes {
  return {
    ids: Object.fromEntries(model.features.filter(({ kind }) => kind !== "numeric").map(({ name }) => [name, count])),
  };
}

export type Feeds = Readonly<Record<string, ArrayValue>>;

/** A small generator of its own, so that a test's rows never change with the code under test. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Inputs of whole numbers. */
const integers = new Set(["ids", "groups", "lists", "rows", "epoch"]);

/** Feeds as an engine takes them; those that it does not read are left out. */
export function hostTensors(feeds: Feeds, inputs: ReadonlySet<string>): Readonly<Record<string, HostTensor>> {
  const given = Object.entries(feeds).filter(([name]) => inputs.has(name));
  return Object.fromEntries(
    given.map(([name, { shape, data }]) => {
      const array = integers.has(name) ? Int32Array.from(data) : Float32Array.from(data);
      return [name, { shape, data: array }];
    }),
  );
}

/**
 * Random rows: ids in range, bags and sequences of random length, numbers in ±1, labels 0 or 1, everything known, weights 1; lists of 1 to 7
 * rows where a loss compares rows.
 */
export function randomFeeds(
  model: Model,
  rows: number,
  seed = 1,
  idCount: number | ((feature: string) => number) = 7,
): Feeds {
  const countOf = typeof idCount === "number" ? () => idCount : idCount;
  const random = createRandom(seed);
  const layout = batchLayout(model);
  // Of what is as long as another sequence, that one.
  const lists = new Map(
    model.features.flatMap((each) =>
      isListFeature(each) ? [[each.name, isSequence(each) ? positionsOf(each) : each.name]] : [],
    ),
  );
  const ids = Array.from({ length: rows }, () => {
    const lengths = new Map<string, number>();
    return layout.ids.flatMap(({ feature, width }) => {
      const list = lists.get(feature);
      const used = list === undefined ? width : (lengths.get(list) ?? Math.floor(random() * (width + 1)));
      if (list !== undefined) lengths.set(list, used);
      return Array.from({ length: width }, (_, place) => (place < used ? Math.floor(random() * countOf(feature)) : -1));
    });
  }).flat();
  const numbers = Array.from({ length: rows * layout.numberWidth }, () => random() * 2 - 1);
  const labels = Array.from({ length: rows * layout.labels.length }, () => (random() < 0.5 ? 1 : 0));
  return {
    ids: { shape: [rows, layout.idWidth], data: ids },
    numbers: { shape: [rows, layout.numberWidth], data: numbers },
    labels: { shape: [rows, layout.labels.length], data: labels },
    known: { shape: [rows, layout.labels.length], data: labels.map(() => 1) },
    weights: { shape: [rows], data: Array.from({ length: rows }, () => 1) },
    ...(model.loss.terms.some(({ by }) => by !== undefined) ? listFeeds(someGroups(rows)) : {}),
  };
}

/** Lists of 1, 2, …, 7, 1, 2, … rows. */
export function someGroups(rows: number): readonly number[] {
  const groups: number[] = [];
  for (let list = 0; groups.length < rows; list += 1)
    for (let place = 0; place <= list % 7 && groups.length < rows; place += 1) groups.push(list);
  return groups;
}

/** What a function that compares rows is fed, of rows whose lists are together and counted from 0. */
export function listFeeds(groups: readonly number[]): Feeds {
  const members: number[][] = [];
  groups.forEach((group, row) => (members[group] ??= []).push(row));
  const length = Math.max(...members.map((rows) => rows.length));
  const padded = members.flatMap((rows) => [...rows, ...Array.from({ length: length - rows.length }, () => -1)]);
  return {
    groups: { shape: [groups.length], data: [...groups] },
    rows: { shape: [groups.length], data: groups.map((_, row) => row) },
    lists: { shape: [members.length, length], data: padded },
  };
}

/** The feeds with some columns of labels (`undefined` is null). */
export function withLabels(
  model: Model,
  feeds: Feeds,
  columns: Readonly<Record<string, readonly (number | undefined)[]>>,
): Feeds {
  const names = model.labels.map(({ name }) => name);
  const rows = feeds["weights"]?.shape[0] ?? 0;
  const cells = Array.from({ length: rows }, (_, row) => names.map((name) => columns[name]?.[row])).flat();
  const shape = [rows, names.length];
  return {
    ...feeds,
    labels: { shape, data: cells.map((cell) => cell ?? 0) },
    known: { shape, data: cells.map((cell) => (cell === undefined ? 0 : 1)) },
  };
}

export interface Opened {
  readonly model: Model;
  readonly program: Program;
  readonly interpreter: Interpreter;
  readonly run: (fn: string, feeds: Feeds) => Readonly<Record<string, Tensor>>;
}

/** A program with its first weights. */
export function open(text: string | Model, options: LowerOptions & { readonly ids?: number } = {}): Opened {
  const model = typeof text === "string" ? modelOf(text) : text;
  const program = lowerModel(model, sizesOf(model, options.ids), options);
  const initial = new Map(program.state.map((each) => [each.name, initialize(each, model.train.seed)]));
  const interpreter = createInterpreter(program, initial);
  return { model, program, interpreter, run: (fn, feeds) => interpreter.run(fn, feeds) };
}

export function functionOf(program: Program, name: string): GraphFunction {
  const fn = program.functions.find((each) => each.name === name);
  if (fn === undefined) throw new Error(`there is no function ${name}`);
  return fn;
}

/** The names of a function's inputs, sorted. */
export function inputsOf(program: Program, name: string): readonly string[] {
  return functionOf(program, name)
    .nodes.flatMap((node) => (node.op === "input" ? [node.attributes.name] : []))
    .toSorted();
}

export function list(outputs: Readonly<Record<string, Tensor>>, name: string): readonly number[] {
  const tensor = outputs[name];
  if (tensor === undefined) throw new Error(`there is no output ${name}: ${Object.keys(outputs).join(", ")}`);
  return [...tensor.data];
}

export function scalar(outputs: Readonly<Record<string, Tensor>>, name: string): number {
  const [value = NaN] = list(outputs, name);
  return value;
}

/** The largest difference, relative where the numbers are large. */
export function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce(
    (most, value, place) => Math.max(most, Math.abs(value - (b[place] ?? NaN)) / Math.max(1, Math.abs(value))),
    0,
  );
}

/** Runs a function without state with every value rounded to float32, as engines compute. */
export function runInFloat32(fn: GraphFunction, feeds: Feeds): Readonly<Record<string, readonly number[]>> {
  const sizes = new Map<string, number>();
  const values: Tensor[] = [];
  const sizeOf = (dim: number | string): number => {
    const size = typeof dim === "number" ? dim : sizes.get(dim);
    if (size === undefined) throw new Error(`the size ${dim} is not known`);
    return size;
  };
  for (const node of fn.nodes) {
    const tensor = evaluateNode(
      node,
      node.inputs.map((input) => values[input] ?? fail(`no value ${input}`)),
      {
        sizes: (shape) => shape.map(sizeOf),
        bind: (name, size) => sizes.set(name, size),
        state: (name) => fail(`the function reads ${name}`),
        input: (name) => {
          const { shape, data } = feeds[name] ?? fail(`no feed ${name}`);
          node.type.shape.forEach((dim, axis) => typeof dim === "string" && sizes.set(dim, shape[axis] ?? 0));
          return { dtype: node.type.dtype, shape, data: Float64Array.from(data) };
        },
      },
    );
    values.push({ ...tensor, data: tensor.data.map(Math.fround) });
  }
  return Object.fromEntries(fn.outputs.map(({ name, value }) => [name, [...(values[value]?.data ?? [])]]));
}

function fail(message: string): never {
  throw new Error(message);
}

/** Outputs and state of a training function after two steps from first weights, by the interpreter, one number after another. */
export function afterTwoSteps(program: Program, fn: GraphFunction, feeds: Feeds): readonly number[] {
  const initial = new Map(program.state.map((each) => [each.name, initialize(each, 1)]));
  const interpreter = createInterpreter({ ...program, functions: [fn] }, initial);
  const outputs = [interpreter.run(fn.name, feeds), interpreter.run(fn.name, feeds)];
  return [
    ...outputs.flatMap((each) => Object.values(each).flatMap(({ data }) => [...data])),
    ...program.state.flatMap(({ name }) => [...interpreter.get(name).data]),
  ];
}
