/**
 * The checker. In goes the syntax tree of a spec; out come the typed model, diagnostics, and side tables that say what
 * names and expressions are. Pure: it reads no file and no data, changes no node, and says nothing about what recovery
 * had to invent. Each subject is a file: what it checks is in its name.
 */
export { expand, type Expanded } from "./expand/index.js";
export type { LoadedSpecs } from "./expand/modules.js";
export { check, type CheckOptions, type CheckResult } from "./check.js";
export type { SideTables } from "./context.js";
export { describeKind, type SpecSymbol, type SymbolKind, type SymbolOf } from "./symbols.js";
export { showType, type ValueType } from "./types.js";
export { showEvent, showHeadType, type Within } from "./events.js";
