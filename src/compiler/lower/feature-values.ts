/**
 * From a batch's arrays to the features' tensors. All features that are looked up in one table by one id per row are gathered
 * at once, in the order in which the network reads them: a concatenation of them is then a slice of what was gathered.
 */
import { omitUndefined } from "../text/index.js";
import { float32, type GraphBuilder, int32, multiplyDims, type ValueId } from "../graph/index.js";
import {
  canMiss,
  hasIds,
  isListFeature,
  isSequence,
  isWeighted,
  positionsOf,
  type BatchLayout,
  type FeatureModel,
  type LayoutSlot,
  type TableFeature,
} from "../model/index.js";
import { type EmbeddingPiece, type EmbeddingTable, tableVariable } from "./embeddings.js";
import { poolBag, poolWeighted } from "./pool-bag.js";
import { streamOf } from "./random-stream.js";

/** What serving sees of features with `serving: value`, encoded: a number, or ids, of a weighted bag then as many weights. */
export type ServingValues = Readonly<Record<string, readonly number[]>>;

export interface FeatureInputs {
  readonly builder: GraphBuilder;
  readonly features: readonly FeatureModel[];
  readonly layout: BatchLayout;
  readonly tables: readonly EmbeddingTable[];
  /** What this function looks up, by {@link lookupKey}. */
  readonly lookups: ReadonlySet<string>;
  readonly serving: ServingValues;
  /** [B, idWidth] int32 and [B, numberWidth] float32; absent when the model has no such feature. */
  readonly ids: ValueId | undefined;
  readonly numbers: ValueId | undefined;
  /** Set in training, which has rows that only fill a batch up, with −1 for each id. */
  readonly training?: {
    /** Uniform numbers [B] of a stream, where features are dropped. */
    readonly random: (stream: number) => ValueId;
  };
}

/** A feature in a piece of a table. */
export function lookupKey(piece: string, feature: string): string {
  return `${piece} ${feature}`;
}

/** `asServed`: with the values that serving sees in place of the data's. */
export interface FeatureValues {
  /** [B, 1]; of numbers at the positions of a sequence [B, max, 1]. */
  readonly number: (feature: string, asServed: boolean) => ValueId;
  /** A feature in a piece: [B, width of the piece's table]; of a sequence [B, max, width], anything where there is no value. */
  readonly embedding: (piece: string, feature: string, asServed: boolean) => ValueId;
  /** The id of each row of a feature with one, −1 where there is none: [B, 1] int32. */
  readonly ids: (feature: string, asServed: boolean) => ValueId;
  /** [B, max] float32: 1 where a sequence has a value, else 0. */
  readonly mask: (feature: string, asServed: boolean) => ValueId;
  /** The rows that the batch looks up in a table, in one of its pieces or in all. No row of the table is in two of them. */
  readonly touched: (table: EmbeddingTable, piece?: string) => readonly TouchedRows[];
  /**
   * In training, for the ids of each gather that was made so far, a float32 of their shape: 0 where an id is in for
   * padding, else 1.
   */
  readonly present: ReadonlyMap<ValueId, ValueId>;
}

/** Rows as they are looked up, with repetitions. */
export interface TouchedRows {
  /** [B·W, e]. */
  readonly rows: ValueId;
  /** [B·W] float32: 1 over how often the batch looks the row up, so that they add up to 1 for each row; 0 for padding. */
  readonly shares: ValueId;
}

/** The same by where they are. */
interface LookedUp {
  /** [B, W] int32: rows of the table. */
  readonly ids: ValueId;
  /** [B·W, e]. */
  readonly rows: ValueId;
  /** [B, W] float32: 0 where an id is padding, else 1. Absent: nowhere. */
  readonly present?: ValueId;
}

/** A feature with ids, one of its tables and its position in it. */
interface Lookup {
  readonly table: EmbeddingTable;
  readonly piece: EmbeddingPiece;
  readonly feature: TableFeature;
  readonly slot: LayoutSlot;
}

/** One gather: the ids [B, W] of some lookups, one column each, and the embeddings side by side [B, W·e]. */
interface Block {
  readonly lookups: readonly Lookup[];
  readonly ids: ValueId;
  readonly values: ValueId;
}

