/** What may appear in a slot: names of the right kind, calls, words of a choice. */
import { CompletionItemKind } from "vscode-languageserver";
import { resolveBuiltin } from "../../compiler/builtins/index.js";
import type { HeadType } from "../../compiler/model/index.js";
import { findMetric } from "../../compiler/metrics/index.js";
import {
  featureKindNames,
  headKinds,
  isFamily,
  isHeadKind,
  multiplyTypes,
  networkKinds,
  type ArgumentType,
} from "../../compiler/semantics/index.js";
import type { TokenView } from "../../compiler/syntax/index.js";
import { macrosOf, typeOf, type Analysis } from "../analysis/analysis.js";
import { signaturesIn, signatureOf } from "../language/signatures.js";
import type { Slot } from "../language/slots.js";
import { readColumns } from "./columns.js";
import { isCount } from "../language/formula-kinds.js";
import { formulaItems } from "./formula-items.js";
import { callItem, nameItems, symbolItems, wordItem, type Item, type ItemContext } from "./item.js";

export function slotItems(slot: Slot, before: readonly TokenView[], context: ItemContext): readonly Item[] {
  const { analysis } = context;
  // A layer of families needs members.
  const inFamily = analysis.tables?.symbols.some((symbol) => symbol.name === context.own && isFamily(symbol)) === true;
  const calls = (rank = 1): readonly Item[] => [
    ...signaturesIn(slot)
      .filter((each) => inFamily || resolveBuiltin(each.name)?.kind !== "family")
      .map((each) => callItem(each, rank)),
    ...macroItems(slot, context),
  ];
  switch (slot.kind) {
    case "tensor":
      return [
        ...nameItems(["feature", ...networkKinds.filter((kind) => kind !== "experts")], context),
        ...(analysis.tables?.symbols.some(({ kind }) => kind === "feature") === true
          ? [wordItem("features", "All features of the spec; `features but place` leaves some out.")]
          : []),
        ...calls(),
      ];
    case "mixed":
      return [
        ...nameItems(["experts"], context),
        ...nameItems(
          networkKinds.filter((kind) => kind !== "experts" && kind !== "input"),
          context,
          1,
        ),
      ];
    case "logit":
    case "task":
      return calls(0);
    case "chain":
      return chainItems(before, context);
    case "head":
      return nameItems(["task", "chain"], context);
    case "formula":
      return [...formulaItems(slot, before, context), ...macroItems(slot, context)];
    case "count":
      return symbolItems(["request", "param"], context).flatMap(({ symbol, item }) => (isCount(symbol) ? [item] : []));
    case "key":
      return [...nameItems(["attribute"], context), ...nameItems(["feature"], context, 1)];
    case "columns":
      return [...columnItems(analysis), ...calls()];
    case "column":
      return columnItems(analysis);
    case "splitKeys":
      return [...calls(), wordItem("rows", "Each row by itself.")];
    case "featureType":
      return featureKindNames.map((name) => {
        const item = callItemOf(slot, name, 0);
        // It needs one of two parameters.
        return name === "bucket" ? { ...item, snippet: "bucket($1: [$0])", plain: "bucket(" } : item;
      });
    case "loss":
      return lossItems(slot.key, context);
    case "clip":
    case "stop":
      return [...calls(0), wordItem("none")];
    case "metrics":
      return metricItems(slot.head, context);
    case "stopMetric":
    case "balance":
    case "gate":
    case "optimizer":
    case "schedule":
    case "source":
    case "format":
    case "split":
    case "sample":
      return calls(0);
    case "request":
      return nameItems(["request"], context);
    case "arm":
      return calls(0);
    case "candidate":
      return nameItems(["candidate"], context);
    case "argument":
      return argumentItems(slot.type, context);
    case "any":
      return [];
  }
}

function macroItems(slot: Slot, { analysis, own }: ItemContext): readonly Item[] {
  if (slot.kind !== "tensor" && slot.kind !== "formula" && slot.kind !== "task") return [];
  const macros = macrosOf(analysis.tables);
  return [...macros.keys()].flatMap((name) => {
    const signature = name === own ? undefined : signatureOf(slot, name, macros);
    return signature === undefined ? [] : [callItem(signature, 0)];
  });
}

