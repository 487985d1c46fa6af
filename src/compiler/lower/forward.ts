/**
 * The model without its gradients and without its lookups, for targets that have both themselves: features come as inputs of
 * their own, and every value that has a name in the spec is an output.
 */
import { resolveGate } from "../builtins/index.js";
import {
  float32,
  GraphBuilder,
  type GraphFunction,
  int32,
  type NamedValue,
  type StateVariable,
} from "../graph/index.js";
import {
  featureNamed,
  type FittedSizes,
  type HeadModel,
  isListFeature,
  isSequence,
  type Model,
  type NetNode,
  type NodeRef,
} from "../model/index.js";
import { type EmbeddingTable, planEmbeddings } from "./embeddings.js";
import type { FeatureValues, TouchedRows } from "./feature-values.js";
import { createScope, lowerLosses, type Lowering, ownedParameters } from "./lower-model.js";
import type { Network } from "./network.js";
import { labelInputs, lossRows } from "./sample-space.js";
import { reachableNodes } from "./reachable.js";

/**
 * Names of inputs that stand for features: `number age` [B, 1], `embedding PIECE FEATURE` [B, e] or [B, max, e], `ids FEATURE`
 * [B, 1], `mask FEATURE` [B, max]; and of what a batch looks up in a table, with repetitions: `touched rows PIECE` [W·B, e] and `touched shares
 * PIECE` [W·B], see {@link TouchedRows}.
 */
export const forwardInputs = {
  number: (feature: string): string => `number ${feature}`,
  embedding: (piece: string, feature: string): string => `embedding ${piece} ${feature}`,
  ids: (feature: string): string => `ids ${feature}`,
  mask: (feature: string): string => `mask ${feature}`,
  touched: (what: "rows" | "shares", piece: string): string => `touched ${what} ${piece}`,
} as const;

/** An input by what its name says. */
export type ForwardInput =
  | { readonly kind: "number" | "ids" | "mask"; readonly feature: string }
  | { readonly kind: "embedding"; readonly piece: string; readonly feature: string }
  | { readonly kind: "touched"; readonly what: "rows" | "shares"; readonly piece: string }
  /** What is of the whole batch: labels, weights, lists. */
  | { readonly kind: "batch"; readonly name: string };

/** The reverse of {@link forwardInputs}. */
export function parseForwardInput(name: string): ForwardInput {
  const [kind, first = "", second = ""] = name.split(" ");
  switch (kind) {
    case "number":
    case "ids":
    case "mask":
      return { kind, feature: first };
    case "embedding":
      return { kind, piece: first, feature: second };
    case "touched":
      return { kind, what: first as "rows" | "shares", piece: second };
    default:
      return { kind: "batch", name };
  }
}

export interface Forward {
  /**
   * What a training step minimises, as outputs `loss/TERM`, `weight/TERM` and `penalty/NAME`, and every named value: `node/ID`, `gate/ID/FACT`,
   * `head/NAME/value`, `…/logit`, `…/logTrue`, `…/logFalse`, `…/logClasses`. Its updates are those of statistics.
   */
  readonly training: GraphFunction;
  /** The named values as serving would compute them; of heads only those that are served. */
  readonly served: GraphFunction;
  /** From only the labels: where each head that is measured has a truth, `mask/HEAD`, and what it is, `target/HEAD`; [B] each. */
  readonly truth: GraphFunction;
  /** A table for each piece. */
  readonly tables: readonly EmbeddingTable[];
  /** How the parameters are trained of which the spec says something by part. */
  readonly owned: ReturnType<typeof ownedParameters>;
  /** Everything that the two functions read, without the tables. */
  readonly variables: readonly StateVariable[];
}

