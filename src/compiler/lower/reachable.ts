/** What of a network a function needs. */
import { headsReadBy, resolveLayer } from "../builtins/index.js";
import {
  type HeadExpression,
  type HeadModel,
  type LogitExpression,
  type Model,
  type NetNode,
  type NodeRef,
  termsByHead,
} from "../model/index.js";

/**
 * The nodes that heads are computed from, each after the ones it reads: `recorded` with what is only for training,
 * penalties on nodes included, `served` without.
 */
export function reachableNodes(
  model: Model,
  heads: readonly HeadModel[],
  view: "recorded" | "served",
): readonly NetNode[] {
  const isServed = view === "served";
  const penalized = isServed ? [] : model.loss.penalties.flatMap((penalty) => penalty.nodes);
  const roots = [...heads.flatMap((head) => nodesOfHead(model, head.value, isServed)), ...penalized];
  const needed = new Set(roots);
  for (let ref = model.nodes.length - 1; ref >= 0; ref -= 1) {
    const node = model.nodes[ref];
    if (node !== undefined && needed.has(ref)) for (const input of computedInputs(node)) needed.add(input);
  }
  return model.nodes.filter((_, ref) => needed.has(ref));
}

/** What has to be computed for a node: nothing for one whose value functions are fed. */
export function computedInputs({ layer, inputs }: NetNode): readonly NodeRef[] {
  return resolveLayer(layer)?.isFed === true ? [] : inputs;
}

/** For each node, the heads, by their positions in the loss, whose gradient reaches it. */
export function termsOfNodes(model: Model): ReadonlyMap<NodeRef, readonly number[]> {
  const terms = new Map<NodeRef, number[]>();
  [...termsByHead(model.loss.terms)].forEach(([head, own], term) => {
    const others = own.flatMap(headsReadBy).flatMap(({ head, type }) => (type.detached === true ? [] : [head]));
    const trained = new Set([head, ...others]);
    const values = model.heads.flatMap(({ name, value }) => (trained.has(name) ? [value] : []));
    const needed = new Set(values.flatMap((value) => nodesOfHead(model, value, false)));
    for (let ref = model.nodes.length - 1; ref >= 0; ref -= 1) {
      const node = model.nodes[ref];
      if (node === undefined || !needed.has(ref)) continue;
      terms.set(ref, [...(terms.get(ref) ?? []), term]);
      if (resolveLayer(node.layer)?.stopsGradient !== true) for (const input of node.inputs) needed.add(input);
    }
  });
  return terms;
}

/** The nodes that a head reads, through other heads as well. */
export function nodesOfHead(model: Model, value: HeadExpression, isServed: boolean): readonly NodeRef[] {
  switch (value.kind) {
    case "activation":
      return nodesOfLogit(value.logit, isServed);
    case "head": {
      const head = model.heads.find((each) => each.name === value.name);
      return head === undefined ? [] : nodesOfHead(model, head.value, isServed);
    }
    case "class":
      return nodesOfHead(model, { kind: "head", name: value.head }, isServed);
    case "product":
      return value.factors.flatMap((factor) => nodesOfHead(model, factor, isServed));
    case "quotient":
      return [value.numerator, value.denominator].flatMap((part) => nodesOfHead(model, part, isServed));
    case "complement":
      return nodesOfHead(model, value.operand, isServed);
  }
}

function nodesOfLogit(logit: LogitExpression, isServed: boolean): readonly NodeRef[] {
  switch (logit.kind) {
    case "logit":
    case "value":
      return [logit.node];
    case "sum":
      return logit.terms.flatMap((term) => nodesOfLogit(term, isServed));
    case "scaled":
      return nodesOfLogit(logit.operand, isServed);
    case "trainOnly":
      return isServed ? [] : nodesOfLogit(logit.operand, isServed);
  }
}