/** A function in the making: what it was given, and what {@link FeatureValues.present} has so far. */
interface Making extends FeatureInputs {
  readonly present: Map<ValueId, ValueId>;
}

export function createFeatureValues(given: FeatureInputs): FeatureValues {
  const present = new Map<ValueId, ValueId>();
  const inputs: Making = { ...given, present };
  const { builder } = inputs;
  const lookups = lookupsOf(inputs);
  const blocks = new Map<EmbeddingTable, Block>();

  const blockOf = (table: EmbeddingTable): Block => {
    const known = blocks.get(table);
    if (known !== undefined) return known;
    const block = gatherBlock(
      inputs,
      table,
      lookups.filter((lookup) => lookup.table === table && isInBlock(lookup)),
    );
    blocks.set(table, block);
    return block;
  };
  const lookupOf = (piece: string, feature: string): Lookup => {
    const lookup = lookups.find((each) => each.piece.name === piece && each.feature.name === feature);
    if (lookup === undefined) throw new Error(`nothing looks up ${feature} in ${piece}`);
    return lookup;
  };
  const embedding = (lookup: Lookup, asServed: boolean): ValueId => {
    if (!isInBlock(lookup)) return lookUp(inputs, lookup, asServed);
    const { values, lookups: all } = blockOf(lookup.table);
    const { width } = lookup.table;
    return builder.slice(values, { axis: 1, begin: all.indexOf(lookup) * width, size: width });
  };
  const found = (ids: ValueId, rows: ValueId, isPresent: ValueId | undefined): LookedUp => ({
    ids,
    rows,
    ...omitUndefined({ present: isPresent }),
  });
  const lookedUp = (lookup: Lookup): LookedUp => {
    if (!isInBlock(lookup)) {
      const recorded = recordedIds(inputs, lookup);
      const ids = tableRows(inputs, lookup, recorded);
      const rows = builder.gather(builder.state(tableVariable(lookup.table)), ids);
      const isPresent = present.get(ids) ?? (isListFeature(lookup.feature) ? whereThere(builder, recorded) : undefined);
      return found(ids, builder.flattenRows(rows, 2), isPresent);
    }
    const { ids, lookups: all } = blockOf(lookup.table);
    const column = (of: ValueId): ValueId => builder.slice(of, { axis: 1, begin: all.indexOf(lookup), size: 1 });
    const isPresent = present.get(ids);
    return found(column(ids), embedding(lookup, false), isPresent === undefined ? undefined : column(isPresent));
  };

  const lookedUpIn = (table: EmbeddingTable, piece: string | undefined): readonly LookedUp[] => {
    const own = lookups.filter((each) => each.table === table && (piece === undefined || each.piece.name === piece));
    if (piece !== undefined) return joinShared(builder, own, lookedUp);
    const single = own.filter((lookup) => !isInBlock(lookup));
    if (!own.some(isInBlock)) return joinShared(builder, single, lookedUp);
    const { ids, values, lookups: inBlock } = blockOf(table);
    const rows = builder.reshape(values, [multiplyDims("B", inBlock.length), table.width]);
    const block = found(ids, rows, present.get(ids));
    // A piece that is looked up in the block and apart has its rows in one.
    const isShared = ({ piece: { name } }: Lookup): boolean => inBlock.some((each) => each.piece.name === name);
    const joined = [block, ...single.filter(isShared).map(lookedUp)];
    const apart = single.filter((lookup) => !isShared(lookup));
    return [joinLookedUp(builder, joined), ...joinShared(builder, apart, lookedUp)];
  };

  return {
    number: (feature, asServed) => numberOf(inputs, feature, asServed),
    embedding: (piece, feature, asServed) => embedding(lookupOf(piece, feature), asServed),
    ids: (feature, asServed) => idsOf(inputs, feature, asServed).ids,
    mask: (feature, asServed) => maskOf(inputs, feature, asServed),
    touched: (table, piece) => lookedUpIn(table, piece).map((each) => touchedRows(builder, each)),
    present,
  };
}