/** The model as {@link Forward}. Throws as `lowerModel` does. */
export function lowerForward(model: Model, sizes: FittedSizes): Forward {
  const tables = planEmbeddings(model, sizes, { mergeTables: false });
  const lowering: Lowering = { model, tables, serving: {}, observe: false };
  const features = (builder: GraphBuilder): FeatureValues => inputFeatures(builder, model, tables);
  const train = createScope(lowering, "train", model.heads, features);
  const recorded = train.network({ training: true, asServed: false });
  const losses = lowerLosses(lowering, train, recorded, true);
  const owned = ownedParameters(lowering, train.variables);
  const nodes = reachableNodes(model, model.heads, "recorded");
  const updates = [...train.variables.updates].map(([state, value]) => ({ kind: "assign", state, value }) as const);
  const training = train.builder.finish(
    [...losses.outputs, ...namedValues(model, recorded, nodes, model.heads)],
    updates,
  );

  const heads = model.heads.filter(({ auxiliary }) => !auxiliary);
  const predict = createScope(lowering, "predict", heads, features);
  const view = predict.network({ training: false, asServed: true });
  const outputs = namedValues(model, view, reachableNodes(model, heads, "served"), heads);
  const served = predict.builder.finish(outputs);

  const truth = lowerTruth(model);
  const tableNames = new Set(tables.map(({ name }) => name));
  const variables = new Map(
    [...train.builder.variables, ...predict.builder.variables]
      .filter(({ name, role }) => !tableNames.has(name) && (role === "parameter" || role === "statistic"))
      .map((variable) => [variable.name, variable]),
  );
  return { training, served, truth, tables, owned, variables: [...variables.values()] };
}

/** Scores have no truth on single rows. */
function lowerTruth(model: Model): GraphFunction {
  const builder = new GraphBuilder("truth");
  const labels = labelInputs(builder, model);
  const measured = new Set(model.metrics.map(({ head }) => head));
  const outputs = model.heads.flatMap(({ name, type }): readonly NamedValue[] => {
    if (!measured.has(name) || type.kind === "score") return [];
    const { mask, target } = lossRows(labels, type, type.given);
    return [
      { name: `mask/${name}`, value: mask },
      { name: `target/${name}`, value: target },
    ];
  });
  return builder.finish(outputs);
}

function namedValues(
  model: Model,
  network: Network,
  nodes: readonly NetNode[],
  heads: readonly HeadModel[],
): readonly NamedValue[] {
  const refs = new Map(model.nodes.map((node, ref): [NetNode, NodeRef] => [node, ref]));
  return [
    ...nodes.flatMap((node) => {
      const ref = refs.get(node) ?? -1;
      const value = { name: `node/${node.id}`, value: network.node(ref) };
      if (resolveGate(node.layer) === undefined) return [value];
      const facts = Object.entries(network.gate(ref)) as [string, number][];
      return [value, ...facts.map(([fact, each]) => ({ name: `gate/${node.id}/${fact}`, value: each }))];
    }),
    ...heads.flatMap((head) => {
      const facts = Object.entries(network.head(head)) as [string, number][];
      return facts.map(([fact, value]) => ({ name: `head/${head.name}/${fact}`, value }));
    }),
  ];
}

function inputFeatures(builder: GraphBuilder, model: Model, tables: readonly EmbeddingTable[]): FeatureValues {
  const widthOf = (piece: string): number => tables.find(({ name }) => name === piece)?.width ?? 0;
  return {
    number: (name) => {
      const feature = featureNamed(model, name);
      const shape = isSequence(feature) ? ["B", feature.max, 1] : ["B", 1];
      return builder.input(forwardInputs.number(name), float32(...shape));
    },
    embedding: (piece, name) => {
      const feature = featureNamed(model, name);
      const shape = isSequence(feature) ? ["B", feature.max, widthOf(piece)] : ["B", widthOf(piece)];
      return builder.input(forwardInputs.embedding(piece, name), float32(...shape));
    },
    ids: (name) => builder.input(forwardInputs.ids(name), int32("B", 1)),
    mask: (name) => {
      const feature = featureNamed(model, name);
      if (!isListFeature(feature)) throw new Error(`${name} is not a sequence`);
      return builder.input(forwardInputs.mask(name), float32("B", feature.max));
    },
    touched: ({ name, width, lookups }): readonly TouchedRows[] => {
      const count = lookups === 1 ? "B" : `${lookups}*B`;
      return [
        {
          rows: builder.input(forwardInputs.touched("rows", name), float32(count, width)),
          shares: builder.input(forwardInputs.touched("shares", name), float32(count)),
        },
      ];
    },
    present: new Map(),
  };
}
