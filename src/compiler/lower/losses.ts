/** Loss terms over their sample spaces, and penalties. */
import {
  headArguments,
  type HeadValue,
  type PenalizedParameter,
  type PenalizedPart,
  resolveLoss,
  resolvePenalty,
} from "../builtins/index.js";
import { tensorName, within } from "../builtins/layer-tensors.js";
import type { GraphBuilder, ValueId } from "../graph/index.js";
import { type LossTerm, type Model, nodeAt, type NodeRef, type PenaltyTerm } from "../model/index.js";
import { type EmbeddingPiece, type EmbeddingTable, ownerOfTable, tableVariable } from "./embeddings.js";
import type { FeatureValues, TouchedRows } from "./feature-values.js";
import type { Network } from "./network.js";
import { lowerBatchLoss } from "./batch-loss.js";
import { lowerListLoss, type TermInputs } from "./list-loss.js";
import { lowerRowLoss } from "./row-loss.js";
import type { Variables } from "./variables.js";

/** One loss term over a batch. */
export interface LoweredTerm {
  readonly name: string;
  readonly head: string;
  /**
   * float32[]: Σ w·l / Σ w over the rows that the loss sees, w being their sample weights, or over lists with theirs; 0 when
   * there are none.
   */
  readonly loss: ValueId;
  /** float32[]: Σ w. */
  readonly weight: ValueId;
}

/** Far below every sum of sample weights that is not 0. */
const tiny = 1e-12;

export function lowerTerm(inputs: TermInputs, term: LossTerm): LoweredTerm {
  const { name, labels, network, model } = inputs;
  const { builder } = labels;
  const head = model.heads.find((each) => each.name === term.head);
  const loss = resolveLoss(term.loss);
  if (head === undefined || loss === undefined) throw new Error(`there is no ${term.loss} of ${term.head}`);
  const prediction = network.head(head);
  return builder.within(`loss/${name}`, term.span, () => {
    if (loss.per !== "row") {
      const { total, weight: each } =
        loss.per === "list"
          ? lowerListLoss(inputs, term, loss, head.type, prediction)
          : lowerBatchLoss(inputs, term, loss, head);
      const weight = builder.sum(each);
      return { name, head: term.head, loss: overWeight(builder, total, weight), weight };
    }
    const { counted, rows } = lowerRowLoss(inputs, term, loss, head.type, prediction);
    const weight = builder.sum(counted);
    return { name, head: term.head, loss: overWeight(builder, builder.mul(counted, rows), weight), weight };
  });
}

/** Σ total / weight; 0 where there is no weight. */
function overWeight(builder: GraphBuilder, total: ValueId, weight: ValueId): ValueId {
  return builder.div(builder.sum(total), builder.maximum(weight, builder.scalar(tiny)));
}

export interface PenaltyInputs {
  readonly builder: GraphBuilder;
  readonly variables: Variables;
  readonly features: FeatureValues;
  readonly network: Network;
  readonly tables: readonly EmbeddingTable[];
  readonly model: Model;
  /** [B], 0 for rows that only fill the batch up. */
  readonly weights: () => ValueId;
  /** [B] float32: 1 for rows that count. */
  readonly present: () => ValueId;
  /** Pieces that the function looks up. */
  readonly pieces: ReadonlySet<string>;
}

/** float32[], before its weight. Comes after all heads: it looks at every parameter that they use. */
export function lowerPenalty(inputs: PenaltyInputs, term: PenaltyTerm): ValueId {
  const { builder, network } = inputs;
  const penalty = resolvePenalty(term.penalty);
  if (penalty === undefined) throw new Error(`there is no penalty ${term.penalty}`);
  const { of } = term.arguments;
  const headNamed = (name: string): HeadValue => {
    const head = inputs.model.heads.find((each) => each.name === name);
    if (head === undefined) throw new Error(`there is no head ${name}`);
    return network.head(head);
  };
  // What a part keeps is known once its nodes are there.
  if (penalty.on === "parts") for (const ref of term.nodes) network.node(ref);
  return builder.within(`penalty/${term.name}`, term.span, () =>
    penalty.lower({
      builder,
      arguments: term.arguments,
      nodes: penalty.on === "nodes" ? term.nodes.map((ref) => valuesOf(inputs, ref)) : [],
      gates: penalty.on === "gates" ? term.nodes.map((ref) => network.gate(ref)) : [],
      parts: penalty.on === "parts" ? term.nodes.map((ref) => partOf(inputs, ref)) : [],
      heads: headArguments(term.penalty, term.arguments).map(([, head]) => headNamed(head)),
      weights: inputs.weights,
      present: inputs.present,
      parameters: typeof of === "string" ? parametersOf(inputs, of) : [],
    }),
  );
}

