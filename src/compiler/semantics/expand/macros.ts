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
  type Name,
} from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { orderByReads } from "../cycles.js";
import { replaceIn } from "./tree.js";

/** Nodes that expansion may make; more than that is a spec that doubles itself over and over. */
const expansionLimit = 200_000;
/** Levels that an expanded expression may have. */
const depthLimit = 1000;

/** Declarations without calls of macros, and which names were such calls. */
export interface ExpandedMacros {
  readonly declarations: readonly Declaration[];
  readonly uses: ReadonlyMap<Name, DefDeclaration>;
}

/**
 * Declarations with every call of a `def` replaced by its body. A def sees its parameters and the names of the spec; it
 * may call other defs and never, by any way, itself.
 */
export function expandMacros(declarations: readonly Declaration[], reporter: Reporter): ExpandedMacros {
  const defs = collectDefs(declarations);
  const uses = new Map<Name, DefDeclaration>();
  if (defs.size === 0) return { declarations, uses };
  const { order, cycles } = orderByReads([...defs.values()], (def) => callsOf(def, defs));
  for (const [first, ...rest] of cycles) {
    if (first === undefined) continue;
    reporter.report("MTL2025", { path: [first, ...rest].map(({ name }) => name.text) }, first.name.span, {
      labels: rest.map(({ name }) => ({ span: name.span, message: "on the way" })),
    });
    for (const def of [first, ...rest]) defs.delete(def.name.text);
  }
  const looping = new Set(cycles.flat());
  const bodies = new Map<string, Expression>();
  const budget = { left: expansionLimit };
  const expand = <T extends AnyNode>(node: T): T =>
    replaceIn(node, {
      call: (call) => {
        const def = defs.get(call.callee.text);
        if (def !== undefined) uses.set(call.callee, def);
        return expandCall(call, defs, bodies, looping, reporter, budget);
      },
    });
  // Each def after those it calls: its body is then free of calls of defs.
  for (const def of order) if (!looping.has(def)) bodies.set(def.name.text, expand(def.value));
  return { declarations: declarations.map((node) => (node.kind === "Def" ? node : expand(node))), uses };
}

/** The first def of each name; that there is a second one is found where names are bound. */
function collectDefs(declarations: readonly Declaration[]): Map<string, DefDeclaration> {
  const defs = new Map<string, DefDeclaration>();
  for (const node of declarations)
    if (node.kind === "Def" && node.name.text !== "" && !defs.has(node.name.text)) defs.set(node.name.text, node);
  return defs;
}

function callsOf(def: DefDeclaration, defs: ReadonlyMap<string, DefDeclaration>): readonly DefDeclaration[] {
  const calls: DefDeclaration[] = [];
  visit(def.value, (node) => {
    const called = node.kind === "Call" ? defs.get(node.callee.text) : undefined;
    if (called !== undefined) calls.push(called);
  });
  return calls;
}

function expandCall(
  call: CallExpression,
  defs: ReadonlyMap<string, DefDeclaration>,
  bodies: ReadonlyMap<string, Expression>,
  looping: ReadonlySet<DefDeclaration>,
  reporter: Reporter,
  budget: { left: number },
): Expression | undefined {
  const def = defs.get(call.callee.text);
  if (def === undefined) {
    // A call of what goes in a circle was reported with the circle.
    const broken = [...looping].some(({ name }) => name.text === call.callee.text);
    return broken ? { kind: "Missing", span: call.span } : undefined;
  }
  const missing: Expression = { kind: "Missing", span: call.span };
  const body = bodies.get(def.name.text);
  const values = bindArguments(call, def, reporter);
  if (body === undefined || values === undefined || budget.left < 0) return missing;
  const filled = replaceIn(body, { name: (name) => values.get(name.name.text) });
  const { size, depth } = measure(filled);
  budget.left -= size;
  if (budget.left < 0 || depth > depthLimit) {
    const limit = budget.left < 0 ? `larger than ${expansionLimit} nodes` : `deeper than ${depthLimit} levels`;
    reporter.report("MTL2026", { limit }, call.callee.span);
    return missing;
  }
  return { kind: "Parenthesized", inner: filled, span: call.span };
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
  def: DefDeclaration,
  reporter: Reporter,
): ReadonlyMap<string, Expression> | undefined {
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
      if (name !== "" && argument.name !== undefined)
        reporter.report(
          "MTL2005",
          { callee, name, known: names, suggestion: suggest(name, names) },
          argument.name.span,
        );
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
    if (parameter.default !== undefined) values.set(name, parameter.default);
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
