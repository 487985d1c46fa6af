import {
  losses,
  lossOptions,
  resolveBuiltin,
  type LossBuiltin,
  type ParameterSpec,
  type PenaltyBuiltin,
} from "../../builtins/index.js";
import {
  type DataModel,
  type HeadModel,
  type LossModel,
  type LossTerm,
  nodeAt,
  type NodeRef,
  type PenaltyTerm,
} from "../../model/index.js";
import { omitUndefined, type Span } from "../../text/index.js";
import type * as ast from "../../syntax/index.js";
import { checkArguments, readArgument } from "../arguments/arguments.js";
import { collectEntries } from "../names/blocks.js";
import { describeBuiltin, namesOfBuiltins } from "../arguments/builtin-lookup.js";
import { checkBalance } from "./check-balance.js";
import { checkBatchLoss } from "./check-batch-loss.js";
import { checkLossOptions, splitArguments } from "./check-loss-options.js";
import { checkListKeys, listKey, withRelevance } from "./check-lists.js";
import { checkGates } from "./check-gate-penalty.js";
import { checkParts, checkProbabilities, partsNamed } from "./check-part-penalty.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { describeValue, withoutParentheses } from "../names/describe.js";
import { everything, showHeadType } from "../events/events.js";
import type { HeadInfo, Heads } from "../heads/heads.js";
import type { Owner } from "../network/network.js";
import { checkTensor } from "../network/network-expression.js";
import type { NetworkContext } from "../network/network.js";
import { meantBy } from "../names/suggestion.js";
import { resolveName } from "../names/resolve.js";
import { headKinds, isHeadKind } from "../names/symbols.js";

/** The `loss` block: a loss for each head that is trained directly, penalties, and how they are balanced. */
export function checkLoss(
  state: NetworkContext,
  block: ast.LossBlock | undefined,
  { heads, models }: { readonly heads: Heads; readonly models: readonly HeadModel[] },
  data: DataModel,
): LossModel {
  const { context } = state;
  const terms: LossTerm[] = [];
  const penalties: PenaltyTerm[] = [];
  let balanceEntry: ast.Entry | undefined;
  const trained: string[] = [];
  for (const [key, entry] of collectEntries(context, "loss", block?.entries ?? [])) {
    if (key === "balance") {
      balanceEntry = entry;
      continue;
    }
    const written = readTerms(context, entry);
    const found = written.map((term) => ({
      term,
      builtin: term === undefined ? undefined : findTerm(context, term.name),
    }));
    // An entry with an error may be meant as a loss.
    if (found.some(({ builtin }) => builtin?.kind !== "penalty")) trained.push(key);
    else if (found.length > 1 && !isHead(context, key)) {
      context.reporter.report("MTL3120", { key }, entry.value.span);
      continue;
    }
    const symbol = found.some(({ builtin }) => builtin?.kind === "loss") ? resolveKey(context, entry) : undefined;
    for (const { term, builtin } of found) {
      if (term === undefined) continue;
      if (builtin?.kind === "loss") {
        const checked = checkLossTerm(context, entry, symbol, term, builtin, heads, data);
        if (checked !== undefined && checkBatchLoss(state, term.name.span, builtin, checked, models))
          terms.push(checked);
      } else if (builtin?.kind === "penalty") {
        const checked = checkPenalty(state, entry, term, builtin, heads);
        if (checked !== undefined) penalties.push(checked);
      }
    }
  }
  checkListKeys(context, terms);
  const balance = balanceEntry === undefined ? undefined : checkBalance(context, balanceEntry.value, trained);
  const { span } = balanceEntry?.value ?? {};
  return {
    terms,
    penalties,
    balance: { ...(balance ?? { method: "fixed", arguments: {} }), ...omitUndefined({ span }) },
  };
}

/** `0.1 * huber(delta: 30)` in its parts. */
interface Term {
  readonly weight: number;
  /** The entry, or the summand of one that adds up several. */
  readonly span: Span;
  readonly name: ast.Name;
  readonly given: readonly ast.Argument[];
}

/** The summands of `bce + 0.5 * jrc`; undefined for each that is not one, which is then reported. */
function readTerms(context: CheckContext, entry: ast.Entry): readonly (Term | undefined)[] {
  const parts = summandsOf({ factors: [], expression: entry.value });
  return parts.map((part) => readTerm(context, entry, part, parts.length === 1 ? entry.span : part.expression.span));
}

