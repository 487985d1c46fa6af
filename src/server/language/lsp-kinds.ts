import { SymbolKind } from "vscode-languageserver";
import type { OutlineIcon } from "../../compiler/syntax/index.js";

/** The protocol's number for each icon of an outline. */
export const lspKinds: Readonly<Record<OutlineIcon, SymbolKind>> = {
  module: SymbolKind.Module,
  namespace: SymbolKind.Namespace,
  key: SymbolKind.Key,
  field: SymbolKind.Field,
  event: SymbolKind.Event,
  property: SymbolKind.Property,
  constant: SymbolKind.Constant,
  variable: SymbolKind.Variable,
  array: SymbolKind.Array,
  function: SymbolKind.Function,
  method: SymbolKind.Method,
  operator: SymbolKind.Operator,
  object: SymbolKind.Object,
};
