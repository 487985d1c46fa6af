/** One function of a forward program, by the names of the spec. */
import { type GraphFunction, type GraphNode, renumbered, type ValueId } from "../../graph/index.js";

/** What a named value is. */
export type ValueName =
  | { readonly kind: "node"; readonly id: string }
  | { readonly kind: "gate"; readonly id: string; readonly fact: string }
  | { readonly kind: "head"; readonly head: string; readonly fact: string };

export interface ForwardView {
  readonly fn: GraphFunction;
  readonly nameOf: ReadonlyMap<ValueId, ValueName>;
  readonly valueOf: ReadonlyMap<string, ValueId>;
}

/** Facts of a head that stand for others: from its logit all of them follow. */
function isKept(facts: ReadonlySet<string>, fact: string): boolean {
  return fact === "logit" || !facts.has("logit");
}

export function createView(given: GraphFunction): ForwardView {
  const fn = untangle(given);

  const nameOf = new Map<ValueId, ValueName>();
  const factsOf = new Map<string, Set<string>>();
  for (const { name } of fn.outputs) {
    const [kind, head = "", fact = ""] = split(name);
    if (kind === "head") factsOf.set(head, new Set([...(factsOf.get(head) ?? []), fact]));
  }
  for (const { name, value } of fn.outputs) {
    const [kind, id = "", fact = ""] = split(name);
    if (nameOf.has(value)) continue;
    if (kind === "node") nameOf.set(value, { kind, id });
    else if (kind === "gate") nameOf.set(value, { kind, id, fact });
    else if (kind === "head" && isKept(factsOf.get(id) ?? new Set(), fact)) nameOf.set(value, { kind, head: id, fact });
  }
  return { fn, nameOf, valueOf: new Map(fn.outputs.map(({ name, value }) => [name, value])) };
}

/** `head/kind.sport/logit` → kind, id, fact; the id of a node may have `/` itself. */
function split(name: string): readonly string[] {
  const start = name.indexOf("/");
  const kind = name.slice(0, start);
  const rest = name.slice(start + 1);
  if (kind === "node") return [kind, rest];
  const end = rest.lastIndexOf("/");
  return [kind, rest.slice(0, end), rest.slice(end + 1)];
}

/** A name in words, as Python has it: `income_logit`, `for_ctr_weights`. */
export function plainName(name: ValueName): string {
  switch (name.kind) {
    case "node":
      return name.id;
    case "gate":
      return `${name.id}_${snake(name.fact)}`;
    case "head":
      return name.fact === "value" ? name.head : `${name.head}_${headFacts[name.fact] ?? snake(name.fact)}`;
  }
}

const headFacts: Readonly<Record<string, string>> = {
  logTrue: "log_p",
  logFalse: "log_not_p",
  logClasses: "log_classes",
};

function snake(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * A named value that is another one in a new shape has its readers elsewhere read that other one; here they read the named one,
 * and change its shape themselves.
 */
function untangle(fn: GraphFunction): GraphFunction {
  const named = new Set(fn.outputs.flatMap(({ name, value }) => (name.startsWith("node/") ? [value] : [])));
  const shaped = new Map<ValueId, ValueId>();
  for (const value of named) {
    const node = fn.nodes[value];
    const [source = -1] = node?.inputs ?? [];
    const from = fn.nodes[source];
    const isOwn = from?.label === node?.label && from?.op !== "input" && from?.op !== "state";
    if (node?.op === "reshape" && isOwn && !named.has(source)) shaped.set(source, value);
  }
  const nodes: GraphNode[] = [];
  const moved: ValueId[] = [];
  const again = new Map<ValueId, ValueId>();
  fn.nodes.forEach((node, id) => {
    const inputs = node.inputs.map((input) => {
      const value = again.get(input);
      const isElsewhere = value !== undefined && node.label !== fn.nodes[input]?.label;
      return isElsewhere ? value : (moved[input] ?? -1);
    });
    moved[id] = nodes.push({ ...node, inputs } as GraphNode) - 1;
    const [source = -1] = node.inputs;
    const type = fn.nodes[source]?.type;
    if (shaped.get(source) !== id || type === undefined) return;
    const back = { op: "reshape", inputs: [moved[id] ?? -1], attributes: { shape: type.shape }, type } as const;
    again.set(source, nodes.push(back) - 1);
  });
  return renumbered(fn, nodes, (id) => moved[id] ?? -1);
}
