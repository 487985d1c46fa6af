import type { Reporter } from "../../diagnostics/index.js";
import {
  childrenOf,
  visit,
  type AnyNode,
  type Argument,
  type CallExpression,
  type Declaration,
  type DefDeclaration,
  type Expression,
  type FeaturesBlock,
  type Name,
} from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { orderByReads } from "../names/cycles.js";
import { describeValue } from "../names/describe.js";
import { checkDefs, namesOfParameters } from "./check-defs.js";
import { replaceIn } from "./tree.js";

/** Nodes that expansion may make; more than that is a spec that doubles itself over and over. */
const expansionLimit = 200_000;
/** Levels that an expanded expression may have. */
const depthLimit = 1000;

/** Declarations without calls of macros, and which names were such calls. */
export interface ExpandedMacros {
  readonly declarations: readonly Declaration[];
  readonly uses: ReadonlyMap<Name, DefDeclaration>;
  /** Macros that no declaration reaches, with their bodies expanded: their parameters are left as holes. */
  readonly uncalled: readonly { readonly def: DefDeclaration; readonly body: Expression }[];
}

/** A macro ready to be put in the place of a call. */
interface Prepared {
  readonly def: DefDeclaration;
  /** Its body, and its defaults by parameter, without calls of macros. */
  readonly body: Expression;
  readonly defaults: ReadonlyMap<string, Expression>;
  /** The names in both that stand for its parameters. */
  readonly own: ReadonlySet<Name>;
}

interface Expansion {
  readonly reporter: Reporter;
  /** By name, each made after those that it calls. */
  readonly prepared: Map<string, Prepared>;
  /** Names of macros that are wrong, which was reported where they are declared: a call of one gives nothing. */
  readonly broken: Set<string>;
  readonly uses: Map<Name, DefDeclaration>;
  readonly budget: { left: number };
}

/**
 * Declarations with every call of a `def` replaced by its body. A def sees its parameters and the names of the spec, never
 * those of a def that calls it: a name is replaced by an argument only where it is written in the text of the parameter's own
 * def. It may call other defs and never, by any way, itself.
 */
export function expandMacros(declarations: readonly Declaration[], reporter: Reporter): ExpandedMacros {
  const { sound: defs, broken } = checkDefs(
    declarations.filter((node) => node.kind === "Def"),
    reporter,
  );
  const uses = new Map<Name, DefDeclaration>();
  if (defs.size === 0 && broken.size === 0) return { declarations, uses, uncalled: [] };
  const { order, cycles } = orderByReads([...defs.values()], (def) => callsOf(def, defs));
  const state: Expansion = {
    reporter,
    prepared: new Map(),
    broken: new Set([...broken, ...cycles.flat().map(({ name }) => name.text)]),
    uses,
    budget: { left: expansionLimit },
  };
  for (const [first, ...rest] of cycles) {
    if (first === undefined) continue;
    reporter.report("MTL2025", { path: [first, ...rest].map(({ name }) => name.text) }, first.name.span, {
      labels: rest.map(({ name }) => ({ span: name.span, message: "part of the recursion" })),
    });
  }
  // Each def after those it calls: its body is then free of calls of defs.
  for (const def of order) if (!state.broken.has(def.name.text)) state.prepared.set(def.name.text, prepare(state, def));
  const expanded = declarations.map((node) => (node.kind === "Def" ? node : expandIn(state, node)));
  const called = new Set(uses.values());
  const uncalled = order.flatMap((def) => {
    const prepared = state.prepared.get(def.name.text);
    return prepared === undefined || called.has(def) ? [] : [{ def, body: withHoles(prepared) }];
  });
  return { declarations: expanded, uses, uncalled };
}

function prepare(state: Expansion, def: DefDeclaration): Prepared {
  const defaults = def.parameters.flatMap(({ name, default: value }) =>
    value === undefined ? [] : [[name.text, expandIn(state, value)] as const],
  );
  return { def, body: expandIn(state, def.value), defaults: new Map(defaults), own: namesOfParameters(def) };
}

/** A node without calls of macros. */
function expandIn<T extends AnyNode>(state: Expansion, node: T): T {
  const expanded = replaceIn(node, { call: (call) => expandCall(state, call) });
  return expanded.kind === "Features" ? (checkKinds(state, node, expanded) as T) : expanded;
}

/** A macro used where a feature kind is expected gives such a kind, or this is told. */
function checkKinds(state: Expansion, written: AnyNode, block: FeaturesBlock): FeaturesBlock {
  const entries = block.entries.map((entry, i): FeaturesBlock["entries"][number] => {
    // Expansion may have put any expression there.
    const type = entry.type as Expression;
    if (type.kind === "Call" || type.kind === "NameExpression" || type.kind === "Missing") return entry;
    const call = written.kind === "Features" ? written.entries[i]?.type : undefined;
    const name = call?.kind === "Call" ? call.callee.text : "";
    state.reporter.report("MTL3055", { macro: name, found: describeValue(type) }, type.span);
    return { ...entry, type: { kind: "Missing", span: type.span } };
  });
  return entries.every((entry, i) => entry === block.entries[i]) ? block : { ...block, entries };
}

