import { featureEntries, visit } from "../../compiler/syntax/index.js";
import type { Analysis } from "../analysis/analysis.js";
import { visitSlots } from "../language/tree-slots.js";

/** Columns that the spec's files are known to have: those that `columns:` lists, and those that it reads already. */
export function readColumns({ compilation }: Analysis): readonly string[] {
  const columns = new Set<string>();
  for (const { declarations } of compilation.files.values())
    for (const node of declarations) {
      if (node.kind === "Features" || node.kind === "Labels")
        for (const { name, source } of node.kind === "Features" ? featureEntries(node) : node.entries)
          if (source === undefined && name.text !== "") columns.add(name.text);
      if (!["Data", "Features", "Labels"].includes(node.kind)) continue;
      visit(node, (each) => {
        if (each.kind !== "Argument" || each.name?.text !== "columns") return;
        visit(each.value, (item) => {
          if (item.kind === "NameExpression" && item.name.text !== "") columns.add(item.name.text);
        });
      });
      visitSlots(node, new Map(), (expression, slot) => {
        if (
          expression.kind === "NameExpression" &&
          (slot.kind === "columns" || slot.kind === "column") &&
          expression.name.text !== ""
        )
          columns.add(expression.name.text);
      });
    }
  return [...columns].sort();
}
