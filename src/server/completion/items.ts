/** From what is expected to the items that an editor shows. */
import { omitUndefined, own } from "../../compiler/text/index.js";
import { CompletionItemKind, InsertTextFormat, MarkupKind, type CompletionItem } from "vscode-languageserver";
import {
  dataKeys,
  defaultKeys,
  describeKind,
  isFamily,
  trainKeys,
  type BlockKey,
} from "../../compiler/semantics/index.js";
import { typeOf } from "../analysis/analysis.js";
import { parameterDocs } from "../language/docs.js";
import { isBlockRow, rowOf, rowOfKeyword, type LabelEntry } from "../../compiler/syntax/index.js";
import type { Signature } from "../language/signatures.js";
import type { Expected } from "./expected-kinds.js";
import { callItem, kindOf, nameItems, symbolItems, wordItem, type Item, type ItemContext } from "./item.js";
import { columnItems, slotItems } from "./slot-items.js";

export function itemsFor(expected: Expected, context: ItemContext): readonly Item[] {
  switch (expected.kind) {
    case "declarations":
      return expected.words.filter(isFree(context)).map((word) => ({
        label: word,
        kind: CompletionItemKind.Keyword,
        doc: rowOfKeyword(word)?.doc,
        snippet: rowOfKeyword(word)?.snippet ?? `${word} `,
        plain: `${word} `,
        rank: 3,
      }));
    case "words":
      return expected.words.map(({ text, doc }) => ({
        label: text,
        kind: CompletionItemKind.Keyword,
        doc,
        rank: 2,
        ...(text.endsWith(":") ? { snippet: `${text} `, plain: `${text} ` } : {}),
        ...(expected.untried === true ? { untried: true } : {}),
      }));
    case "slot":
      return slotItems(expected.slot, expected.before, context);
    case "parameters":
      return parameterItems(expected.signature, expected.given);
    case "changes":
      return withColon(nameItems(["param"], context), expected.given);
    case "keys":
      return keyItems(expected.block, expected.given, context);
    case "names": {
      const items = nameItems(expected.kinds, context);
      return expected.removed === true ? items.map((item) => ({ ...item, untried: true })) : items;
    }
    case "labels":
      return labelItems(expected, context);
    case "members":
      return memberItems(expected.of, context);
    case "call":
      return [callItem(expected.signature, 2)];
    case "types":
      return typeItems(expected.of);
    case "exports":
      return context.exportsOf(expected.file).map((symbol) => ({
        label: symbol.name,
        kind: kindOf(symbol.kind),
        detail: describeKind(symbol.kind),
        rank: 0,
        untried: true,
      }));
    case "files":
      return context.files.map((file) => ({
        label: expected.quoted ? file : `"${file}"`,
        kind: CompletionItemKind.File,
        rank: 0,
        untried: true,
      }));
  }
}

function baseOf({ type }: LabelEntry): "event" | "amount" | undefined {
  return type.kind === "LabelType" && type.base !== "classes" ? type.base : undefined;
}

/** Blocks that a file has once, its model and its edition are not offered where another one is; an edition goes first. */
function isFree({ analysis, at }: ItemContext): (word: string) => boolean {
  const others = analysis.spec.declarations.filter(({ span }) => at < span.start || span.end < at);
  const standing = new Set(others.map((node) => rowOf(node)?.keyword));
  const isFirst = others.every(({ span }) => at < span.start);
  return (word) => {
    const row = rowOfKeyword(word);
    if (row?.kind === "Edition" && !isFirst) return false;
    return !(isBlockRow(row) || row?.kind === "Model" || row?.kind === "Edition") || !standing.has(word);
  };
}

function labelItems({ base, not }: Extract<Expected, { kind: "labels" }>, context: ItemContext): readonly Item[] {
  return [
    ...symbolItems(["label"], context).flatMap(({ symbol, item }) =>
      symbol.kind === "label" && baseOf(symbol.declaration) === base && symbol.name !== not ? [item] : [],
    ),
    ...(base === "event" ? nameItems(["event"], context) : []),
  ];
}

/** Members of a family, or classes of a task or a label. */
function memberItems(name: string, { analysis }: ItemContext): readonly Item[] {
  const family = analysis.tables.symbols.filter(isFamily).find((each) => each.name === name);
  const names = family === undefined ? classesOf(name, analysis) : family.declaration.members.map(({ text }) => text);
  return names.map((label) => ({ label, kind: CompletionItemKind.Field, detail: `of \`${name}\``, rank: 0 }));
}

