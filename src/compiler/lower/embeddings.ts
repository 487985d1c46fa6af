/** Which embedding tables a model has: the features' tables of one width are one state variable, read by one gather. */
import { own } from "../text/index.js";
import { resolveBalance } from "../builtins/index.js";
import { type Initializer, type StateVariable, float32 } from "../graph/index.js";
import { batchLayout, type FittedSizes, hasIds, type Model, type NetNode, nodeAt, tableOwner } from "../model/index.js";
import { firstValues, trainedAs } from "./training/part-optimizers.js";
import { reachableNodes, termsOfNodes } from "./reachable.js";

/** A table of the spec: the rows [row, row + rows) of its state variable. */
export interface EmbeddingPiece {
  /** `user_id.embedding`; of a table that is declared apart, `u_both.embedding`. */
  readonly name: string;
  /** Whose ids select its rows. */
  readonly feature: string;
  /** The features that are looked up in it. */
  readonly readers: readonly string[];
  readonly row: number;
  readonly rows: number;
  readonly initializer: Initializer;
}

/** One state variable with the tables that it is made of, and how a training step updates it. */
export interface EmbeddingTable {
  readonly name: string;
  readonly width: number;
  readonly rows: number;
  readonly pieces: readonly EmbeddingPiece[];
  /** Ids that are looked up for one row of a batch. */
  readonly lookups: number;
  /** `sparse`: only the rows that a batch touches, what the optimizer remembers of them included. */
  readonly update: "sparse" | "dense";
  /** Why: one sentence's end such as "the spec says so". */
  readonly reason: string;
}

export interface EmbeddingOptions {
  /** Default true. False: a variable for each table; the numbers are the same. */
  readonly mergeTables?: boolean;
}

/**
 * A table with more rows than this many times what a batch can touch is updated sparsely under `embeddings: auto`. Measured
 * on the native engine with Adam, batch 1024 and 20 lookups of 8 numbers: at 1 both cost the same, at 2 sparse takes four
 * fifths of a dense step's time, at 8 half, at 32 a sixth.
 */
const sparseFactor = 2;

/** Small enough that sigmoids start in their linear part, large enough that ids start apart. */
const embeddingInitializer: Initializer = { kind: "normal", mean: 0, deviation: 0.05 };

interface WantedPiece {
  readonly name: string;
  readonly feature: string;
  readonly readers: readonly string[];
  readonly width: number;
  readonly rows: number;
  readonly lookups: number;
}

/** The tables that some head needs, in the order in which the network first reads them. */
export function planEmbeddings(
  model: Model,
  sizes: FittedSizes,
  options: EmbeddingOptions = {},
): readonly EmbeddingTable[] {
  const groups = new Map<string, WantedPiece[]>();
  const groupOf = byTraining(model, createGroups(model));
  for (const piece of wantedPieces(model, sizes)) {
    const key = groupOf(piece);
    groups.set(key, [...(groups.get(key) ?? []), piece]);
  }
  return [...groups].flatMap(([name, wanted]) => {
    const merged = mergedTable(model, name, wanted);
    return options.mergeTables === false ? wanted.map((piece) => ownTable(model, piece, merged)) : [merged];
  });
}

function mergedTable(model: Model, name: string, wanted: readonly WantedPiece[]): EmbeddingTable {
  let rows = 0;
  const pieces = wanted.map((piece): EmbeddingPiece => {
    const row = rows;
    rows += piece.rows;
    const initializer = initializerOf(model, piece);
    return { name: piece.name, feature: piece.feature, readers: piece.readers, row, rows: piece.rows, initializer };
  });
  const lookups = wanted.reduce((total, piece) => total + piece.lookups, 0);
  return { name, width: wanted[0]?.width ?? 0, rows, pieces, lookups, ...chooseUpdate(model, rows, lookups) };
}

/** A table by itself, updated as those that it would be merged with. */
function ownTable(model: Model, piece: WantedPiece, { update, reason }: EmbeddingTable): EmbeddingTable {
  return { ...mergedTable(model, piece.name, [piece]), update, reason };
}

/** How a table starts; the row of "unknown" is not one of its ids. */
function initializerOf({ train }: Model, piece: WantedPiece): Initializer {
  const fans = { inputs: Math.max(1, piece.rows - 1), units: piece.width };
  return firstValues(train, { owner: ownerOfTable(piece), group: "embedding" }, { ...embeddingInitializer, fans });
}

/**
 * Tables of one width. Where gradients of losses are combined, a variable has tables of the same losses only: what some
 * losses share and what one of them has by itself are combined otherwise.
 */