/** An expression with what it is multiplied by. */
interface Summand {
  readonly factors: readonly ast.Expression[];
  readonly expression: ast.Expression;
}

function summandsOf({ factors, expression }: Summand): readonly Summand[] {
  const inner = withoutParentheses(expression);
  if (inner.kind !== "Binary") return [{ factors, expression: inner }];
  const { operator, left, right } = inner;
  if (operator === "+") return [left, right].flatMap((side) => summandsOf({ factors, expression: side }));
  if (operator === "*" && constantOf(left).kind === "value")
    return summandsOf({ factors: [...factors, left], expression: right });
  if (operator === "*" && constantOf(right).kind === "value")
    return summandsOf({ factors: [...factors, right], expression: left });
  return [{ factors, expression: inner }];
}

function readTerm(
  context: CheckContext,
  { key }: ast.Entry,
  { factors, expression }: Summand,
  span: Span,
): Term | undefined {
  const callee = { name: key.text, span: key.span };
  const read = factors.map((factor) =>
    readArgument(context, callee, { name: "weight", type: { kind: "number", min: 0 } }, factor),
  );
  const factorsRead = read.filter((factor) => typeof factor === "number");
  if (factorsRead.length < read.length || expression.kind === "Missing") return undefined;
  const weight = factorsRead.reduce((product, factor) => product * factor, 1);
  if (expression.kind === "NameExpression" && expression.name.text !== "")
    return { weight, span, name: expression.name, given: [] };
  if (expression.kind === "Call" && expression.callee.text !== "")
    return { weight, span, name: expression.callee, given: expression.arguments };
  if (expression.kind !== "NameExpression" && expression.kind !== "Call")
    context.reporter.report("MTL3035", { key: key.text, found: describeValue(expression) }, expression.span);
  return undefined;
}

function findTerm(context: CheckContext, name: ast.Name): LossBuiltin | PenaltyBuiltin | undefined {
  const builtin = resolveBuiltin(name.text);
  if (builtin?.kind === "loss" || builtin?.kind === "penalty") return builtin;
  if (builtin !== undefined)
    context.reporter.report(
      "MTL3014",
      { name: name.text, found: describeBuiltin(builtin.kind), expected: "a loss or a penalty" },
      name.span,
    );
  else {
    const known = [...namesOfBuiltins("loss"), ...namesOfBuiltins("penalty")];
    const { suggestion, details } = meantBy("loss", name, known);
    context.reporter.report("MTL2004", { name: name.text, what: "a loss", known, suggestion }, name.span, details);
  }
  return undefined;
}

function isHead(context: CheckContext, name: string): boolean {
  const symbol = context.scope.names.get(name);
  return symbol !== undefined && isHeadKind(symbol.kind);
}

function resolveKey(context: CheckContext, entry: ast.Entry): HeadInfo["symbol"] | undefined {
  return resolveName(context, entry.key, {
    kinds: headKinds,
    what: "a task or a chain",
    block: "loss",
    fix: (found) =>
      found.kind === "label" ? "a loss is put on the task that predicts the label, by the task's name" : undefined,
  });
}