/** The tensor of a part, with zeros at the positions of a sequence that have no value. */
function valuesOf({ builder, model, network, features }: PenaltyInputs, ref: NodeRef): ValueId {
  const { sequence } = nodeAt(model, ref);
  const value = network.node(ref);
  return sequence === undefined ? value : builder.mul(value, builder.expandDims(features.mask(sequence, false), -1));
}

/** What a part of the network trains, inner layers included: its own variables, and its pieces of those of a family. */
function partOf({ builder, model, variables }: PenaltyInputs, ref: NodeRef): PenalizedPart<ValueId> {
  const node = nodeAt(model, ref);
  const { layer, arguments: args } = node.layer === "member" ? nodeAt(model, node.inputs[0] ?? -1) : node;
  const parameters = variables.parameters.flatMap(({ owner, name, value, pieces = [owner] }) => {
    const piece = pieces.findIndex((each) => within(node.id, each) !== undefined);
    const inner = within(node.id, pieces[piece] ?? "");
    if (inner === undefined) return [];
    const size = Number(builder.shape(value)[0]) / pieces.length;
    const own = pieces.length === 1 ? value : builder.slice(value, { axis: 0, begin: piece * size, size });
    return [{ name: tensorName(inner, name), value: own }];
  });
  return { name: node.id, layer, arguments: args, parameters };
}

/** A part of the network by its name goes before a group of the same name. */
function parametersOf(inputs: PenaltyInputs, name: string): readonly PenalizedParameter[] {
  const { variables, tables } = inputs;
  const isOwn = (owner: string): boolean =>
    owner === name || owner.startsWith(`${name}/`) || owner.startsWith(`${name}.`);
  const owned = variables.parameters.filter(({ owner }) => isOwn(owner));
  const pieces = tables.flatMap((table) =>
    readPieces(inputs, table)
      .filter((piece) => isOwn(ownerOfTable(piece)))
      .flatMap((piece) => pieceOf(inputs, table, piece)),
  );
  if (owned.length + pieces.length > 0) return [...pieces, ...owned];
  const embeddings = (): readonly PenalizedParameter[] =>
    tables.filter((table) => readPieces(inputs, table).length > 0).flatMap((table) => tableOf(inputs, table));
  switch (name) {
    case "embeddings":
      return embeddings();
    case "weights":
      return variables.parameters.filter(({ group }) => group === "weight");
    case "biases":
      return variables.parameters.filter(({ group }) => group === "bias");
    case "all":
      return [...embeddings(), ...variables.parameters];
    default:
      return [];
  }
}

function readPieces({ pieces }: PenaltyInputs, table: EmbeddingTable): readonly EmbeddingPiece[] {
  return table.pieces.filter((piece) => pieces.has(piece.name));
}

function tableOf({ builder, features }: PenaltyInputs, table: EmbeddingTable): readonly PenalizedParameter[] {
  return table.update === "dense"
    ? [{ value: builder.state(tableVariable(table)) }]
    : features.touched(table).map(penalized);
}

const penalized = ({ rows, shares }: TouchedRows): PenalizedParameter => ({ value: rows, rowWeights: shares });

function pieceOf(
  { builder, features }: PenaltyInputs,
  table: EmbeddingTable,
  { name, row, rows }: EmbeddingPiece,
): readonly PenalizedParameter[] {
  return table.update === "dense"
    ? [{ value: builder.slice(builder.state(tableVariable(table)), { axis: 0, begin: row, size: rows }) }]
    : features.touched(table, name).map(penalized);
}
