/** Runs one built-in by itself: what it asks for becomes state of a small function. */
import {
  type FamilyBuiltin,
  type HeadValue,
  type LayerBuiltin,
  type LayerContext,
  lowerLayer,
  type ParameterSpec,
  type RowLossBuiltin,
  resolveFamily,
  resolveGate,
  resolveLayer,
  resolveLoss,
} from "../../src/compiler/builtins/index.js";
import {
  createInterpreter,
  float32,
  GraphBuilder,
  gradients,
  initialize,
  type Initializer,
  type Program,
  type StateVariable,
  type Tensor,
  type Update,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { createLists } from "../../src/compiler/lower/lists.js";
import { type Feeds, listFeeds } from "../lower/harness.js";
import type { Arguments, ArgumentValue } from "../../src/compiler/model/index.js";

export interface Rows {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** Of a sequence [B, L, d]: 1 where there is a value, else 0; [B, L]. */
  readonly mask?: readonly number[];
}

export interface LayerRun {
  /** Rows first: [B, d], or [B, n, d] of a replicated input. */
  readonly inputs: readonly Rows[];
  readonly arguments?: Arguments;
  readonly replicas?: number;
  readonly training?: boolean;
  /** Rows that count; default all. */
  readonly present?: readonly number[];
  /** Values of parameters and statistics by name; the others start as the layer says. */
  readonly state?: Readonly<Record<string, readonly number[]>>;
  readonly seed?: number;
}

export interface LayerResult {
  readonly output: Tensor;
  /** Of Σ outputs with respect to each input. */
  readonly gradients: readonly Tensor[];
  readonly state: ReadonlyMap<string, Tensor>;
  readonly variables: readonly StateVariable[];
}

/** Arguments with the built-in's defaults for what is not given. */
export function withDefaults(parameters: readonly ParameterSpec[], given: Arguments = {}): Arguments {
  return Object.fromEntries(parameters.map((spec) => [spec.name, given[spec.name] ?? (spec.default as ArgumentValue)]));
}

export function layerNamed(name: string): LayerBuiltin {
  const layer = resolveLayer(name);
  if (layer === undefined) throw new Error(`there is no layer ${name}`);
  return layer;
}

export function runLayer(
  layer:
    | LayerBuiltin
    | (Pick<LayerBuiltin, "parameters"> & {
        readonly lower: (context: LayerContext) => ValueId;
        readonly kind?: never;
      }),
  run: LayerRun,
): LayerResult {
  const builder = new GraphBuilder("layer");
  const variables = new Map<string, StateVariable>();
  const updates: Update[] = [];
  const step = variable("step", [], { kind: "constant", value: 0 });
  const declare = (
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    role: StateVariable["role"],
  ): ValueId => {
    const declared = { ...variable(name, shape, initializer), role };
    variables.set(name, declared);
    return builder.state(declared);
  };
  const inputs = run.inputs.map(({ shape }, place) => builder.input(`x${place}`, float32("B", ...shape.slice(1))));
  const count = run.inputs[0]?.shape[0] ?? 1;
  let draws = 0;
  const context: LayerContext = {
    builder,
    arguments: withDefaults(layer.parameters, run.arguments),
    inputs,
    inputReplicas: run.inputs.map(({ shape, mask }) =>
      shape.length === 3 && mask === undefined ? shape[1] : undefined,
    ),
    masks: run.inputs.map(({ shape, mask }, place) =>
      mask === undefined ? undefined : () => builder.input(`mask${place}`, float32("B", ...shape.slice(1, 2))),
    ),
    ...(run.replicas === undefined ? {} : { replicas: run.replicas }),
    training: run.training ?? false,
    present: () => builder.input("present", float32("B")),
    feature: () => {
      throw new Error("the layer reads no features");
    },
    ids: () => {
      throw new Error("the layer reads no ids");
    },
    parameter: (name, shape, initializer) => declare(name, shape, initializer, "parameter"),
    statistic: (name, shape, initial) => ({
      value: declare(name, shape, { kind: "constant", value: initial }, "statistic"),
      update: (value) => updates.push({ kind: "assign", state: name, value }),
    }),
    fed: () => builder.input("fed", float32("B", 1)),
    random: (shape) => {
      variables.set(step.name, { ...step, type: { dtype: "int32", shape: [] }, role: "step" });
      const at = builder.state({ ...step, type: { dtype: "int32", shape: [] }, role: "step" });
      return builder.random(at, builder.scalar(run.seed ?? 1, "int32"), { stream: draws++, shape });
    },
  };
  const output = layer.kind === "layer" ? lowerLayer(layer, context) : layer.lower(context);
  const slopes = gradients(builder, builder.sum(output), inputs);
  const fn = builder.finish(
    [{ name: "output", value: output }, ...slopes.map((value, place) => ({ name: `gradient${place}`, value }))],
    updates,
  );
  const state = [...variables.values()];
  const initial = new Map(
    state.map((each) => [each.name, run.state?.[each.name] ?? initialize(each, run.seed ?? 1)] as const),
  );
  const interpreter = createInterpreter({ state, functions: [fn] }, initial);
  const outputs = interpreter.run("layer", {
    ...Object.fromEntries(run.inputs.map(({ shape, data }, place) => [`x${place}`, { shape, data }])),
    ...Object.fromEntries(
      run.inputs.flatMap(({ shape, mask }, place) =>
        mask === undefined ? [] : [[`mask${place}`, { shape: shape.slice(0, 2), data: mask }]],
      ),
    ),
    present: { shape: [count], data: run.present ?? Array.from({ length: count }, () => 1) },
  });
  const found = (name: string): Tensor => {
    const tensor = outputs[name];
    if (tensor === undefined) throw new Error(`there is no ${name}`);
    return tensor;
  };
  return {
    output: found("output"),
    gradients: inputs.map((_, place) => found(`gradient${place}`)),
    state: new Map(state.map(({ name }) => [name, interpreter.get(name)])),
    variables: state,
  };
}

function variable(name: string, shape: readonly number[], initializer: Initializer): StateVariable {
  return {
    name,
    type: float32(...shape),
    role: "parameter",
    pieces: [{ name, row: 0, rows: shape[0] ?? 1, initializer }],
  };
}

/** A family of so many members: the output is [B, members, d]; state `name` of what each member has is [members, …shape]. */
export function runFamily(name: string | FamilyBuiltin, members: number, run: LayerRun): LayerResult {
  const family = typeof name === "string" ? resolveFamily(name) : name;
  if (family === undefined) throw new Error("there is no such family");
  const lower = (context: LayerContext): ValueId =>
    family.lower({
      ...context,
      replicas: members,
      ownParameter: (own, shape, initializer, group) => context.parameter(own, [members, ...shape], initializer, group),
      ownStatistic: (own, shape, initial) => context.statistic(own, [members, ...shape], initial),
    });
  return runLayer({ parameters: family.parameters, lower }, run);
}

/** A gate over so many experts, as {@link runLayer} runs a layer: the output is [B, experts]. */
export function runGate(name: string, experts: number, run: LayerRun): LayerResult {
  const gate = resolveGate(name);
  if (gate === undefined) throw new Error(`there is no gate ${name}`);
  return runLayer({ parameters: gate.parameters, lower: (context) => gate.lower(context, experts).weights }, run);
}

/** A loss and its derivative by the prediction or its logit, row by row. */
export function runLoss(
  name: string,
  predictions: readonly number[],
  targets: readonly number[],
  args: Arguments = {},
  form: "value" | "logit" | "logs" = "value",
  others: Readonly<Record<string, readonly number[]>> = {},
): { readonly loss: readonly number[]; readonly slope: readonly number[] } {
  const loss = rowLoss(name);
  const builder = new GraphBuilder("loss");
  const x = builder.input("x", float32("B"));
  const target = builder.input("target", float32("B"));
  const rows = loss.lower({
    builder,
    arguments: withDefaults(loss.parameters, args),
    prediction: headOf(builder, x, form),
    target,
    inside: () => builder.ones(["B"]),
    counted: () => builder.ones(["B"]),
    head: (head) => headOf(builder, builder.input(head, float32("B")), isScore(loss, args, head) ? "value" : "logit"),
    label: (label) => builder.input(label, float32("B")),
  });
  const [slope = -1] = gradients(builder, builder.sum(rows), [x]);
  const fn = builder.finish([
    { name: "loss", value: rows },
    { name: "slope", value: slope },
  ]);
  const vector = (data: readonly number[]) => ({ shape: [data.length], data });
  const outputs = createInterpreter({ state: [], functions: [fn] }).run("loss", {
    x: vector(predictions),
    target: vector(targets),
    ...Object.fromEntries(Object.entries(others).map(([other, values]) => [other, vector(values)])),
  });
  return { loss: [...(outputs["loss"]?.data ?? [])], slope: [...(outputs["slope"]?.data ?? [])] };
}

/** Whether a loss takes another head by that name as a score. */
function isScore({ parameters }: RowLossBuiltin, args: Arguments, head: string): boolean {
  return parameters.some(
    ({ name, type }) => args[name] === head && type.kind === "reference" && "is" in type && type.is === "score",
  );
}

export function rowLoss(name: string): RowLossBuiltin {
  const loss = resolveLoss(name);
  if (loss?.per !== "row") throw new Error(`there is no loss ${name} of rows`);
  return loss;
}

export interface ListLossRun {
  readonly scores: readonly number[];
  /** What is relevant, and of which row i is preferred to row j: that of the greater gain. */
  readonly gains: readonly number[];
  /** The list of each row; the rows of one are together. Absent: one list of the batch. */
  readonly groups?: readonly number[];
  /** Sample weights; default 1. */
  readonly weights?: readonly number[];
  readonly arguments?: Arguments;
  /** Values of other heads, by name. */
  readonly heads?: Readonly<Record<string, readonly number[]>>;
}

/** A loss over lists, and its derivative by each row's score. */
export function runListLoss(
  name: string,
  run: ListLossRun,
): { readonly loss: number; readonly slope: readonly number[] } {
  const { program, feeds } = listLossProgram(name, run);
  const outputs = createInterpreter(program).run("loss", feeds);
  return { loss: outputs["loss"]?.data[0] ?? NaN, slope: [...(outputs["slope"]?.data ?? [])] };
}

/** The function `loss` of one loss, with what it is fed. */
export function listLossProgram(name: string, run: ListLossRun): { readonly program: Program; readonly feeds: Feeds } {
  const loss = resolveLoss(name);
  if (loss?.per !== "list") throw new Error(`there is no loss ${name} over lists`);
  const builder = new GraphBuilder("loss");
  const score = builder.input("x", float32("B"));
  const gain = builder.input("gain", float32("B"));
  const weights = builder.input("weight", float32("B"));
  const counted = builder.cast(builder.less(builder.scalar(0), weights), "float32");
  const key = run.groups === undefined ? ({ kind: "batch" } as const) : ({ kind: "column", column: "g" } as const);
  const lists = createLists(builder, key, counted);
  const { total, weight } = loss.lower({
    builder,
    arguments: withDefaults(loss.parameters, run.arguments),
    prediction: headOf(builder, score, "logit"),
    score,
    gain,
    preferred: () =>
      builder.mul(builder.cast(builder.less(lists.members(gain), lists.own(gain)), "float32"), lists.isMember()),
    weights,
    lists,
    head: (head) => ({ value: builder.input(head, float32("B")) }),
  });
  const value = builder.div(builder.sum(total), builder.maximum(builder.sum(weight), builder.scalar(1e-12)));
  const [slope = -1] = gradients(builder, value, [score]);
  const fn = builder.finish([
    { name: "loss", value },
    { name: "slope", value: slope },
  ]);
  const vector = (data: readonly number[]) => ({ shape: [data.length], data: [...data] });
  const feeds = {
    x: vector(run.scores),
    gain: vector(run.gains),
    weight: vector(run.weights ?? run.scores.map(() => 1)),
    ...(run.groups === undefined ? { rows: vector(run.scores.map((_, row) => row)) } : listFeeds(run.groups)),
    ...Object.fromEntries(Object.entries(run.heads ?? {}).map(([head, values]) => [head, vector(values)])),
  };
  return { program: { state: [...builder.variables], functions: [fn] }, feeds };
}

function headOf(builder: GraphBuilder, x: ValueId, form: "value" | "logit" | "logs"): HeadValue {
  if (form === "value") return { value: x };
  const logs = {
    value: builder.sigmoid(x),
    logTrue: builder.neg(builder.softplus(builder.neg(x))),
    logFalse: builder.neg(builder.softplus(x)),
  };
  return form === "logit" ? { ...logs, logit: x } : logs;
}

/** Rows with values that follow no pattern. */
export function someRows(...shape: readonly number[]): Rows {
  const count = shape.reduce((product, side) => product * side, 1);
  return { shape, data: Array.from({ length: count }, (_, place) => Math.sin(3.7 * place + 0.4) * 1.3) };
}
