import {
  appendAccumulatedStep,
  appendTrainStep,
  batchesSlot,
  float32,
  GraphBuilder,
  type GraphFunction,
  int32,
  scalarSlot,
  type NamedValue,
  type Program,
  type StateVariable,
  type Update,
  type ValueId,
  type StepOptions,
  type TrainStep,
  type TrainStepOptions,
  type WatchBuilding,
} from "../graph/index.js";
import { omitUndefined } from "../text/index.js";
import { headArguments, headsReadBy } from "../builtins/index.js";
import {
  batchInputs,
  batchLayout,
  type FittedSizes,
  hasTrees,
  type HeadModel,
  type Model,
  servedHeads,
  termNames,
  termsByHead,
} from "../model/index.js";
import { type BalancedTerm, lowerBalance } from "./balance.js";
import { type EmbeddingOptions, type EmbeddingTable, lookupOf, ownerOfTable, planEmbeddings } from "./embeddings.js";
import { createFeatureValues, type FeatureValues, lookupKey, type ServingValues } from "./feature-values.js";
import { lowerPenalty, lowerTerm } from "./losses.js";
import { observedOutputs } from "./training/observe.js";
import { createNetwork, type Network, type NetworkView } from "./network.js";
import {
  isFrozen,
  optimizerChoice,
  type Owned,
  partChoice,
  scheduleChoice,
  trainedAs,
} from "./training/part-optimizers.js";
import { reachableNodes } from "./reachable.js";
import { labelInputs } from "./sample-space.js";
import { createVariables, type Variables } from "./variables.js";

export interface LowerOptions extends EmbeddingOptions {
  /** Needed for each feature that has a value at serving. */
  readonly serving?: ServingValues;
  /** Whether `train` has the outputs of `observedOutputs` as well; default false. */
  readonly observe?: boolean;
  /** Hears how each function is made. */
  readonly watch?: (fn: string) => WatchBuilding;
}

/** The number of training steps done: int32[], part of every program. */
export const stepVariable: StateVariable = {
  name: "step",
  type: int32(),
  role: "step",
  pieces: [{ name: "step", row: 0, rows: 1, initializer: { kind: "constant", value: 0 } }],
};

/**
 * The model as three functions over one state, for any batch size `B`. Inputs are named by `batchInputs`. A head of classes has an
 * output for each class, `kind.sport`.
 *
 * - `train`: `loss` (total), `loss/<term>` and `penalty/<name>`, float32[], and `weight/<term>` [1], the sum of the sample
 *   weights that a loss is the mean over (a term has the name of its head, or one of `termNames`); `balance/<head>` [1], what a balance weights the loss with in this step; updates
 *   parameters, what the optimizer and the balance remember, statistics and `step`.
 * - `apply`, where a step has several batches: `train` only adds up their gradients, and this takes the step.
 * - `evaluate`: the same outputs without dropout and without updates, and each head's value [B] by its name: what serving
 *   would say of the rows, and of auxiliary heads, which serving does not have, what training would.
 * - `predict`: only from `ids` and `numbers`, the value [B] of each head that is not auxiliary, as served.
 *
 * A model of trees has no `train`, and the other functions are fed the sums of its trees (`treesInput`).
 *
 * Throws when a size or a serving value is missing, and on a model that the checker would not let pass.
 */
export function lowerModel(model: Model, sizes: FittedSizes, options: LowerOptions = {}): Program {
  const tables = planEmbeddings(model, sizes, options);
  const lowering = {
    model,
    tables,
    serving: options.serving ?? {},
    observe: options.observe === true,
    watch: options.watch,
  };
  // A program does not train what it is fed.
  const train = hasTrees(model) ? [] : lowerTrain(lowering);
  const functions = [...train, lowerEvaluate(lowering), lowerPredict(lowering)];
  const state = new Map<string, StateVariable>();
  for (const { variables } of functions) for (const variable of variables) state.set(variable.name, variable);
  return { state: [...state.values()], functions: functions.map(({ fn }) => fn) };
}

export interface Lowering {
  readonly model: Model;
  readonly tables: readonly EmbeddingTable[];
  readonly serving: ServingValues;
  readonly observe: boolean;
  readonly watch?: LowerOptions["watch"] | undefined;
}

interface LoweredFunction {
  readonly fn: GraphFunction;
  readonly variables: readonly StateVariable[];
}

/** A function in the making, with the network in it. */
export interface Scope {
  readonly builder: GraphBuilder;
  readonly variables: Variables;
  readonly pieces: ReadonlySet<string>;
  readonly features: FeatureValues;
  readonly weights: () => ValueId;
  readonly present: () => ValueId;
  readonly network: (view: NetworkView) => Network;
  readonly random: (stream: number, shape: readonly (number | string)[]) => ValueId;
}