function createGroups(model: Model): (piece: WantedPiece) => string {
  const balance = resolveBalance(model.loss.balance.method);
  if (balance?.form !== "gradients") return ({ width }) => `embeddings/${width}`;
  if (balance.perTensor === true) return ({ name }) => name;
  const terms = new Map<string, Set<number>>();
  for (const [ref, reached] of termsOfNodes(model)) {
    const piece = lookupOf(nodeAt(model, ref))?.piece;
    if (piece !== undefined) terms.set(piece, new Set([...(terms.get(piece) ?? []), ...reached]));
  }
  const groups: string[] = [];
  return ({ name, width }) => {
    const key = [...(terms.get(name) ?? [])].sort((a, b) => a - b).join(" ");
    if (!groups.includes(key)) groups.push(key);
    return `embeddings/${width}/${groups.indexOf(key)}`;
  };
}

/** A variable has tables that are trained alike. */
function byTraining({ train }: Model, groupOf: (piece: WantedPiece) => string): (piece: WantedPiece) => string {
  return (piece) => `${groupOf(piece)}${trainedAs(train, { owner: ownerOfTable(piece), group: "embedding" })}`;
}

/** The feature or the declared table that a piece is named after. */
export function ownerOfTable({ name }: Pick<EmbeddingPiece, "name">): string {
  return name.slice(0, -embeddingName("").length);
}

function chooseUpdate({ train }: Model, rows: number, lookups: number): Pick<EmbeddingTable, "update" | "reason"> {
  if (train.embeddings !== "auto") return { update: train.embeddings, reason: "the spec says so" };
  const touched = train.batch * lookups;
  return rows > sparseFactor * touched
    ? { update: "sparse", reason: `a batch touches at most ${touched} of ${rows} rows` }
    : { update: "dense", reason: `a batch may touch ${touched} rows and the table has ${rows}` };
}

function wantedPieces(model: Model, sizes: FittedSizes): readonly WantedPiece[] {
  const slots = new Map(batchLayout(model).ids.map((slot) => [slot.feature, slot]));
  const wanted = new Map<string, WantedPiece>();
  for (const node of reachableNodes(model, model.heads, "recorded")) {
    const lookup = lookupOf(node);
    const slot = slots.get(lookup?.feature ?? "");
    if (lookup === undefined || slot === undefined) continue;
    const known = wanted.get(lookup.piece);
    if (known?.readers.includes(lookup.feature) === true) continue;
    if (known !== undefined) {
      const readers = [...known.readers, lookup.feature];
      wanted.set(lookup.piece, { ...known, readers, lookups: known.lookups + slot.width });
      continue;
    }
    const feature = ownerOf(model, lookup.feature);
    const rows = own(sizes.ids, feature);
    if (rows === undefined) throw new Error(`the number of ids of the feature ${feature} is not known`);
    const width = lookup.width ?? embedWidth(model, lookup.feature);
    const readers = [lookup.feature];
    wanted.set(lookup.piece, { name: lookup.piece, feature, readers, width, rows, lookups: slot.width });
  }
  return [...wanted.values()];
}

/** What a node reads of a feature; nothing when it is not a lookup. A width is set where the node has a table of its own. */
export function lookupOf(
  node: NetNode,
): { readonly feature: string; readonly piece: string; readonly width?: number } | undefined {
  const { feature, width, table } = node.arguments;
  if (typeof feature !== "string") return undefined;
  return typeof width === "number"
    ? { feature, piece: embeddingName(node.id), width: width * (node.replicas ?? 1) }
    : { feature, piece: embeddingName(typeof table === "string" ? table : feature) };
}

export function embeddingName(owner: string): string {
  return `${owner}.embedding`;
}

/** The feature whose ids a feature has. */
function ownerOf(model: Model, name: string): string {
  const feature = model.features.find((each) => each.name === name);
  return feature === undefined ? name : tableOwner(feature);
}

function embedWidth(model: Model, name: string): number {
  const feature = model.features.find((each) => each.name === name);
  if (feature === undefined || !hasIds(feature)) throw new Error(`the feature ${name} has no ids`);
  return feature.embed;
}

export function tableVariable({ name, rows, width, pieces }: EmbeddingTable): StateVariable {
  return {
    name,
    type: float32(rows, width),
    role: "parameter",
    pieces: pieces.map((piece) => ({
      name: piece.name,
      row: piece.row,
      rows: piece.rows,
      initializer: piece.initializer,
    })),
  };
}