function lookupsOf({ features, layout, tables, lookups }: FeatureInputs): readonly Lookup[] {
  return tables.flatMap((table) =>
    table.pieces.flatMap((piece): readonly Lookup[] =>
      piece.readers.flatMap((reader): readonly Lookup[] => {
        const feature = features.find(({ name }) => name === reader);
        const slot = layout.ids.find((each) => each.feature === reader);
        const isRead = lookups.has(lookupKey(piece.name, reader));
        return feature === undefined || !hasIds(feature) || slot === undefined || !isRead
          ? []
          : [{ table, piece, feature, slot }];
      }),
    ),
  );
}

/** What is looked up several times in one piece is one list of rows, so that each row of the table is in one list only. */
function joinShared(
  builder: GraphBuilder,
  lookups: readonly Lookup[],
  lookedUp: (lookup: Lookup) => LookedUp,
): readonly LookedUp[] {
  const byPiece = new Map<EmbeddingPiece, LookedUp[]>();
  for (const lookup of lookups) byPiece.set(lookup.piece, [...(byPiece.get(lookup.piece) ?? []), lookedUp(lookup)]);
  return [...byPiece.values()].map((all) => joinLookedUp(builder, all));
}

function joinLookedUp(builder: GraphBuilder, all: readonly LookedUp[]): LookedUp {
  const [first] = all;
  if (first === undefined) throw new Error("nothing is looked up");
  if (all.length === 1) return first;
  const rows = all.map((each) => {
    const [width = 1] = builder.shape(each.rows).slice(1);
    return builder.reshape(each.rows, [...builder.shape(each.ids), width]);
  });
  const presents = all.map(({ ids, present }) => present ?? builder.ones(builder.shape(ids)));
  return {
    ids: builder.concat(
      all.map(({ ids }) => ids),
      1,
    ),
    rows: builder.flattenRows(builder.concat(rows, 1), 2),
    present: builder.concat(presents, 1),
  };
}

/** Lists, and what may be a vector of zeros, are gathered apart, and what serving replaces is read in two ways: all are looked up by themselves. */
function isInBlock({ feature }: Lookup): boolean {
  return !hasPadding(feature) && feature.serving.kind !== "value";
}

/** Whether −1 occurs among the ids of rows of the data. */
function hasPadding(feature: FeatureModel): boolean {
  return isListFeature(feature) || (canMiss(feature) && feature.missing?.kind === "zeros");
}

function gatherBlock(inputs: Making, table: EmbeddingTable, lookups: readonly Lookup[]): Block {
  const { builder } = inputs;
  return builder.within(table.name, undefined, () => {
    const columns = builder.concat(
      runsOf(inputs, lookups).map((run) => recordedRun(inputs, run)),
      1,
    );
    const offsets = builder.constant(
      int32(lookups.length),
      lookups.map(({ piece }) => piece.row),
    );
    const ids = rowsAt(inputs, columns, offsets, false);
    const gathered = builder.gather(builder.state(tableVariable(table)), ids);
    const values = builder.reshape(gathered, ["B", lookups.length * table.width]);
    return { lookups, ids, values };
  });
}

/** Ids of one piece as rows of its table. */
function tableRows(inputs: Making, { piece, feature }: Lookup, ids: ValueId): ValueId {
  return rowsAt(inputs, ids, inputs.builder.scalar(piece.row, "int32"), hasPadding(feature));
}

/**
 * Ids as rows of a table, which `offsets` moves them to. Where −1 can occur, in lists and in training, the first row is used
 * for it: a gather has to read some row, and what reads the result leaves it out.
 */
function rowsAt({ builder, training, present }: Making, ids: ValueId, offsets: ValueId, isPadded: boolean): ValueId {
  const zero = builder.scalar(0, "int32");
  const rows = builder.add(isPadded || training !== undefined ? builder.maximum(ids, zero) : ids, offsets);
  if (training !== undefined) present.set(rows, whereThere(builder, ids));
  return rows;
}

/** 1 for ids, 0 for the −1 of padding. */
function whereThere(builder: GraphBuilder, ids: ValueId): ValueId {
  return builder.cast(builder.lessEqual(builder.scalar(0, "int32"), ids), "float32");
}

