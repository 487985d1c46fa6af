/**
 * Data: files in, encoded batches out. A model and the files that it names (or others in their place) become data sets,
 * with what was fitted to the training data; rows that a program hands in become batches the same way. It never trains,
 * never writes to the files that it reads, and leaves nothing behind but its cache.
 */
export * from "./batches/dataset.js";
export { columnsOf } from "./expressions/expression.js";
export type { RawRow } from "./expressions/expression-evaluate.js";
export {
  type Fitted,
  type FittedFeature,
  fittedSizes,
  hashFitted,
  joinFitted,
  sizesWithoutData,
  splitFitted,
} from "./encode/fitted.js";
export { listNames } from "./files/explain-columns.js";
export { type ColumnProfile, type FileProfile, profileFile, readingAs } from "./profile.js";
export * from "./open.js";
export * from "./open-options.js";
export { encodeRows, type EncodedRows, type EncodeRowsOptions } from "./stream.js";
export { type BlockTaker, roomOf } from "./batches/blocks.js";
export type { ContinuedFit, ContinuedIds } from "./encode/fit/continue.js";
export * from "./encode/row-encoder.js";
export { RowFailure } from "./encode/row-failure.js";
export * from "./encode/held/columns.js";
export * from "./encode/held/encode-columns.js";
export { createObserver, type FeatureObservation, type Observer } from "./encode/observations.js";
export { joinBatches } from "./batches/records.js";
export type { TableColumn } from "./files/database.js";
export type { DataRole, RoleOptions } from "./roles.js";
export { type KeptColumns, keptUses } from "./batches/kept.js";
export * from "./batches/table-format.js";
export * from "./batches/table.js";
export { readVectors, type TableVectors, type VectorsRequest } from "./vectors.js";
export { columnUses, type DataSpec } from "./uses.js";
export { type FeatureValues, readFeatureValues } from "./encode/feature-values.js";
export { inputValue } from "./encode/input-value.js";
export { BrokenLine } from "./files/json-rows.js";
export { createRowsOfBlocks, type LinesBlock, type RowBlock } from "./files/block-rows.js";
export { hasBlocks, type PlacedBlock, streamRowBlocks } from "./files/row-blocks.js";
export { type RawRowOptions, rulesOf, streamRawRowBatches, streamRawRows } from "./files/raw-rows.js";
export { cellText, compareTexts, parseNumber } from "./expressions/values.js";
