/**
 * Data: files in, encoded batches out. A model and the files that it names (or others in their place) become data sets,
 * with what was fitted to the training data; rows that a program hands in become batches the same way. It never trains,
 * never writes to the files that it reads, and leaves nothing behind but its cache.
 */
export * from "./dataset.js";
export { columnsOf } from "./expression.js";
export type { RawRow } from "./expression-evaluate.js";
export {
  type Fitted,
  type FittedFeature,
  fittedSizes,
  hashFitted,
  joinFitted,
  sizesWithoutData,
  splitFitted,
} from "./fitted.js";
export { listNames } from "./explain-columns.js";
export { readingOf } from "./files.js";
export { type ColumnProfile, type FileProfile, profileFile, readingAs } from "./profile.js";
export * from "./open.js";
export * from "./row-encoder.js";
export type { TableColumn } from "./database.js";
export type { DataRole, RoleOptions } from "./roles.js";
export { type KeptColumns, keptUses } from "./kept.js";
export * from "./table.js";
export { columnUses, type DataSpec } from "./uses.js";
export { type FeatureValues, readFeatureValues } from "./feature-values.js";
export { inputValue } from "./input-value.js";
export { BrokenLine, type RawRowOptions, streamRawRows } from "./raw-rows.js";
export { cellText, compareTexts, parseNumber } from "./values.js";
