import { omitUndefined } from "../../text/index.js";
import { className, type HeadModel, type HeadType } from "../../model/index.js";
import { visit } from "../../syntax/index.js";
import { checkChain } from "./check-chain.js";
import { checkHeadType } from "../events/check-event.js";
import { joinEvents } from "../events/events.js";
import { checkTask } from "./check-task.js";
import { setType, type CheckContext } from "../context.js";
import { orderByReads } from "../names/cycles.js";
import type { HeadInfo } from "./heads.js";
import type { NetworkContext } from "../network/network.js";
import { noteServed } from "../serving/served.js";
import { isHeadKind, type HeadKind, type SpecSymbol, type SymbolOf } from "../names/symbols.js";

/** Everything that predicts: for other parts of the spec, and those of the network as the model has them. */
export interface CheckedHeads {
  readonly heads: ReadonlyMap<string, HeadInfo>;
  /** Tasks and chains, each after the ones it reads. */
  readonly models: readonly HeadModel[];
  /** Chains over signals, each after the ones it reads: no part of the network. */
  readonly external: readonly HeadModel[];
}

/** Tasks and signals first, which read no head; then the chains, each after what it reads. */
export function checkHeads(state: NetworkContext): CheckedHeads {
  const { context } = state;
  const heads = new Map<string, HeadInfo>();
  const models: HeadModel[] = [];
  const external: HeadModel[] = [];
  const symbols = context.scope.symbols.filter(isHead);
  for (const symbol of symbols) {
    if (symbol.kind === "signal") heads.set(symbol.name, checkSignal(state, symbol));
    else if (symbol.kind === "task") checkTaskSymbol(state, symbol, heads, models);
  }
  const chains = symbols.filter((symbol) => symbol.kind === "chain");
  const { order, cycles } = orderByReads(chains, (chain) => readsOf(state, chain));
  const looping = new Set(cycles.flat());
  for (const [first, ...rest] of cycles)
    if (first !== undefined)
      context.reporter.report("MTL2009", { path: [first, ...rest].map(({ name }) => name) }, first.at.span, {
        labels: rest.map(({ at, name }) => ({
          span: at.span,
          message: `\`${name}\` is part of the circular dependency`,
        })),
      });
  for (const symbol of order) {
    const { declaration } = symbol;
    const chain = looping.has(symbol) ? undefined : checkChain(context, declaration, heads);
    heads.set(symbol.name, {
      symbol,
      ...(chain === undefined ? {} : { type: chain.type }),
      external: chain?.external ?? false,
      signed: chain?.signed ?? false,
    });
    if (chain === undefined) continue;
    checkReads(context, symbol, heads, chain.external);
    const model: HeadModel = {
      name: symbol.name,
      ...omitUndefined({ doc: declaration.doc }),
      keyword: "chain",
      type: chain.type,
      value: chain.value,
      auxiliary: false,
      span: declaration.span,
    };
    (chain.external ? external : models).push(model);
  }
  return { heads, models, external };
}

function isHead(symbol: SpecSymbol): symbol is SymbolOf<HeadKind> {
  return isHeadKind(symbol.kind);
}

function readsOf({ context }: NetworkContext, chain: SymbolOf<"chain">): readonly SymbolOf<"chain">[] {
  const reads: SymbolOf<"chain">[] = [];
  visit(chain.declaration.value, (node) => {
    if (node.kind !== "NameExpression") return;
    const symbol = context.scope.names.get(node.name.text);
    if (symbol?.kind === "chain") reads.push(symbol);
  });
  return reads;
}

/** A signal that is a probability or an expectation takes part in chains; a number is only for formulas. */
function checkSignal({ context }: NetworkContext, symbol: SymbolOf<"signal">): HeadInfo {
  const { type: node } = symbol.declaration;
  const type = node.kind === "NumberType" || node.kind === "SimpleType" ? undefined : checkHeadType(context, node);
  if (type?.kind === "classes") {
    context.reporter.report("MTL4042", { label: type.label, use: "an event" }, node.span, {
      help: `a signal is one number: \`P(${className(type.label, type.classes[0] ?? "")})\``,
    });
    return { symbol, external: true, signed: false };
  }
  if (type !== undefined) setType(context, symbol.declaration, { kind: "head", type });
  return { symbol, ...omitUndefined({ type }), external: true, signed: false };
}

/** A chain is served, and so is what it reads of auxiliary tasks; over signals it has no network to compute them. */
function checkReads(
  context: CheckContext,
  chain: SymbolOf<"chain">,
  heads: ReadonlyMap<string, HeadInfo>,
  external: boolean,
): void {
  visit(chain.declaration.value, (node) => {
    const head = node.kind === "NameExpression" ? heads.get(node.name.text) : undefined;
    if (head === undefined || head.symbol.kind !== "task" || !head.symbol.declaration.auxiliary) return;
    const { name, at } = head.symbol;
    if (head.trainingOnly !== undefined)
      noteServed(context, head.trainingOnly, { head: chain.name, by: name, span: node.span });
    if (external)
      context.reporter.report("MTL5046", { name }, node.span, {
        labels: [{ span: at.span, message: "auxiliary" }],
        help: "leave out `auxiliary` to serve it",
      });
  });
}

function checkTaskSymbol(
  state: NetworkContext,
  symbol: SymbolOf<"task">,
  heads: Map<string, HeadInfo>,
  models: HeadModel[],
): void {
  const { declaration } = symbol;
  const { type, value, trainingOnly } = checkTask(state, declaration);
  heads.set(symbol.name, {
    symbol,
    ...omitUndefined({ type }),
    signed: type?.kind === "expectation" && value?.function === "identity",
    external: false,
    ...omitUndefined({ trainingOnly }),
  });
  const { auxiliary, span } = declaration;
  if (type?.kind === "classes")
    for (const each of classHeads(state.context, symbol.name, type))
      heads.set(each.name, {
        symbol,
        type: each.type,
        signed: false,
        external: false,
        ...omitUndefined({ trainingOnly }),
      });
  if (type === undefined || value === undefined) return;
  const name = symbol.name;
  models.push({ name, ...omitUndefined({ doc: declaration.doc }), keyword: "task", type, value, auxiliary, span });
  if (type.kind !== "classes") return;
  for (const [index, each] of classHeads(state.context, name, type).entries())
    models.push({ ...each, keyword: "class", value: { kind: "class", head: name, index }, auxiliary, span });
}

/** The probability of each class of a task. */
function classHeads(
  { within }: CheckContext,
  task: string,
  { label, classes, given }: Extract<HeadType, { kind: "classes" }>,
): readonly { readonly name: string; readonly type: HeadType }[] {
  return classes.map((each) => {
    const joined = joinEvents([{ kind: "label", label: className(label, each) }], given, within);
    const event = joined.kind === "event" ? joined.event : given;
    return { name: className(task, each), type: { kind: "probability", event, given } };
  });
}
