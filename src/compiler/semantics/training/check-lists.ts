/** What a loss over lists needs besides its head: lists, and what is relevant in them. */
import { type BatchLossBuiltin, batchWord, type ListLossBuiltin, lossOptions } from "../../builtins/index.js";
import type { Arguments, DataModel, HeadType, ListKey, LossTerm } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import { argumentFor } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { columnNamed } from "../data/column-names.js";
import { describeValue } from "../names/describe.js";

/** The term as it is written. */
interface Term {
  readonly name: ast.Name;
  readonly given: readonly ast.Argument[];
}

/** What `by` says, else the group of the data; undefined where there is neither, or something else, which is then reported. */
export function listKey(
  context: CheckContext,
  { name, given }: Term,
  builtin: ListLossBuiltin,
  { group }: DataModel,
): ListKey | undefined {
  const by = argumentFor([...builtin.parameters, ...lossOptions(builtin)], given, "by")?.value;
  if (by !== undefined) {
    if (by.kind === "Missing") return undefined;
    if (by.kind === "NameExpression" && by.name.text === batchWord) return { kind: "batch" };
    const column = columnNamed(context, by);
    if (column !== undefined) return column === "" ? undefined : { kind: "column", column };
    context.reporter.report(
      "MTL3002",
      { callee: builtin.name, parameter: "by", expected: "the name of a column, or `batch`", found: describeValue(by) },
      by.span,
    );
    return undefined;
  }
  if (group !== undefined) return { kind: "column", column: group };
  // One group is missing, however many losses want it; it may appear in what the parser left out.
  if (context.incomplete || context.reported.has("list loss")) return undefined;
  context.reported.add("list loss");
  context.reporter.report("MTL3033", { loss: builtin.name }, name.span, {
    help: "name the column whose values make the lists: `data { …, group: user_id }`, or `by: batch` for all rows of a step",
  });
  return undefined;
}

/**
 * The arguments with what is relevant written out: an event or an amount is its own truth, a score has none and takes that of
 * the spec's only label. Undefined where a score has several labels to go by, which is then reported.
 */
export function withRelevance(
  context: CheckContext,
  builtin: ListLossBuiltin | BatchLossBuiltin,
  args: Arguments,
  head: { readonly name: string; readonly type: HeadType; readonly span: Span },
): Arguments | undefined {
  const parameter = builtin.parameters.find(({ type }) => type.kind === "order" || type.kind === "gains");
  if (head.type.kind !== "score" || parameter === undefined || args[parameter.name] !== null) return args;
  const [label, ...others] = context.labels.keys();
  const takes = parameter.type.kind === "order" ? "events" : "labels";
  const isFit = label !== undefined && (takes === "labels" || context.labels.get(label)?.base !== "amount");
  if (isFit && others.length === 0)
    return { ...args, [parameter.name]: takes === "events" ? [[label]] : { [label]: 1 } };
  if (context.incomplete) return undefined;
  context.reporter.report("MTL3039", { loss: builtin.name, head: head.name, parameter: parameter.name }, head.span, {
    help:
      takes === "events"
        ? `name the labels from the best on: \`${builtin.name}(order: [buy, click])\``
        : `give each label a gain: \`${builtin.name}(gain: { buy: 3, click: 1 })\``,
  });
  return undefined;
}

/** Batches keep the lists of one column whole. */
export function checkListKeys({ reporter }: CheckContext, terms: readonly LossTerm[]): void {
  const first = terms.find(({ by }) => by?.kind === "column");
  if (first?.by?.kind !== "column") return;
  const { column } = first.by;
  const other = terms.find(({ by }) => by?.kind === "column" && by.column !== column);
  if (other?.by?.kind !== "column") return;
  reporter.report("MTL3029", { column, other: other.by.column }, other.span, {
    labels: [{ span: first.span, message: `lists by \`${column}\`` }],
  });
}
