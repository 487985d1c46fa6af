/** What may appear in a formula: values of the kind that is needed, and ways to make such a value of another kind. */
import type { SymbolKind } from "../../compiler/semantics/index.js";
import type { TokenView } from "../../compiler/syntax/index.js";
import { formulaValueOf, resultOf, type FormulaValue } from "../language/formula-kinds.js";
import { signaturesIn } from "../language/signatures.js";
import type { Slot } from "../language/slots.js";
import { callItem, symbolItems, type Item, type ItemContext } from "./item.js";
import { wantedIn, type WantedValue } from "./wanted.js";

const formulaKinds: readonly SymbolKind[] = [
  "task",
  "chain",
  "signal",
  "param",
  "attribute",
  "request",
  "fusion",
  "feature",
];

export function formulaItems(
  slot: Extract<Slot, { readonly kind: "formula" }>,
  before: readonly TokenView[],
  context: ItemContext,
): readonly Item[] {
  const { symbols } = context.analysis.tables;
  const wanted = wantedIn(slot, before, context.after, symbols);
  const names = symbolItems(formulaKinds, context).flatMap(({ symbol, item }) => {
    const value = formulaValueOf(symbol);
    const made = value === undefined ? undefined : withValue(item, value, wanted);
    return made === undefined ? [] : [{ ...made, rank: symbol.kind === "feature" ? made.rank + 2 : made.rank }];
  });
  const rankings = slot.test ? symbolItems(["rank"], context).flatMap(({ item }) => rankingItem(item, wanted)) : [];
  const calls = signaturesIn(slot).flatMap((signature) => {
    const item = callItem(signature, 1);
    const result = resultOf(signature.name);
    if (wanted.kind === undefined || result === undefined || fits(result, wanted)) return [item];
    // A comparison may begin with a number: `log(ctr) > -2`.
    return wanted.begins && result === "number" ? [{ ...item, rank: 3 }] : [];
  });
  return [...names, ...rankings, ...calls];
}

function fits(kind: FormulaValue["kind"], { kind: wanted }: WantedValue): boolean {
  if (wanted === undefined) return kind !== "vector";
  if (wanted === "order") return ["number", "time", "duration", "bool"].includes(kind);
  return kind === wanted;
}

/** The value as it is, or made into what is needed; undefined when neither can be. */
function withValue(item: Item, { kind, optional }: FormulaValue, wanted: WantedValue): Item | undefined {
  const { label } = item;
  const as = (snippet: string, rank = item.rank): Item => ({
    ...item,
    snippet,
    plain: snippet.replace(/\$\d.*$/, "").replace(/\$\d/g, ""),
    rank,
  });
  if (fits(kind, wanted)) {
    if (!optional || wanted.takesMissing || wanted.kind === undefined || wanted.kind === "order") return item;
    return kind === "number" ? as(`coalesce(${label}, $1)`) : undefined;
  }
  if (wanted.begins) return comparisonOf(label, kind, (snippet) => as(snippet, item.rank + 1));
  return wanted.kind === "duration" && kind === "time" ? as(`age(${label})`) : undefined;
}

/** How a condition about a value goes on. */
function comparisonOf(label: string, kind: FormulaValue["kind"], as: (snippet: string) => Item): Item | undefined {
  switch (kind) {
    case "number":
      return as(`${label} > $0`);
    case "text":
      return as(`${label} == "$1"`);
    case "texts":
      return as(`"$1" in ${label}`);
    case "time":
      return as(`age(${label}) < $0`);
    case "duration":
      return as(`${label} < $0`);
    default:
      return undefined;
  }
}

/** `page == [a, b]`. */
function rankingItem(item: Item, wanted: WantedValue): readonly Item[] {
  if (wanted.kind === undefined) return [item];
  return wanted.begins ? [{ ...item, snippet: `${item.label} == [$0]`, plain: `${item.label} == [` }] : [];
}