function callsOf(def: DefDeclaration, defs: ReadonlyMap<string, DefDeclaration>): readonly DefDeclaration[] {
  const calls: DefDeclaration[] = [];
  const collect = (root: Expression): void =>
    visit(root, (node) => {
      const called = node.kind === "Call" ? defs.get(node.callee.text) : undefined;
      if (called !== undefined) calls.push(called);
    });
  collect(def.value);
  for (const parameter of def.parameters) if (parameter.default !== undefined) collect(parameter.default);
  return calls;
}

function expandCall(state: Expansion, call: CallExpression): Expression | undefined {
  const { prepared, broken, budget, reporter } = state;
  const missing: Expression = { kind: "Missing", span: call.span };
  if (broken.has(call.callee.text)) return missing;
  const macro = prepared.get(call.callee.text);
  if (macro === undefined) return undefined;
  state.uses.set(call.callee, macro.def);
  const values = bindArguments(call, macro, reporter);
  if (values === undefined || budget.left < 0) return missing;
  const filled = fill(macro, macro.body, values);
  const { size, depth } = measure(filled);
  budget.left -= size;
  if (budget.left < 0 || depth > depthLimit) {
    const limit = budget.left < 0 ? `larger than ${expansionLimit} nodes` : `deeper than ${depthLimit} levels`;
    reporter.report("MTL2026", { limit }, call.callee.span);
    return missing;
  }
  // An operator's operands stay together; everything else is what its call is, as if it were written there.
  return filled.kind === "Binary" || filled.kind === "Unary"
    ? { kind: "Parenthesized", inner: filled, span: call.span }
    : { ...filled, span: call.span };
}

/** An expression of a macro with values in the place of its own parameters. */
function fill(macro: Prepared, node: Expression, values: ReadonlyMap<string, Expression>): Expression {
  return replaceIn(node, { name: ({ name }) => (macro.own.has(name) ? values.get(name.text) : undefined) });
}

/** A body of which nobody says what its parameters are. */
function withHoles(macro: Prepared): Expression {
  const holes = macro.def.parameters.map(({ name, span }) => [name.text, { kind: "Missing", span }] as const);
  return fill(macro, macro.body, new Map<string, Expression>(holes));
}

/** How many nodes a tree has, and how many levels. Not recursive: how deep it is, is the question. */
function measure(root: Expression): { readonly size: number; readonly depth: number } {
  let size = 0;
  let depth = 0;
  for (let level: readonly AnyNode[] = [root]; level.length > 0 && size <= expansionLimit; depth++) {
    size += level.length;
    level = level.flatMap(childrenOf);
  }
  return { size, depth };
}

/** The expression for each parameter; undefined when something is wrong, which is then reported. */
function bindArguments(
  call: CallExpression,
  macro: Prepared,
  reporter: Reporter,
): ReadonlyMap<string, Expression> | undefined {
  const { def, defaults } = macro;
  const values = new Map<string, Expression>();
  const callee = def.name.text;
  const names = def.parameters.map((parameter) => parameter.name.text);
  const named = new Set(call.arguments.map((argument) => argument.name?.text));
  const open = names.filter((name) => !named.has(name));
  let sound = true;
  const places = new Map<string, Argument>();
  for (const argument of call.arguments) {
    const name = argument.name === undefined ? open.shift() : argument.name.text;
    if (name === undefined) {
      sound = false;
      if (argument.value.kind !== "Missing") reporter.report("MTL3005", { callee, parameters: names }, argument.span);
    } else if (!names.includes(name)) {
      sound = false;
      if (name !== "" && argument.name !== undefined) {
        const { span } = argument.name;
        const suggestion = suggest(name, names);
        reporter.report("MTL2005", { callee, name, known: names, suggestion }, span, {
          suggest: { span, word: suggestion },
        });
      }
    } else if (places.has(name)) {
      sound = false;
      reporter.report("MTL3004", { callee, parameter: name }, argument.span);
    } else {
      places.set(name, argument);
      values.set(name, argument.value);
    }
  }
  for (const parameter of def.parameters) {
    const name = parameter.name.text;
    if (values.has(name) || name === "") continue;
    const value = defaults.get(name);
    // A default may read the parameters before its own.
    if (value !== undefined) values.set(name, fill(macro, value, values));
    else {
      if (sound)
        reporter.report(
          "MTL3001",
          { callee, parameter: name, expected: "an expression: it has no default" },
          call.callee.span,
          { labels: [{ span: parameter.span, message: "declared here" }] },
        );
      sound = false;
    }
  }
  return sound ? values : undefined;
}