/** Lookups whose columns are side by side in the batch are sliced together, unless one of them is dropped by itself. */
function runsOf(inputs: FeatureInputs, lookups: readonly Lookup[]): readonly (readonly Lookup[])[] {
  const runs: Lookup[][] = [];
  for (const lookup of lookups) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const joins =
      last !== undefined &&
      lookup.slot.offset === last.slot.offset + 1 &&
      !isDropped(inputs, lookup.feature) &&
      !isDropped(inputs, last.feature);
    if (joins) run?.push(lookup);
    else runs.push([lookup]);
  }
  return runs;
}

/** [B, columns] int32. */
function recordedRun(inputs: FeatureInputs, run: readonly Lookup[]): ValueId {
  const [first] = run;
  if (first === undefined) throw new Error("a run of columns is empty");
  if (run.length === 1) return recordedIds(inputs, first);
  return sliceColumns(inputs.builder, inputs.ids, { ...first.slot, width: run.length });
}

/** The feature's ids as the data has them, dropped in training as the spec says: [B, slot's width]. */
function recordedIds(inputs: FeatureInputs, { feature, slot }: Pick<Lookup, "feature" | "slot">): ValueId {
  const { builder } = inputs;
  const ids = sliceColumns(builder, inputs.ids, slot);
  const dropped = droppedRows(inputs, feature);
  if (dropped === undefined) return ids;
  // "Unknown" is id 0, but padding stays padding; an unknown list is empty.
  const unknown = isListFeature(feature)
    ? builder.scalar(-1, "int32")
    : builder.minimum(ids, builder.scalar(0, "int32"));
  return builder.select(dropped, unknown, ids);
}

function numberOf(inputs: FeatureInputs, name: string, asServed: boolean): ValueId {
  const { builder } = inputs;
  const feature = inputs.features.find((each) => each.name === name);
  const slot = numberSlot(inputs, name);
  if (feature === undefined) throw new Error(`there is no feature ${name}`);
  if (asServed && feature.serving.kind === "value") {
    const [value = 0] = servedValues(inputs, feature);
    return builder.fill(["B", 1], value);
  }
  const number = sliceColumns(builder, inputs.numbers, slot);
  // Dropped rows of a sequence have no positions at all.
  if (isSequence(feature)) return builder.expandDims(number, -1);
  const dropped = droppedRows(inputs, feature);
  return dropped === undefined ? number : builder.select(dropped, builder.scalar(0), number);
}

function numberSlot({ layout }: FeatureInputs, name: string): LayoutSlot {
  const slot = layout.numbers.find((each) => each.feature === name);
  if (slot === undefined) throw new Error(`there are no numbers of the feature ${name}`);
  return slot;
}

function sliceColumns(builder: GraphBuilder, table: ValueId | undefined, { offset, width }: LayoutSlot): ValueId {
  if (table === undefined) throw new Error("the batch has no such columns");
  return builder.slice(table, { axis: 1, begin: offset, size: width });
}

/** One feature's lookup by itself. */
function lookUp(inputs: Making, lookup: Lookup, asServed: boolean): ValueId {
  const { builder } = inputs;
  const { feature, slot, table } = lookup;
  return builder.within(lookup.piece.name, feature.span, () => {
    if (!asServed || feature.serving.kind !== "value") {
      const weights = isWeighted(feature)
        ? sliceColumns(builder, inputs.numbers, numberSlot(inputs, feature.name))
        : undefined;
      return embed(inputs, lookup, recordedIds(inputs, lookup), weights);
    }
    const weights = isWeighted(feature) ? servedWeights(inputs, feature, slot) : undefined;
    const row = embed(inputs, lookup, servedIds(inputs, feature, slot), weights);
    return builder.broadcast(row, feature.kind === "sequence" ? ["B", slot.width, table.width] : ["B", table.width]);
  });
}

/** [1, slot's width]. */
function servedIds(inputs: FeatureInputs, feature: FeatureModel, slot: LayoutSlot): ValueId {
  const served = servedValues(inputs, feature);
  const ids = Array.from({ length: slot.width }, (_, i) => served[i] ?? -1);
  return inputs.builder.constant(int32(1, slot.width), ids);
}

