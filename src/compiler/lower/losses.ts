/** Loss terms over their sample spaces, and penalties. */
import { resolveLoss, resolvePenalty } from "../builtins/index.js";
import type { GraphBuilder, ValueId } from "../graph/index.js";
import type { LossTerm, Model, PenaltyTerm } from "../model/index.js";
import { embeddingName, type EmbeddingTable, tableVariable } from "./embeddings.js";
import type { FeatureValues } from "./feature-values.js";
import type { Network } from "./network.js";
import { lossRows, type LabelInputs } from "./sample-space.js";
import type { Variables } from "./variables.js";

/** One loss term over a batch. */
export interface LoweredTerm {
  readonly head: string;
  /** float32[]: Σ w·l / Σ w over the rows that the loss sees, w being their sample weights; 0 when there are none. */
  readonly loss: ValueId;
  /** float32[]: Σ w. */
  readonly weight: ValueId;
}

/** Far below every sum of sample weights that is not 0. */
const tiny = 1e-12;

/** `weights`: [B]. */
export function lowerTerm(
  labels: LabelInputs,
  weights: ValueId,
  network: Network,
  model: Model,
  term: LossTerm,
): LoweredTerm {
  const { builder } = labels;
  const head = model.heads.find(({ name }) => name === term.head);
  const loss = resolveLoss(term.loss);
  if (head === undefined || loss === undefined) throw new Error(`there is no ${term.loss} of ${term.head}`);
  const prediction = network.head(head);
  return builder.within(`loss/${term.head}`, term.span, () => {
    const { mask, target } = lossRows(labels, head.type, term.space);
    const rows = loss.lower({ builder, arguments: term.arguments, prediction, target });
    const counted = builder.mul(weights, mask);
    const weight = builder.sum(counted);
    const mean = builder.div(builder.sum(builder.mul(counted, rows)), builder.maximum(weight, builder.scalar(tiny)));
    return { head: term.head, loss: mean, weight };
  });
}

export interface PenaltyInputs {
  readonly builder: GraphBuilder;
  readonly variables: Variables;
  readonly features: FeatureValues;
  readonly network: Network;
  readonly tables: readonly EmbeddingTable[];
  /** Pieces that the function looks up. */
  readonly pieces: ReadonlySet<string>;
}

/** float32[], before its weight. Comes after all heads: it looks at every parameter that they use. */
export function lowerPenalty(inputs: PenaltyInputs, term: PenaltyTerm): ValueId {
  const { builder, network } = inputs;
  const penalty = resolvePenalty(term.penalty);
  if (penalty === undefined) throw new Error(`there is no penalty ${term.penalty}`);
  const { of } = term.arguments;
  return builder.within(`penalty/${term.name}`, term.span, () =>
    penalty.lower({
      builder,
      arguments: term.arguments,
      nodes: term.nodes.map((ref) => network.node(ref)),
      parameters: typeof of === "string" ? parametersOf(inputs, of) : [],
    }),
  );
}

/** A part of the network by its name goes before a group of the same name. */
function parametersOf(inputs: PenaltyInputs, name: string): readonly ValueId[] {
  const { variables, tables, pieces } = inputs;
  const isOwn = (owner: string): boolean =>
    owner === name || owner.startsWith(`${name}/`) || owner.startsWith(`${name}.`);
  const owned = variables.parameters.filter(({ owner }) => isOwn(owner)).map(({ value }) => value);
  const ownRows = tables.flatMap((table) =>
    table.pieces
      .filter((piece) => pieces.has(piece.name) && isOwn(ownerOf(piece.name)))
      .map((piece) => pieceRows(inputs, table, piece.name)),
  );
  if (owned.length + ownRows.length > 0) return [...ownRows, ...owned];
  const embeddings = (): readonly ValueId[] => tables.flatMap((table) => tableRows(inputs, table));
  const group = (wanted: string): readonly ValueId[] =>
    variables.parameters.filter((parameter) => parameter.group === wanted).map(({ value }) => value);
  switch (name) {
    case "embeddings":
      return embeddings();
    case "weights":
      return group("weight");
    case "biases":
      return group("bias");
    case "all":
      return [...embeddings(), ...variables.parameters.map(({ value }) => value)];
    default:
      return [];
  }
}

function ownerOf(piece: string): string {
  return piece.slice(0, -embeddingName("").length);
}

/** The whole table, or the rows of a sparse one that the batch touches, each once. */
function tableRows(inputs: PenaltyInputs, table: EmbeddingTable): readonly ValueId[] {
  const { builder, features, pieces } = inputs;
  if (!table.pieces.some((piece) => pieces.has(piece.name))) return [];
  const whole = builder.state(tableVariable(table));
  return [table.update === "dense" ? whole : builder.gather(whole, builder.unique(features.touched(table)))];
}

function pieceRows(inputs: PenaltyInputs, table: EmbeddingTable, name: string): ValueId {
  const { builder, features } = inputs;
  const piece = table.pieces.find((each) => each.name === name);
  const whole = builder.state(tableVariable(table));
  return table.update === "dense"
    ? builder.slice(whole, { axis: 0, begin: piece?.row ?? 0, size: piece?.rows ?? 0 })
    : builder.gather(whole, builder.unique(features.touched(table, name)));
}
