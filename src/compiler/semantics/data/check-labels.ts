import { omitUndefined } from "../../text/index.js";
import type { ColumnExpression, LabelClass, LabelModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { checkClasses } from "./check-classes.js";
import { checkColumnExpression, columnOfName, columnUses } from "./column-expressions.js";
import { literalsOf, meantColumn } from "./column-names.js";
import type { CheckContext } from "../context.js";
import { orderByReads } from "../names/cycles.js";
import { resolveName } from "../names/resolve.js";
import type { SymbolOf } from "../names/symbols.js";

/** The `labels` block, with what each label implies; also fills {@link CheckContext.labels}. */
export function checkLabels(context: CheckContext, block: ast.LabelsBlock | undefined): readonly LabelModel[] {
  const entries = (block?.entries ?? []).filter(
    (entry) => context.scope.labels.get(entry.name.text)?.declaration === entry,
  );
  const outer = resolveOuter(context, entries);
  const labels: LabelModel[] = [];
  for (const entry of entries) {
    const { name, type } = entry;
    const within: string[] = [];
    for (let next = outer.get(entry); next !== undefined; next = outer.get(next)) within.push(next.name.text);
    const base = type.kind === "LabelType" ? type.base : "any";
    const unit = type.kind === "LabelType" ? type.unit?.text : undefined;
    const isClasses = type.kind === "LabelType" && base === "classes";
    const classes = isClasses ? checkClasses(context, name, type) : undefined;
    const info = { within, ...omitUndefined({ unit, classes: classes?.map((each) => each.name) }) };
    context.labels.set(name.text, { base, ...info });
    const source = readSource(context, entry, classes);
    if (base === "any" || source === undefined) continue;
    labels.push({
      name: name.text,
      ...omitUndefined({ doc: entry.doc }),
      base,
      ...omitUndefined({ unit, classes }),
      within,
      source,
      span: entry.span,
    });
  }
  for (const symbol of context.scope.labels.values())
    if (symbol.kind === "event") context.labels.set(symbol.name, { base: "any", within: [] });
  checkOuterBases(context, outer);
  return labels;
}

/** What each label is within, without those that come back to themselves. */
function resolveOuter(
  context: CheckContext,
  entries: readonly ast.LabelEntry[],
): ReadonlyMap<ast.LabelEntry, ast.LabelEntry> {
  const outer = new Map<ast.LabelEntry, ast.LabelEntry>();
  for (const entry of entries) {
    if (entry.within === undefined) continue;
    const symbol = resolveName(context, entry.within, { kinds: ["label"], what: "a label" });
    if (symbol !== undefined) outer.set(entry, symbol.declaration);
  }
  const symbols = entries.flatMap((entry) => {
    const symbol = context.scope.labels.get(entry.name.text);
    return symbol?.kind === "label" ? [symbol] : [];
  });
  const next = (symbol: SymbolOf<"label">): readonly SymbolOf<"label">[] => {
    const target = outer.get(symbol.declaration);
    const found = target === undefined ? undefined : context.scope.labels.get(target.name.text);
    return found?.kind === "label" ? [found] : [];
  };
  for (const cycle of orderByReads(symbols, next).cycles) {
    const [first] = cycle;
    if (first === undefined) continue;
    context.reporter.report(
      "MTL2009",
      { path: cycle.map(({ name }) => name) },
      first.declaration.within?.span ?? first.at.span,
      { help: "the wider event comes first: `buy: event within click`" },
    );
    for (const { declaration } of cycle) outer.delete(declaration);
  }
  return outer;
}

/** A label lies within events: an amount is not a set of rows. */
function checkOuterBases(context: CheckContext, outer: ReadonlyMap<ast.LabelEntry, ast.LabelEntry>): void {
  for (const [entry, target] of outer) {
    if (target.type.kind !== "LabelType" || entry.within === undefined) continue;
    if (target.type.base === "classes")
      context.reporter.report("MTL4042", { label: target.name.text, use: "an event" }, entry.within.span);
    if (target.type.base !== "amount") continue;
    context.reporter.report("MTL4001", { label: target.name.text }, entry.within.span, {
      labels: [{ span: target.type.span, message: "an amount" }],
    });
  }
}

function readSource(
  context: CheckContext,
  entry: ast.LabelEntry,
  classes: readonly LabelClass[] | undefined,
): ColumnExpression | undefined {
  if (entry.source === undefined) return columnOfName(entry.name.text, entry.name.span);
  const typed = checkColumnExpression(context, entry.source);
  if (typed === undefined || entry.type.kind !== "LabelType") return undefined;
  const { base } = entry.type;
  if (columnUses(typed.expression).length === 0) {
    context.reporter.report(
      "MTL3051",
      { what: "label", name: entry.name.text },
      entry.source.span,
      meantColumn(...literalsOf(entry.source)),
    );
    return undefined;
  }
  const fits = {
    event: typed.type === "bool",
    amount: typed.type === "number",
    classes: typed.type === "number" || (typed.type === "text" && typeof classes?.[0]?.value !== "number"),
  };
  if (typed.type === "any" || fits[base]) return typed.expression;
  context.reporter.report("MTL3027", { label: entry.name.text, base, found: typed.type }, entry.source.span, {
    help:
      base === "event"
        ? `say when it happened: \`${entry.name.text}: event = column == …\``
        : base === "classes"
          ? "give a text, or a number, which tells the class"
          : `give a number, or declare it as \`${entry.name.text}: event\``,
  });
  return undefined;
}