/** [1, slot's width]. */
function servedWeights(inputs: FeatureInputs, feature: FeatureModel, { width }: LayoutSlot): ValueId {
  const weights = servedValues(inputs, feature).slice(width);
  return inputs.builder.constant(
    float32(1, width),
    Array.from({ length: width }, (_, i) => weights[i] ?? 0),
  );
}

function maskOf(inputs: FeatureInputs, name: string, asServed: boolean): ValueId {
  const { builder } = inputs;
  const { ids, isServed, slot } = idsOf(inputs, name, asServed);
  const mask = builder.cast(builder.lessEqual(builder.scalar(0, "int32"), ids), "float32");
  return isServed ? builder.broadcast(mask, ["B", slot.width]) : mask;
}

/** A feature's ids: [B, W], or [1, W] where serving sees a value. */
function idsOf(
  inputs: FeatureInputs,
  name: string,
  asServed: boolean,
): { readonly ids: ValueId; readonly isServed: boolean; readonly slot: LayoutSlot } {
  const feature = inputs.features.find((each) => each.name === name);
  const slot = inputs.layout.ids.find((each) => each.feature === name);
  if (feature === undefined || !hasIds(feature) || slot === undefined) throw new Error(`there are no ids of ${name}`);
  const isServed = asServed && feature.serving.kind === "value";
  const ids = isServed ? servedIds(inputs, feature, slot) : recordedIds(inputs, { feature, slot });
  return { ids, isServed, slot };
}

function servedValues({ serving }: FeatureInputs, { name }: FeatureModel): readonly number[] {
  const values = serving[name];
  if (values === undefined) throw new Error(`what serving sees of the feature ${name} is not encoded`);
  return values;
}

/** Ids [R, W], of a weighted bag with weights [R, W] → [R, e]; of a sequence [R, W, e]. */
function embed(inputs: Making, lookup: Lookup, ids: ValueId, weights: ValueId | undefined): ValueId {
  const { builder } = inputs;
  const { table, feature } = lookup;
  const [rows = "B"] = builder.shape(ids);
  const gathered = builder.gather(builder.state(tableVariable(table)), tableRows(inputs, lookup, ids));
  if (feature.kind === "sequence") return gathered;
  const isValue = builder.lessEqual(builder.scalar(0, "int32"), ids);
  if (feature.kind !== "bag") {
    const values = builder.reshape(gathered, [rows, table.width]);
    return hasPadding(feature) ? builder.mul(values, builder.cast(isValue, "float32")) : values;
  }
  return weights === undefined
    ? poolBag(builder, feature.pool, gathered, isValue)
    : poolWeighted(builder, feature.pool, gathered, builder.mul(weights, builder.cast(isValue, "float32")));
}

function isDropped({ training }: FeatureInputs, feature: FeatureModel): boolean {
  return training !== undefined && feature.dropout > 0;
}

/** [B, 1] bool: one draw a row and feature, so that all tables of a feature, and all sequences of the same positions, lose it together. */
function droppedRows(inputs: FeatureInputs, feature: FeatureModel): ValueId | undefined {
  const { builder, training } = inputs;
  if (training === undefined || feature.dropout === 0) return undefined;
  const owner = isSequence(feature) ? positionsOf(feature) : feature.name;
  const draw = training.random(streamOf(`feature ${owner}`));
  return builder.less(builder.expandDims(draw, -1), builder.scalar(feature.dropout));
}

/**
 * Weighted by how often each is looked up, so that nothing else is gathered than what the network reads; what is in for
 * padding is not looked up.
 */
function touchedRows(builder: GraphBuilder, { ids, rows, present }: LookedUp): TouchedRows {
  const flat = builder.flatten(ids);
  const groupOf = builder.uniqueIndex(flat);
  const [distinct = 0] = builder.shape(builder.unique(flat));
  const counted = builder.flatten(present ?? builder.ones(builder.shape(ids)));
  const counts = builder.maximum(builder.segmentSum(counted, groupOf, distinct), builder.scalar(1));
  const shares = builder.gather(builder.div(builder.scalar(1), counts), groupOf);
  return { rows, shares: builder.mul(shares, counted) };
}