function classesOf(name: string, analysis: ItemContext["analysis"]): readonly string[] {
  return analysis.tables.symbols
    .filter((symbol) => symbol.name === name)
    .flatMap((symbol) => {
      if (symbol.kind === "task") {
        const type = typeOf(analysis, symbol.declaration);
        return type?.kind === "head" && type.type.kind === "classes" ? type.type.classes : [];
      }
      if (symbol.kind !== "label" || symbol.declaration.type.kind !== "LabelType") return [];
      return (symbol.declaration.type.classes ?? []).flatMap(({ name: own, value }) =>
        own !== undefined ? own.text : value.kind === "NameExpression" ? value.name.text : [],
      );
    });
}

// ------------------------------------------------------------------------------------------------ parameters and keys

function parameterItems({ parameters }: Signature, given: readonly string[]): readonly Item[] {
  return parameters
    .filter(({ name }) => !given.includes(name))
    .map(({ name, expected, default: value, doc }) => ({
      label: `${name}:`,
      kind: CompletionItemKind.Field,
      detail: `${expected}${value === undefined || value === "" ? "" : `, default ${value}`}`,
      doc: doc ?? own(parameterDocs, name),
      snippet: `${name}: $0`,
      plain: `${name}: `,
      rank: 2,
    }));
}

function keyItems(block: string, given: readonly string[], context: ItemContext): readonly Item[] {
  switch (block) {
    case "data":
    case "train": {
      const keys: readonly BlockKey[] = block === "data" ? dataKeys : trainKeys;
      return keys
        .filter(({ name }) => !given.includes(name))
        .map(({ name, doc, default: value, example }) => ({
          label: name,
          kind: CompletionItemKind.Property,
          detail: value === undefined ? `${name}: ${example}` : `default ${value}`,
          doc,
          snippet: `${name}: $0`,
          plain: `${name}: `,
          rank: 0,
        }));
    }
    case "defaults":
      return withColon(
        defaultKeys.map((key) => wordItem(key)),
        given,
      );
    case "loss":
    case "metrics":
      return [
        ...withColon(nameItems(["task", "chain"], context), given),
        ...(block === "loss"
          ? withColon(
              [
                wordItem("balance", "How the losses are weighted against each other."),
                wordItem("l2", "A penalty under a name of its own."),
              ],
              given,
            )
          : []),
      ];
    case "experiment":
      return withColon(
        [
          wordItem("by", "The value of the request that divides them."),
          wordItem("salt", "Divides the requests another way."),
          wordItem("control", "The arm that changes nothing."),
        ],
        given,
      );
    case "request":
      return withColon(nameItems(["request"], context), given);
    case "candidate":
      return withColon(nameItems(["task", "chain", "signal", "attribute", "feature"], context), given);
    case "features":
    case "labels":
      return withColon(columnItems(context.analysis), given);
    default:
      return [];
  }
}

function withColon(items: readonly Item[], given: readonly string[]): readonly Item[] {
  return items
    .filter(({ label }) => !given.includes(label))
    .map((item) => ({ ...item, snippet: `${item.label}: $0`, plain: `${item.label}: ` }));
}

function typeItems(of: "head" | "signal" | "attribute"): readonly Item[] {
  const heads: readonly Item[] = [
    {
      label: "P",
      kind: CompletionItemKind.TypeParameter,
      detail: "a probability",
      snippet: "P($0)",
      plain: "P(",
      rank: 0,
    },
    {
      label: "E",
      kind: CompletionItemKind.TypeParameter,
      detail: "an expected amount",
      snippet: "E($0)",
      plain: "E(",
      rank: 0,
    },
  ];
  const values = ["number", "text", "texts", "vector", "bool", "time", "duration"].map((label): Item => ({
    label,
    kind: CompletionItemKind.TypeParameter,
    rank: 1,
  }));
  if (of === "attribute") return values;
  return of === "signal"
    ? [...heads, ...values]
    : [...heads, { label: "score", kind: CompletionItemKind.TypeParameter, detail: "an order", rank: 0 }];
}

/** Items in the protocol's form. */
export function toCompletionItems(
  items: readonly Item[],
  range: NonNullable<Extract<CompletionItem["textEdit"], { readonly range: unknown }>>["range"],
  snippets: boolean,
): CompletionItem[] {
  const seen = new Set<string>();
  return items.flatMap(({ label, kind, detail, doc, snippet, plain, rank }) => {
    if (seen.has(label)) return [];
    seen.add(label);
    return [
      {
        label,
        kind,
        ...omitUndefined({ detail }),
        ...(doc === undefined || doc === "" ? {} : { documentation: { kind: MarkupKind.Markdown, value: doc } }),
        sortText: `${rank}${label}`,
        ...(snippets && snippet !== undefined ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
        textEdit: { range, newText: (snippets ? snippet : plain) ?? label },
      },
    ];
  });
}
