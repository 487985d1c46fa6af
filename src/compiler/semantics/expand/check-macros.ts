import { resolveBuiltin, resolveSchedule } from "../../builtins/index.js";
import { visit, type CallExpression, type DefDeclaration, type Expression } from "../../syntax/index.js";
import { suggest, type Span } from "../../text/index.js";
import { callWords } from "../arguments/call-words.js";
import { checkLogit, logitWords, type LogitOwner } from "../heads/check-logit.js";
import { activations } from "../heads/check-task.js";
import { columnFunctions } from "../data/column-expressions.js";
import type { CheckContext } from "../context.js";
import { withoutParentheses } from "../names/describe.js";
import { replaceIn } from "./tree.js";
import { inferFormula } from "../formulas/infer-formula.js";
import { formulaCallWords } from "../../functions/index.js";
import { createFormulaScope, type FormulaValues } from "../formulas/formula-scope.js";
import { checkTensor } from "../network/network-expression.js";
import type { NetworkContext, Owner } from "../network/network.js";

/** A macro that nothing calls, its parameters left as holes, of which nothing is said. */
export interface UncalledMacro {
  readonly def: DefDeclaration;
  readonly body: Expression;
}

/**
 * What can be said of macros that nothing calls: words that are not called so, and, where the words tell whether the body
 * is part of a network or a formula, what any use of it there would get wrong. A part that others import may read names
 * that they declare.
 */
export function checkUncalled(state: NetworkContext, macros: readonly UncalledMacro[], values: FormulaValues): void {
  const { spec } = state.context;
  const whole = spec.declarations.some(({ kind }) => kind === "Model");
  for (const { def, body } of macros) {
    if (!checkCallees(state.context, body)) continue;
    const isOwn = whole && def.span.file === spec.span.file;
    // What only this body reads is still read by nothing.
    const context: CheckContext = {
      ...state.context,
      references: new Map(state.context.references),
      types: new Map(state.context.types),
      served: new Map(),
    };
    const known = isOwn ? body : withoutUnknown(context, body);
    const words = calleesOf(known);
    if (words.some(isNetworkWord)) checkNetworkBody(copyOf(context, state), known);
    else if (words.some((word) => isFormulaWord(word))) inferFormula(createFormulaScope(context, values), known);
  }
}

function calleesOf(body: Expression): readonly string[] {
  const words: string[] = [];
  visit(body, (node) => {
    if (node.kind === "Call") words.push(node.callee.text);
  });
  return words;
}

/** Whether every call is of a word of the language or of something that the spec declares. */
function checkCallees(context: CheckContext, body: Expression): boolean {
  const unknown: CallExpression[] = [];
  visit(body, (node) => {
    if (node.kind !== "Call" || node.callee.text === "") return;
    if (!callWords.has(node.callee.text) && !context.scope.names.has(node.callee.text)) unknown.push(node);
  });
  for (const { callee } of unknown) {
    const known = [...callWords];
    const suggestion = suggest(callee.text, known);
    const what = "a layer, a function or a macro";
    if (!context.incomplete)
      context.reporter.report("MTL2001", { name: callee.text, what, suggestion }, callee.span, {
        suggest: { span: callee.span, word: suggestion },
      });
  }
  return unknown.length === 0;
}

function withoutUnknown({ scope }: CheckContext, body: Expression): Expression {
  return replaceIn(body, {
    name: ({ name, span }) =>
      scope.names.has(name.text) || scope.attributes.has(name.text) ? undefined : { kind: "Missing", span },
  });
}

function isLayer(word: string): boolean {
  const kind = resolveBuiltin(word)?.kind;
  return kind === "layer" || kind === "family";
}

/** A macro may be meant for a family, of any members. */
function macroOwner(span: Span): Owner {
  const owners = new Map<string, Owner>();
  const family = {
    id: "macro",
    declared: { keyword: "bottoms", name: "macro" },
    owners,
    layers: new Map(),
    inner: 0,
  } as const;
  const owner = (): Owner => ({ id: "macro", member: { family }, span, inner: 0 });
  for (const name of ["one", "two"]) owners.set(name, owner());
  return owner();
}

/** A word used only in networks: `linear` is a schedule as well, `norm` a way to clip. */
function isNetworkWord(word: string): boolean {
  if (logitWords.includes(word)) return true;
  return isLayer(word) && resolveSchedule(word) === undefined && word !== "norm";
}

/** A function only of formulas, not of columns: where only the latter are, either may be meant. */
function isFormulaWord(word: string): boolean {
  return formulaCallWords.includes(word) && !Object.hasOwn(columnFunctions, word);
}

function checkNetworkBody(state: NetworkContext, body: Expression): void {
  const inner = withoutParentheses(body);
  const owner: LogitOwner = { ...macroOwner(body.span), width: 1, logits: 0, auxiliary: true };
  if (inner.kind === "List") checkTensor(state, inner, owner, false);
  if (inner.kind === "Binary" || inner.kind === "Unary") checkLogit(state, inner, owner, false);
  if (inner.kind !== "Call") return;
  const word = inner.callee.text;
  const [operand] = inner.arguments;
  if (logitWords.includes(word)) checkLogit(state, inner, owner, false);
  else if (activations.some((each) => each === word) && operand !== undefined)
    checkLogit(state, operand.value, owner, false);
  else if (isLayer(word)) checkTensor(state, inner, owner, false);
}

/** A network to which nodes may be added that are not part of the spec's. */
function copyOf(context: CheckContext, { network }: NetworkContext): NetworkContext {
  return {
    context,
    network: { ...network, nodes: [...network.nodes], featureNodes: new Map(network.featureNodes) },
  };
}
