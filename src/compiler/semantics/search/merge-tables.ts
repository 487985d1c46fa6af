/** What the checker found out about a spec with searches, for editors: of the defaults, and of choices what only they have. */
import { childrenOf, type AnyNode, type Name, type Spec } from "../../syntax/index.js";
import type { CheckResult } from "../check.js";
import type { SideTables } from "../context.js";
import type { SpecSymbol } from "../names/symbols.js";
import type { ValueType } from "../values/types.js";

/** A spec with values in the place of its searches, and what the checker makes of that. */
export interface CheckedVariant {
  readonly spec: Spec;
  readonly result: CheckResult;
}

/** The tables of the defaults, also for the nodes that the text has around its searches. */
export function mergeTables(spec: Spec, base: CheckedVariant, variants: readonly CheckedVariant[]): SideTables {
  const { tables } = base.result;
  const types = new Map<AnyNode, ValueType>(tables.types);
  const references = new Map<Name, SpecSymbol>(tables.references);
  noteWritten(spec, base.spec, types);
  for (const { result } of variants) {
    for (const [name, symbol] of result.tables.references) if (!references.has(name)) references.set(name, symbol);
    for (const [node, type] of result.tables.types) if (!types.has(node)) types.set(node, type);
  }
  return { ...tables, types, references };
}

/** Nodes above a search were rebuilt when its value was put in: the type is that of the node that is written, too. */
function noteWritten(written: AnyNode, made: AnyNode, types: Map<AnyNode, ValueType>): void {
  if (written === made) return;
  const type = types.get(made);
  if (type !== undefined) types.set(written, type);
  if (written.kind === "Search") return;
  const inner = childrenOf(made);
  childrenOf(written).forEach((child, i) => {
    const other = inner[i];
    if (other !== undefined) noteWritten(child, other, types);
  });
}