function callItemOf(slot: Slot, name: string, rank: number): Item {
  const signature = signatureOf(slot, name, new Map());
  return signature === undefined ? wordItem(name) : callItem(signature, rank);
}

/** Heads; those that continue the product before the cursor by the chain rule first. */
function chainItems(before: readonly TokenView[], context: ItemContext): readonly Item[] {
  const { analysis } = context;
  const factors = before.at(-1)?.text === "*" ? before.filter(({ text }) => /^[A-Za-z_]/.test(text)) : [];
  const head = (name: string): Parameters<typeof multiplyTypes>[0][number] | undefined => {
    const symbol = analysis.tables.symbols.find((each) => each.name === name && isHeadKind(each.kind));
    const type = symbol === undefined ? undefined : typeOf(analysis, symbol.declaration);
    return type?.kind === "head" ? type.type : undefined;
  };
  const types = factors.map(({ text }) => head(text));
  return nameItems(headKinds, context).map((item) => {
    const type = head(item.label);
    const all = [...types, type].filter((each) => each !== undefined);
    const continues =
      types.length > 0 && all.length === types.length + 1 && multiplyTypes(all, analysis.tables.within) !== undefined;
    return continues || types.length === 0 ? item : { ...item, rank: 1 };
  });
}

export function columnItems(analysis: Analysis): readonly Item[] {
  return readColumns(analysis).map((label) => ({ label, kind: CompletionItemKind.Field, detail: "a column", rank: 0 }));
}

/** The type of a head by its name. */
function headOf({ tables, ...rest }: Analysis, name: string): HeadType["kind"] | undefined {
  const symbol = tables.symbols.find((each) => each.name === name && (each.kind === "task" || each.kind === "chain"));
  const type = symbol === undefined ? undefined : typeOf({ tables, ...rest }, symbol.declaration);
  return type?.kind === "head" ? type.type.kind : undefined;
}

/** Losses that fit the head; penalties where the key is not a head. */
function lossItems(key: string, { analysis }: ItemContext): readonly Item[] {
  const type = headOf(analysis, key);
  const isHead = analysis.tables.symbols.some(
    ({ name, kind }) => name === key && (kind === "task" || kind === "chain"),
  );
  return signaturesIn({ kind: "loss", key }).flatMap((signature) => {
    const builtin = resolveBuiltin(signature.name);
    if (isHead && builtin?.kind === "penalty") return [];
    const fits = builtin?.kind !== "loss" || type === undefined || builtin.heads.includes(type);
    return fits ? [callItem(signature, builtin?.kind === "penalty" ? 1 : 0)] : [];
  });
}

/** Metrics of the head's type; every metric where the key is not a head. */
function metricItems(head: string, { analysis }: ItemContext): readonly Item[] {
  const type = headOf(analysis, head);
  return signaturesIn({ kind: "metrics", head }).flatMap((signature) =>
    type === undefined || findMetric(signature.name)?.heads.includes(type) === true ? [callItem(signature, 0)] : [],
  );
}

function argumentItems(type: ArgumentType, context: ItemContext): readonly Item[] {
  switch (type.kind) {
    case "choice":
      return type.values.map((label) => wordItem(label));
    case "boolean":
      return [wordItem("true"), wordItem("false")];
    case "reference":
      return referenceItems(type.to, context);
    case "order":
      return nameItems(["label"], context);
    case "oneOf":
      return type.options.flatMap((option) => argumentItems(option, context));
    case "column":
    case "names":
      return columnItems(context.analysis);
    default:
      return [];
  }
}

function referenceItems(to: "feature" | "head" | "label" | "parameters", context: ItemContext): readonly Item[] {
  switch (to) {
    case "feature":
      return nameItems(["feature"], context);
    case "head":
      return nameItems(["task", "chain"], context);
    case "label":
      return nameItems(["label"], context);
    case "parameters":
      return [
        ...["embeddings", "weights", "biases", "all"].map((label) => wordItem(label)),
        ...nameItems([...networkKinds, "task"], context, 2),
      ];
  }
}
