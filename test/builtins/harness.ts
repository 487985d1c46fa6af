/** Runs one built-in by itself: what it asks for becomes state of a small function. */
import {
  type HeadValue,
  type LayerBuiltin,
  type LayerContext,
  type ParameterSpec,
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
  type StateVariable,
  type Tensor,
  type Update,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import type { Arguments, ArgumentValue } from "../../src/compiler/model/index.js";

export interface Rows {
  readonly shape: readonly number[];
  readonly data: readonly number[];
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
  layer: Pick<LayerBuiltin, "parameters"> & { readonly lower: (context: LayerContext) => ValueId },
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
  const output = layer.lower({
    builder,
    arguments: withDefaults(layer.parameters, run.arguments),
    inputs,
    inputReplicas: run.inputs.map(({ shape }) => (shape.length === 3 ? shape[1] : undefined)),
    ...(run.replicas === undefined ? {} : { replicas: run.replicas }),
    training: run.training ?? false,
    present: () => builder.input("present", float32("B")),
    feature: () => {
      throw new Error("the layer reads no features");
    },
    parameter: (name, shape, initializer) => declare(name, shape, initializer, "parameter"),
    statistic: (name, shape, initial) => ({
      value: declare(name, shape, { kind: "constant", value: initial }, "statistic"),
      update: (value) => updates.push({ kind: "assign", state: name, value }),
    }),
    random: (shape) => {
      variables.set(step.name, { ...step, type: { dtype: "int32", shape: [] }, role: "step" });
      const at = builder.state({ ...step, type: { dtype: "int32", shape: [] }, role: "step" });
      return builder.random(at, { seed: run.seed ?? 1, stream: draws++, shape });
    },
  });
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
    ...Object.fromEntries(run.inputs.map((rows, place) => [`x${place}`, rows])),
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

/** A gate over so many experts, as {@link runLayer} runs a layer: the output is [B, experts]. */
export function runGate(name: string, experts: number, run: LayerRun): LayerResult {
  const gate = resolveGate(name);
  if (gate === undefined) throw new Error(`there is no gate ${name}`);
  return runLayer({ parameters: gate.parameters, lower: (context) => gate.lower(context, experts) }, run);
}

/** A loss and its derivative by the prediction or its logit, row by row. */
export function runLoss(
  name: string,
  predictions: readonly number[],
  targets: readonly number[],
  args: Arguments = {},
  form: "value" | "logit" | "logs" = "value",
): { readonly loss: readonly number[]; readonly slope: readonly number[] } {
  const loss = resolveLoss(name);
  if (loss === undefined) throw new Error(`there is no loss ${name}`);
  const builder = new GraphBuilder("loss");
  const x = builder.input("x", float32("B"));
  const target = builder.input("target", float32("B"));
  const rows = loss.lower({
    builder,
    arguments: withDefaults(loss.parameters, args),
    prediction: headOf(builder, x, form),
    target,
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
  });
  return { loss: [...(outputs["loss"]?.data ?? [])], slope: [...(outputs["slope"]?.data ?? [])] };
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
