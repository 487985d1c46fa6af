/** Warnings about what a sound spec declares and does not use. */
import { type HeadModel, headsIn, labelsOrderedBy, type LossModel, type NetNode } from "../../model/index.js";
import { builtins, headsReadBy } from "../../builtins/index.js";
import type { CheckContext } from "../context.js";
import { onceByNode, visit, type Declaration, type DefDeclaration, type NumberLiteral } from "../../syntax/index.js";
import { showHeadType } from "../events/events.js";
import { lintServing } from "./serving.js";
import { describeKind, kindWord, type SpecSymbol } from "../names/symbols.js";

/** Declarations that nothing reads, and tasks that nothing trains. */
export function lint(
  context: CheckContext,
  models: readonly HeadModel[],
  loss: LossModel,
  nodes: readonly NetNode[],
): void {
  // A score goes by the spec's only label without a word.
  const ordered = loss.terms.flatMap((term) => labelsOrderedBy(term.arguments));
  const used = new Set([...context.references.values(), ...ordered.map((label) => context.scope.labels.get(label))]);
  const hasRank = context.scope.symbols.some((symbol) => symbol.kind === "rank");
  for (const symbol of context.scope.symbols) if (!used.has(symbol)) reportUnused(context, symbol, hasRank);
  const trained = trainedHeads(models, loss);
  for (const head of models) if (head.keyword === "task" && !trained.has(head.name)) reportUntrained(context, head);
  reportTwins(context, models, nodes);
  for (const node of context.spec.declarations) {
    if (node.kind === "Def") reportUnusedParameters(context, node);
    for (const each of roundedIn(node)) reportRounded(context, each);
  }
  lintServing(context);
}

/** Digits that a double cannot hold mean another number, and equal its neighbours. */
const roundedIn = onceByNode((node: Declaration): readonly NumberLiteral[] => {
  const found: NumberLiteral[] = [];
  visit(node, (each) => {
    if (each.kind === "Number" && isRounded(each)) found.push(each);
  });
  return found;
});

function isRounded({ text, value }: NumberLiteral): boolean {
  const digits = text.replaceAll("_", "");
  return !Number.isSafeInteger(value) && /^\d+$/.test(digits) && BigInt(value) !== BigInt(digits);
}

function reportRounded({ reporter }: CheckContext, { text, value, span }: NumberLiteral): void {
  const digits = text.replaceAll("_", "");
  reporter.report("MTL6020", { text, value: BigInt(value).toString() }, span, {
    help: `an identifier is a text: \`"${digits}"\` compares digit by digit`,
  });
}

function reportUnused(context: CheckContext, symbol: SpecSymbol, hasRank: boolean): void {
  const { name, at } = symbol;
  const { reporter } = context;
  const imported = context.imported.find((each) => each.text === name && each.span.file !== at.span.file);
  // What nobody has to read is not a useless import either.
  if (imported !== undefined && !isOffered(symbol))
    return reporter.report("MTL6016", { name, kind: kindWord(symbol.kind) }, imported.span, {
      labels: [{ span: at.span, message: "declared here" }],
    });
  switch (symbol.kind) {
    case "feature":
      return reporter.report("MTL6001", { name }, at.span, {
        help: `add it to an input: \`input x = […, ${name}]\`, or leave it out`,
      });
    case "input":
    case "table":
    case "bottom":
    case "bottoms":
    case "experts":
    case "gate":
    case "gates":
    case "tower":
    case "towers":
      return reporter.report(
        "MTL6002",
        { name, kind: kindWord(symbol.kind) },
        at.span,
        symbol.kind === "experts" ? { help: `mix them: \`gate g = softmax(x) over ${name}\`` } : {},
      );
    case "label":
      return reporter.report("MTL6003", { name }, at.span, { help: "predict it with a task, or leave it out" });
    case "param":
    case "attribute":
    case "request":
    case "signal":
      return reporter.report("MTL6004", { name, kind: describeKind(symbol.kind) }, at.span);
    case "rules":
      if (hasRank)
        reporter.report("MTL6007", { name }, at.span, { help: `name them in a ranking: \`… with ${name}\`` });
      return;
    case "macro":
      return reporter.report("MTL6008", { name }, at.span);
    case "fusion":
      if (hasRank) reporter.report("MTL6017", { name }, at.span);
      return;
    // What a spec offers to the outside is used there.
    case "event":
    case "task":
    case "chain":
    case "rank":
    case "experiment":
    case "candidate":
      return;
  }
}