export function createScope(
  { model, tables, serving, watch }: Lowering,
  name: "train" | "evaluate" | "predict",
  heads: readonly HeadModel[],
  featuresOf?: (builder: GraphBuilder) => FeatureValues,
): Scope {
  const builder = new GraphBuilder(name, watch?.(name));
  const layout = batchLayout(model);
  const variables = createVariables(builder, model.train);
  const reachable = reachableNodes(model, heads, name === "predict" ? "served" : "recorded");
  const found = reachable.flatMap((node) => lookupOf(node) ?? []);
  const pieces = new Set(found.map(({ piece }) => piece));
  const lookups = new Set(found.map(({ piece, feature }) => lookupKey(piece, feature)));
  const random = (stream: number, shape: readonly (number | string)[]): ValueId =>
    builder.random(
      builder.state(model.train.accumulate === undefined ? stepVariable : batchesSlot),
      builder.state(scalarSlot("seed", "int32", model.train.seed)),
      { stream, shape },
    );
  const batchFeatures = (): FeatureValues => {
    const { idWidth, numberWidth } = layout;
    return createFeatureValues({
      builder,
      features: model.features,
      layout,
      tables,
      lookups,
      serving,
      ids: idWidth > 0 ? builder.input(batchInputs.ids, int32("B", idWidth)) : undefined,
      numbers: numberWidth > 0 ? builder.input(batchInputs.numbers, float32("B", numberWidth)) : undefined,
      ...(name === "train" ? { training: { random: (stream: number) => random(stream, ["B"]) } } : {}),
    });
  };
  const weights = (): ValueId => builder.input(batchInputs.weights, float32("B"));
  const features = featuresOf?.(builder) ?? batchFeatures();
  const present = (): ValueId => builder.cast(builder.less(builder.scalar(0), weights()), "float32");
  const network = (view: NetworkView): Network =>
    createNetwork({ builder, model, variables, features, random, present }, view);
  return { builder, variables, pieces, features, weights, present, network, random };
}

export interface LoweredLosses {
  /** float32[]: Σ weight · loss + Σ weight · penalty. */
  readonly total: ValueId;
  readonly terms: readonly BalancedTerm[];
  /** float32[]: Σ weight · penalty; absent without any. */
  readonly penalties: () => ValueId | undefined;
  readonly outputs: readonly NamedValue[];
}

export function lowerLosses(
  { model, tables }: Lowering,
  scope: Scope,
  network: Network,
  training: boolean,
): LoweredLosses {
  const { builder, weights, random } = scope;
  const labels = labelInputs(builder, model);
  const names = termNames(model.loss.terms);
  const ids = (feature: string): ValueId => scope.features.ids(feature, false);
  const terms = model.loss.terms.map((term, place) => ({
    scale: term.weight,
    ...lowerTerm({ name: names[place] ?? "", labels, weights: weights(), network, model, training, random, ids }, term),
  }));
  const penalties = model.loss.penalties.map((term) => ({
    scale: term.weight,
    name: term.name,
    loss: lowerPenalty({ ...scope, network, tables, model }, term),
  }));
  const scaled = ({ scale, loss }: { readonly scale: number; readonly loss: ValueId }): ValueId =>
    builder.scale(loss, scale);
  const total = [...terms, ...penalties].map(scaled).reduce((sum, part) => builder.add(sum, part), builder.scalar(0));
  return {
    total,
    terms: [...termsByHead(terms)].map(([head, own]) => ({
      head,
      loss: own.map(scaled).reduce((sum, part) => builder.add(sum, part)),
      weight: own.map(({ weight }) => weight).reduce((sum, part) => builder.add(sum, part)),
    })),
    penalties: () =>
      penalties.length === 0 ? undefined : penalties.map(scaled).reduce((sum, part) => builder.add(sum, part)),
    outputs: [
      { name: "loss", value: total },
      ...terms.map(({ name, loss }) => ({ name: `loss/${name}`, value: loss })),
      ...penalties.map(({ name, loss }) => ({ name: `penalty/${name}`, value: loss })),
      // A list of one: the scalars of a training function are its losses.
      ...terms.map(({ name, weight }) => ({ name: `weight/${name}`, value: builder.reshape(weight, [1]) })),
    ],
  };
}