function checkLossTerm(
  context: CheckContext,
  entry: ast.Entry,
  symbol: HeadInfo["symbol"] | undefined,
  term: Term,
  builtin: LossBuiltin,
  heads: Heads,
  data: DataModel,
): LossTerm | undefined {
  const args = checkArguments(
    context,
    { name: builtin.name, span: term.name.span },
    [...builtin.parameters, ...lossOptions(builtin)],
    term.given,
  );
  const head = symbol === undefined ? undefined : heads.get(symbol.name);
  if (head?.external === true) {
    context.reporter.report("MTL3037", { head: entry.key.text }, entry.key.span, {
      labels: [{ span: head.symbol.at.span, message: "computed by another system" }],
    });
    return undefined;
  }
  if (args === undefined || head?.type === undefined) return undefined;
  const { type } = head;
  if (!builtin.heads.includes(type.kind)) {
    const others = losses.filter((other) => other.heads.includes(type.kind));
    const single = others.filter(({ per, parameters }) => per === "row" && parameters.every(hasDefault));
    const fitting = (single.length > 0 ? single : others).map(({ name }) => name);
    context.reporter.report(
      "MTL3036",
      { loss: builtin.name, head: entry.key.text, type: showHeadType(type, context.within), fitting },
      term.name.span,
      { labels: [{ span: head.symbol.at.span, message: showHeadType(type, context.within) }] },
    );
    return undefined;
  }
  if (builtin.needs === "positive" && head.signed) {
    context.reporter.report("MTL3085", { loss: builtin.name, head: entry.key.text }, term.name.span, {
      labels: [{ span: head.symbol.at.span, message: "may be below 0" }],
    });
    return undefined;
  }
  const problem = builtin.problem?.(args, type);
  if (problem !== undefined) {
    context.reporter.report("MTL3121", { loss: builtin.name, head: entry.key.text, problem }, term.name.span);
    return undefined;
  }
  if (!checkLossOptions(context, builtin, term.given, args, { name: entry.key.text, type }, heads)) return undefined;
  const { space } = args;
  const { own, rows } = splitArguments(builtin, args);
  const seesAll = builtin.per === "row" && builtin.sees === "all";
  const isWidened = typeof space === "string" || rows?.["outside"] !== undefined || rows?.["negatives"] !== undefined;
  const checked = {
    head: entry.key.text,
    weight: term.weight,
    loss: builtin.name,
    arguments: own,
    space: seesAll || isWidened || type.kind === "score" ? everything : type.given,
    ...omitUndefined({ rows }),
    span: term.span,
  };
  if (builtin.per === "row") return checked;
  const stated = withRelevance(context, builtin, own, { name: entry.key.text, type, span: term.name.span });
  if (builtin.per === "batch") return stated === undefined ? undefined : { ...checked, arguments: stated };
  const named = listKey(context, term, builtin, data);
  const key = named?.kind === "column" && args["whole"] === false ? { ...named, whole: false as const } : named;
  return stated === undefined || key === undefined ? undefined : { ...checked, arguments: stated, by: key };
}

function hasDefault(spec: ParameterSpec): boolean {
  return spec.default !== undefined;
}

/** `l2: 1e-6 * l2(embeddings)`. */
function checkPenalty(
  state: NetworkContext,
  entry: ast.Entry,
  term: Term,
  builtin: PenaltyBuiltin,
  heads: Heads,
): PenaltyTerm | undefined {
  const { context } = state;
  const head = context.scope.names.get(entry.key.text);
  if (head !== undefined && isHeadKind(head.kind)) {
    context.reporter.report("MTL3038", { head: entry.key.text, penalty: builtin.name }, term.name.span, {
      labels: [{ span: head.at.span, message: "declared here" }],
      help: `give the penalty a name of its own: \`${builtin.name}: … * ${builtin.name}(…)\``,
    });
    return undefined;
  }
  const positional = term.given.filter((argument) => argument.name === undefined);
  const tensors = builtin.on === "parameters" || builtin.on === "heads" ? [] : positional;
  const owner: Owner = { id: entry.key.text, span: entry.span, inner: 0 };
  const nodes: (NodeRef | undefined)[] = tensors.flatMap((argument) =>
    builtin.on === "parts"
      ? partsNamed(state, builtin, argument, owner)
      : [checkTensor(state, argument.value, owner, false)],
  );
  const args = checkArguments(
    context,
    { name: builtin.name, span: term.name.span },
    builtin.parameters,
    term.given.filter((argument) => !tensors.includes(argument)),
  );
  const sound = nodes.filter((node) => node !== undefined);
  if (args === undefined || sound.length < nodes.length) return undefined;
  if (builtin.on === "nodes" && sound.length === 0) {
    const missing = { callee: builtin.name, parameter: "x", expected: "a tensor" };
    context.reporter.report("MTL3001", missing, term.name.span);
    return undefined;
  }
  const misfit = builtin.fits?.(sound.map((node) => nodeAt(state.network, node).shape));
  if (misfit !== undefined) {
    context.reporter.report("MTL3122", { penalty: builtin.name, problem: misfit }, term.name.span);
    return undefined;
  }
  if (builtin.on === "gates" && !checkGates(state, term.name, builtin, { nodes: sound, written: tensors }))
    return undefined;
  if (builtin.on === "parts" && !checkParts(state, term.name, builtin, sound, args)) return undefined;
  if (builtin.on === "heads" && !checkProbabilities(context, term, builtin, args, heads)) return undefined;
  return {
    name: entry.key.text,
    weight: term.weight,
    penalty: builtin.name,
    arguments: args,
    nodes: sound,
    span: entry.span,
  };
}