/** Heads with a loss, and what they are computed from. */
function trainedHeads(models: readonly HeadModel[], loss: LossModel): ReadonlySet<string> {
  const byName = new Map(models.map((model) => [model.name, model]));
  const trained = new Set<string>();
  const pending = loss.terms.flatMap((term) => [
    term.head,
    ...headsReadBy(term).flatMap(({ head, type }) => (type.detached === true ? [] : [head])),
  ]);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (trained.has(name)) continue;
    trained.add(name);
    const model = byName.get(name);
    if (model !== undefined) pending.push(...headsIn(model.value));
  }
  return trained;
}

function isOffered({ kind }: SpecSymbol): boolean {
  return ["event", "task", "chain", "fusion", "rank", "candidate", "rules"].includes(kind);
}

/** Tasks of one type over one logit. */
function reportTwins(context: CheckContext, models: readonly HeadModel[], nodes: readonly NetNode[]): void {
  const seen = new Map<string, HeadModel>();
  const tasks = models.filter(({ keyword }) => keyword === "task");
  const types = tasks.map(({ type }) => JSON.stringify(type));
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const type of types) (once.has(type) ? twice : once).add(type);
  for (const [i, model] of tasks.entries()) {
    const type = types[i] ?? "";
    // Most tasks are the only one of their type, and are looked at no further.
    if (!twice.has(type)) continue;
    const key = type + JSON.stringify(signatureOf(model.value, model.name, nodes));
    const first = seen.get(key);
    const [at, firstAt] = [model, first].map((each) => each && context.scope.names.get(each.name)?.at.span);
    if (first === undefined) seen.set(key, model);
    else if (at !== undefined)
      context.reporter.report(
        "MTL6014",
        { first: first.name, second: model.name, type: showHeadType(model.type, context.within) },
        at,
        firstAt === undefined ? {} : { labels: [{ span: firstAt, message: "the first one" }] },
      );
  }
}

/** A value with the task's own layers, such as that of `logit(t)`, by what they are and not by their place. */
function signatureOf(value: unknown, owner: string, nodes: readonly NetNode[]): unknown {
  if (Array.isArray(value)) return value.map((each) => signatureOf(each, owner, nodes));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => [
      key,
      // Each logit has a name of its own.
      key === "id"
        ? undefined
        : key === "node" && typeof each === "number"
          ? nodeSignature(each, owner, nodes)
          : signatureOf(each, owner, nodes),
    ]),
  );
}

function nodeSignature(ref: number, owner: string, nodes: readonly NetNode[]): unknown {
  const node = nodes[ref];
  if (node === undefined || (node.id !== owner && !node.id.startsWith(`${owner}/`))) return ref;
  return [node.layer, node.arguments, node.inputs.map((input) => nodeSignature(input, owner, nodes))];
}

function reportUnusedParameters(context: CheckContext, def: DefDeclaration): void {
  const used = new Set<string>();
  visit(def.value, (node) => {
    if (node.kind === "Name") used.add(node.text);
  });
  for (const parameter of def.parameters) {
    // A default may read the parameters before it.
    if (parameter.default !== undefined)
      visit(parameter.default, (node) => {
        if (node.kind === "Name") used.add(node.text);
      });
  }
  for (const { name } of def.parameters)
    if (name.text !== "" && !used.has(name.text))
      context.reporter.report("MTL6015", { macro: def.name.text, parameter: name.text }, name.span);
}

function reportUntrained(context: CheckContext, { name, type }: HeadModel): void {
  const symbol = context.scope.names.get(name);
  if (symbol === undefined) return;
  const loss = builtins.find((each) => each.kind === "loss" && each.heads.includes(type.kind))?.name;
  context.reporter.report("MTL6006", { name }, symbol.at.span, {
    help: `give it a loss: \`loss { ${name}: ${loss ?? "bce"} }\`, or put one on a chain that reads it`,
  });
}
