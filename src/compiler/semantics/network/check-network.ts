import { omitUndefined } from "../../text/index.js";
import { nodeAt, type FeatureModel, type NodeRef } from "../../model/index.js";
import { visit, type Expression, type FamilyDeclaration, type GatesDeclaration } from "../../syntax/index.js";
import { readArgument } from "../arguments/arguments.js";
import { checkGate } from "./check-gate.js";
import { setType, type CheckContext } from "../context.js";
import { orderByReads } from "../names/cycles.js";
import { createNetwork, type FamilyInProgress, type Network, type NetworkValue, type Owner } from "./network.js";
import { checkTensor } from "./network-expression.js";
import type { NetworkContext } from "./network.js";
import { describeValue, withoutParentheses } from "../names/describe.js";
import { isNetworkKind, type NetworkKind, type SpecSymbol, type SymbolOf } from "../names/symbols.js";

/** Experts of one pool: above this, a typo is likelier than a wish. */
const maxExperts = 4096;

type NetworkSymbol = SymbolOf<NetworkKind>;

/** Every declaration of the network as nodes, each after the ones it reads. */
export function checkNetwork(context: CheckContext, features: readonly FeatureModel[]): NetworkContext {
  const network = createNetwork(features);
  const state: NetworkContext = { context, network };
  const symbols = context.scope.symbols.filter(isNetworkSymbol);
  const { order, cycles } = orderByReads(symbols, (symbol) => readsOf(context, symbol));
  for (const cycle of cycles) reportCycle(context, network, cycle);
  for (const symbol of order) {
    if (network.values.has(symbol)) continue;
    network.values.set(symbol, checkDeclaration(state, symbol));
    noteDeclaration(state, symbol);
  }
  return state;
}

function isNetworkSymbol(symbol: SpecSymbol): symbol is NetworkSymbol {
  return isNetworkKind(symbol.kind);
}

/** The parts of the network that a declaration names. */
function readsOf(context: CheckContext, symbol: NetworkSymbol): readonly NetworkSymbol[] {
  const { declaration } = symbol;
  const reads: NetworkSymbol[] = [];
  const collect = (expression: Expression): void =>
    visit(expression, (node) => {
      if (node.kind !== "NameExpression") return;
      const found = context.scope.names.get(node.name.text);
      if (found !== undefined && isNetworkSymbol(found)) reads.push(found);
    });
  collect(declaration.value);
  if (declaration.kind === "Gate" || declaration.kind === "Gates") collect(declaration.over);
  return reads;
}

function reportCycle(context: CheckContext, network: Network, cycle: readonly NetworkSymbol[]): void {
  const [first] = cycle;
  if (first === undefined) return;
  for (const symbol of cycle) network.values.set(symbol, { kind: "error" });
  context.reporter.report("MTL2009", { path: cycle.map(({ name }) => name) }, first.at.span, {
    labels: cycle
      .slice(1)
      .map(({ at, name }) => ({ span: at.span, message: `\`${name}\` is part of the circular dependency` })),
    help: "a network has no loops: let one of them read something else",
  });
}

function noteDeclaration({ context, network }: NetworkContext, symbol: NetworkSymbol): void {
  const value = network.values.get(symbol);
  if (value?.kind !== "tensor" && value?.kind !== "pool") return;
  const { shape, replicas } = nodeAt(network, value.node);
  setType(context, symbol.declaration, {
    kind: "tensor",
    shape,
    ...omitUndefined({ replicas }),
  });
}

const error: NetworkValue = { kind: "error" };

function tensor(node: NodeRef | undefined): NetworkValue {
  return node === undefined ? error : { kind: "tensor", node };
}

function checkDeclaration(state: NetworkContext, symbol: NetworkSymbol): NetworkValue {
  const { declaration } = symbol;
  const owner = (id: string, replicas?: number): Owner => ({
    id,
    declared: { keyword: symbol.kind, name: symbol.name },
    ...omitUndefined({ replicas }),
    span: declaration.span,
    inner: 0,
  });
  switch (declaration.kind) {
    case "Network":
      if (declaration.keyword === "table" && !checkTable(state, declaration.value)) return error;
      return tensor(checkTensor(state, declaration.value, owner(symbol.name), true));
    case "Gate":
      return tensor(checkGate(state, declaration, owner(symbol.name)));
    case "Experts": {
      const count = readArgument(
        state.context,
        { name: symbol.name, span: declaration.name.span },
        { name: "number of experts", type: { kind: "number", min: 1, max: maxExperts, integer: true } },
        declaration.count,
      );
      const replicas = typeof count === "number" ? count : 1;
      if (!checkIsCall(state, declaration.value)) return error;
      const node = checkTensor(state, declaration.value, owner(symbol.name, replicas), true);
      return node === undefined || typeof count !== "number" ? error : { kind: "pool", node, count };
    }
    case "Family":
      return checkFamily(state, symbol, declaration, (member) => checkTensor(state, declaration.value, member, true));
    case "Gates":
      return checkFamily(state, symbol, declaration, (member) => checkGate(state, declaration, member));
  }
}

/** One node for each member, from one expression in which a family stands for its member of the same name. */
function checkFamily(
  { context }: NetworkContext,
  symbol: NetworkSymbol,
  { members, span }: FamilyDeclaration | GatesDeclaration,
  build: (member: Owner) => NodeRef | undefined,
): NetworkValue {
  const declared = { keyword: symbol.kind, name: symbol.name };
  const owners = new Map<string, Owner>();
  const family: FamilyInProgress = { id: symbol.name, declared, owners, layers: new Map(), inner: 0 };
  for (const { text: name, span: at } of members) {
    if (name === "") continue;
    if (owners.has(name)) context.reporter.report("MTL2002", { name, kind: "a member", first: "a member" }, at);
    else owners.set(name, { id: `${symbol.name}.${name}`, declared, member: { name, family }, span, inner: 0 });
  }
  const nodes = new Map<string, NodeRef>();
  for (const [name, owner] of owners) {
    const node = build(owner);
    if (node !== undefined) nodes.set(name, node);
  }
  return nodes.size === owners.size ? { kind: "members", nodes } : error;
}

/** `table t = embedding(user_id, 64)`. */
function checkTable(state: NetworkContext, value: Expression): boolean {
  const inner = withoutParentheses(value);
  if (inner.kind === "Missing") return false;
  if (inner.kind === "Call" && ["embedding", "embed"].includes(inner.callee.text)) return true;
  if (inner.kind === "Call" && inner.callee.text === "") return false;
  state.context.reporter.report("MTL3016", { found: describeValue(inner) }, value.span);
  return false;
}

/** `mlp(x, [8]) * sigmoid(x)`: arithmetic with a layer in it. */
function hasCall(expression: Expression): boolean {
  const value = withoutParentheses(expression);
  switch (value.kind) {
    case "Binary":
      return hasCall(value.left) || hasCall(value.right);
    case "Unary":
      return hasCall(value.operand);
    default:
      return value.kind === "Call";
  }
}

/** Experts are networks that share nothing: a bare name would be one thing many times. */
function checkIsCall(state: NetworkContext, value: Expression): boolean {
  const inner = withoutParentheses(value);
  if (inner.kind === "Missing") return false;
  if (inner.kind === "Call" || hasCall(inner)) return true;
  state.context.reporter.report("MTL3017", { found: describeValue(inner) }, value.span);
  return false;
}