function lowerTrain(lowering: Lowering): readonly LoweredFunction[] {
  const { model, tables } = lowering;
  const scope = createScope(lowering, "train", trainedHeads(model));
  const { builder, variables } = scope;
  const network = scope.network({ training: true, asServed: false });
  const losses = lowerLosses(lowering, scope, network, true);
  const { choices, frozen } = ownedParameters(lowering, variables);
  const parameters = builder.variables.filter(({ role, name }) => role === "parameter" && !frozen.has(name));
  const balance = lowerBalance(model.loss.balance, {
    ...losses,
    builder,
    tensors: network.tensors,
    random: scope.random,
    step: () => builder.state(stepVariable),
  });
  const stepping: StepOptions = {
    optimizer: optimizerChoice(model.train.optimizer),
    optimizers: choices,
    schedule: scheduleChoice(model.train.schedule),
    clip: model.train.clip,
    step: stepVariable,
    ...omitUndefined({ average: model.train.ema }),
  };
  const step = appendTrainStep(builder, {
    ...omitUndefined({ loss: balance.loss, balance: balance.balance }),
    ...stepping,
    variables: [...parameters, ...balance.variables],
    sparse: new Set(tables.filter(({ update }) => update === "sparse").map(({ name }) => name)),
    present: scope.features.present,
    ...(model.train.accumulate === undefined ? {} : { accumulate: builder.sum(scope.weights()) }),
  });
  const statistics = [...variables.updates].map(([state, value]): Update => ({ kind: "assign", state, value }));
  const observed = lowering.observe ? observedOutputs({ ...scope, model, network, step }) : [];
  const outputs = [...losses.outputs, ...balance.outputs(step), ...observed];
  const updates = [...step.updates, ...statistics, ...balance.updates];
  const train = { fn: builder.finish(outputs, updates), variables: builder.variables };
  return step.accumulated === undefined ? [train] : [train, lowerApply(stepping, step.accumulated, lowering.watch)];
}

/** The step by the gradients that `train` has added up. */
function lowerApply(
  options: StepOptions,
  accumulated: NonNullable<TrainStep["accumulated"]>,
  watch: Lowering["watch"],
): LoweredFunction {
  const builder = new GraphBuilder("apply", watch?.("apply"));
  const { updates } = appendAccumulatedStep(builder, options, accumulated);
  return { fn: builder.finish([], updates), variables: builder.variables };
}

/** How the variables are trained of which the spec says something by part. */
export interface OwnedParameters {
  readonly choices: NonNullable<TrainStepOptions["optimizers"]>;
  readonly frozen: ReadonlySet<string>;
}

export function ownedParameters({ model: { train }, tables }: Lowering, { parameters }: Variables): OwnedParameters {
  const owned = [
    ...parameters.map(({ owner, name, group }) => ({ variable: `${owner}.${name}`, owner, group })),
    ...tables.flatMap(({ name, pieces: [piece] }) =>
      piece === undefined ? [] : [{ variable: name, owner: ownerOfTable(piece), group: "embedding" as const }],
    ),
  ];
  // Those that are trained alike have one object.
  const known = new Map<string, ReturnType<typeof partChoice>>();
  const choiceOf = (each: Owned): ReturnType<typeof partChoice> => {
    const key = trainedAs(train, each);
    if (!known.has(key)) known.set(key, partChoice(train, each));
    return known.get(key);
  };
  return {
    choices: new Map(
      owned.flatMap((each) => {
        const choice = choiceOf(each);
        return choice === undefined ? [] : [[each.variable, choice] as const];
      }),
    ),
    frozen: new Set(owned.flatMap((each) => (isFrozen(train, each) ? [each.variable] : []))),
  };
}

function lowerEvaluate(lowering: Lowering): LoweredFunction {
  const { model } = lowering;
  const scope = createScope(lowering, "evaluate", model.heads);
  const { builder } = scope;
  const recorded = scope.network({ training: false, asServed: false });
  const served = scope.network({ training: false, asServed: true });
  const { outputs } = lowerLosses(lowering, scope, recorded, false);
  // A head of classes is there by its classes.
  const single = model.heads.filter(({ type }) => type.kind !== "classes");
  const predictions = single.map((head) => ({
    name: head.name,
    value: (head.auxiliary ? recorded : served).head(head).value,
  }));
  return { fn: builder.finish([...outputs, ...predictions]), variables: builder.variables };
}

function lowerPredict(lowering: Lowering): LoweredFunction {
  const heads = servedHeads(lowering.model.heads);
  const { builder, network } = createScope(lowering, "predict", heads);
  const served = network({ training: false, asServed: true });
  const outputs = heads.map((head) => ({ name: head.name, value: served.head(head).value }));
  return { fn: builder.finish(outputs), variables: builder.variables };
}

/** The heads that a loss is put on, or that a loss or a penalty reads. */
function trainedHeads(model: Model): readonly HeadModel[] {
  const names = new Set(model.loss.terms.flatMap((term) => [term.head, ...headsReadBy(term).map(({ head }) => head)]));
  for (const { penalty, arguments: args } of model.loss.penalties)
    for (const [, head] of headArguments(penalty, args)) names.add(head);
  return model.heads.filter((head) => names.has(head.name));
}
