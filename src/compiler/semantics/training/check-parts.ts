import type { Part } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { compareText } from "../../text/index.js";
import { parameterGroups, readArgument } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";

/** What a record says of parts, in the order of their names, and of the rest. */
export interface ByPart<T> {
  readonly parts: readonly (Part & T)[];
  /** What is said of `all`. */
  readonly rest?: ast.Expression;
}

/** `{ embeddings: …, t: …, all: … }` of the `train` block; a key that is wrong is reported and left out. */
export function checkByPart<T>(
  context: CheckContext,
  block: string,
  { entries }: ast.RecordExpression,
  read: (value: ast.Expression) => T | undefined,
): ByPart<T> {
  const seen = new Map<string, ast.Entry>();
  const parts: (Part & T)[] = [];
  for (const entry of entries) {
    const { key } = entry;
    const first = seen.get(key.text);
    if (first !== undefined) {
      context.reporter.report("MTL2008", { key: key.text, block }, key.span, {
        labels: [{ span: first.key.span, message: "the first one" }],
      });
      continue;
    }
    seen.set(key.text, entry);
    if (key.text === "all" && !context.scope.names.has(key.text)) continue;
    const part = readPart(context, block, { kind: "NameExpression", name: key, span: key.span });
    const value = read(entry.value);
    if (part !== undefined && value !== undefined) parts.push({ ...part, ...value });
  }
  const rest = context.scope.names.has("all") ? undefined : seen.get("all")?.value;
  return { parts: parts.sort(byName), ...(rest === undefined ? {} : { rest }) };
}

/** `frozen: [item_id, t]` or `frozen: t`; undefined where nothing is. */
export function checkFrozen(context: CheckContext, value: ast.Expression | undefined): readonly Part[] | undefined {
  if (value === undefined || value.kind === "Missing") return undefined;
  if (value.kind === "NameExpression" && value.name.text === "none") return undefined;
  const items = value.kind === "List" ? value.items : [value];
  const parts = new Map<string, Part>();
  for (const item of items) {
    if (item.kind === "Missing") continue;
    if (item.kind !== "NameExpression") {
      const expected = "names of parts such as `[item_id, tower_a]`";
      const found = describeValue(item);
      context.reporter.report("MTL3002", { callee: "train", parameter: "frozen", expected, found }, item.span);
      continue;
    }
    const part = readPart(context, "frozen", item);
    if (part?.of === "group" && part.part === "all") context.reporter.report("MTL3110", undefined, item.span);
    else if (part !== undefined) parts.set(part.part, part);
  }
  return parts.size === 0 ? undefined : [...parts.values()].sort(byName);
}

function readPart(context: CheckContext, callee: string, reference: ast.NameExpression): Part | undefined {
  const { name, span } = reference;
  const isGroup = !context.scope.names.has(name.text) && (parameterGroups as readonly string[]).includes(name.text);
  const type = { kind: "reference", to: "parameters" } as const;
  const part = readArgument(context, { name: callee, span }, { name: name.text, type }, reference);
  return typeof part === "string" ? { part, of: isGroup ? "group" : "part" } : undefined;
}

function byName(a: Part, b: Part): number {
  return compareText(a.part, b.part);
}
