/** The network's nodes and heads as values of one function, each made when it is first asked for. */
import { omitUndefined } from "../text/index.js";
import {
  type FamilyContext,
  type GateValue,
  type HeadValue,
  type LayerContext,
  lowerLayer,
  resolveFamily,
  resolveGate,
  resolveLayer,
} from "../builtins/index.js";
import { dense } from "../builtins/dense.js";
import { float32, type GraphBuilder, type ValueId } from "../graph/index.js";
import {
  hasIds,
  memberId,
  nodeAt,
  treesInput,
  type HeadModel,
  type LogitExpression,
  type Model,
  type NetNode,
  type NodeRef,
} from "../model/index.js";
import { embeddingName, lookupOf } from "./embeddings.js";
import type { FeatureValues } from "./feature-values.js";
import { lowerHead } from "./heads.js";
import { isFrozenPart } from "./training/part-optimizers.js";
import { expertCount, mixExperts } from "./mix.js";
import { streamOf } from "./random-stream.js";
import { computedInputs, nodesOfHead } from "./reachable.js";
import type { Variables } from "./variables.js";

/** How a function looks at the network. */
export interface NetworkView {
  readonly training: boolean;
  /** With the values that serving sees, and without what is only for training. */
  readonly asServed: boolean;
}

export interface NetworkInputs {
  readonly builder: GraphBuilder;
  readonly model: Model;
  readonly variables: Variables;
  readonly features: FeatureValues;
  /** Uniform numbers of a stream; only training draws. */
  readonly random: (stream: number, shape: readonly (number | string)[]) => ValueId;
  readonly present: () => ValueId;
}

export interface Network {
  /** [B, …shape], or [B, n, …shape] with replicas. */
  readonly node: (ref: NodeRef) => ValueId;
  readonly head: (head: HeadModel) => HeadValue;
  /**
   * The values of the nodes and of the logits that were made so far. That of a whole family is left out: its members are of
   * different tasks.
   */
  readonly tensors: () => readonly ValueId[];
  /** What a gate's node is mixed by. */
  readonly gate: (ref: NodeRef) => GateValue;
}

export function createNetwork(inputs: NetworkInputs, view: NetworkView): Network {
  const { builder, model, variables } = inputs;
  const values = new Map<NodeRef, ValueId>();
  const logits = new Set<ValueId>();
  const heads = new Map<string, HeadValue>();
  const gates = new Map<NodeRef, GateValue>();

  const node = (ref: NodeRef): ValueId => {
    const known = values.get(ref);
    if (known !== undefined) return known;
    for (const each of missingNodes(model, ref, values)) {
      const made = nodeAt(model, each);
      const value = builder.within(made.id, made.span, () =>
        lowerNode(inputs, view, made, { valueOf: node, noteGate: (value) => gates.set(each, value) }),
      );
      values.set(each, value);
    }
    return node(ref);
  };

  type LinearLogit = Extract<LogitExpression, { kind: "logit" | "value" }>;
  const logit = (expression: LinearLogit, classes: number | undefined): ValueId => {
    const table = logitOf(expression, classes ?? 1);
    const value = classes === undefined ? builder.squeeze(table, 1) : table;
    logits.add(value);
    return value;
  };
  /** [B, width]. */
  const logitOf = (expression: LinearLogit, width: number): ValueId => {
    const x = node(expression.node);
    if (expression.kind === "value") return x;
    const { id } = expression;
    const parameter: LayerContext["parameter"] = (name, shape, initializer, group) =>
      variables.parameter(id, name, shape, initializer, group);
    return dense({ builder, parameter }, x, width, "", true);
  };

  const head = (headModel: HeadModel): HeadValue => {
    const known = heads.get(headModel.name);
    if (known !== undefined) return known;
    const byName = (name: string): HeadValue => {
      const other = model.heads.find((each) => each.name === name);
      if (other === undefined) throw new Error(`there is no head ${name}`);
      return head(other);
    };
    // Before the head begins, so that nodes carry their own places and not the head's.
    for (const ref of nodesOfHead(model, headModel.value, view.asServed)) node(ref);
    const { type } = headModel;
    const classes = type.kind === "classes" ? type.classes.length : undefined;
    const own = (expression: LinearLogit): ValueId => logit(expression, classes);
    const trainOnly = !view.asServed;
    const value = builder.within(headModel.name, headModel.span, () =>
      lowerHead({ builder, logit: own, head: byName, trainOnly, ...omitUndefined({ classes }) }, headModel.value),
    );
    heads.set(headModel.name, value);
    return value;
  };

  const gate = (ref: NodeRef): GateValue => {
    node(ref);
    const found = gates.get(ref);
    if (found === undefined) throw new Error(`${nodeAt(model, ref).id} is not a gate`);
    return found;
  };

  return {
    node,
    head,
    gate,
    tensors: () => [
      ...[...values].flatMap(([ref, value]) => (nodeAt(model, ref).members === undefined ? [value] : [])),
      ...logits,
    ],
  };
}

/** The nodes that `ref` needs and that have no value yet, itself last: a deep network needs no deep stack. */
function missingNodes(model: Model, ref: NodeRef, values: ReadonlyMap<NodeRef, ValueId>): readonly NodeRef[] {
  const missing = new Set([ref]);
  for (let each = ref; each >= 0; each -= 1) {
    if (!missing.has(each)) continue;
    for (const input of computedInputs(nodeAt(model, each))) if (!values.has(input)) missing.add(input);
  }
  return [...missing].toSorted((a, b) => a - b);
}

function lowerNode(
  inputs: NetworkInputs,
  view: NetworkView,
  node: NetNode,
  { valueOf, noteGate }: { readonly valueOf: (ref: NodeRef) => ValueId; readonly noteGate: (value: GateValue) => void },
): ValueId {
  const { builder, model } = inputs;
  const layer = resolveLayer(node.layer);
  if (layer !== undefined) return lowerLayer(layer, layerContext(inputs, view, node, computedInputs(node), valueOf));
  const family = resolveFamily(node.layer);
  if (family !== undefined) return family.lower(familyContext(inputs, view, node, valueOf));
  const gate = resolveGate(node.layer);
  if (gate === undefined) throw new Error(`there is no layer ${node.layer}`);
  const [input = -1, ...experts] = node.inputs;
  const mixed = experts.map((ref) => ({ value: valueOf(ref), replicas: nodeAt(model, ref).replicas }));
  const value = gate.lower(layerContext(inputs, view, node, [input], valueOf), expertCount(mixed));
  noteGate(value);
  return mixExperts(builder, value.weights, mixed);
}

function familyContext(
  inputs: NetworkInputs,
  view: NetworkView,
  node: NetNode,
  valueOf: (ref: NodeRef) => ValueId,
): FamilyContext {
  const { variables } = inputs;
  const { members = [] } = node;
  const owners = members.map((member) => memberId(node.id, member));
  return {
    ...layerContext(inputs, view, node, node.inputs, valueOf),
    replicas: members.length,
    ownParameter: (name, shape, initializer, group) =>
      variables.parameterOfEach(node.id, owners, name, shape, initializer, group),
    ownStatistic: (name, shape, initial) => variables.statisticOfEach(node.id, owners, name, shape, initial),
  };
}

function layerContext(
  { builder, model, variables, features, random, present }: NetworkInputs,
  { training, asServed }: NetworkView,
  node: NetNode,
  reads: readonly NodeRef[],
  valueOf: (ref: NodeRef) => ValueId,
): LayerContext {
  let draws = 0;
  return {
    builder,
    arguments: node.arguments,
    inputs: reads.map(valueOf),
    inputReplicas: reads.map((ref) => nodeAt(model, ref).replicas),
    masks: reads.map((ref) => {
      const { sequence } = nodeAt(model, ref);
      return sequence === undefined ? undefined : () => features.mask(sequence, asServed);
    }),
    ...omitUndefined({ replicas: node.replicas }),
    training: training && !isFrozenPart(model.train, node.id),
    present,
    feature: (name, table) => {
      const feature = model.features.find((each) => each.name === name);
      if (feature !== undefined && !hasIds(feature) && table === "own") return features.number(name, asServed);
      return features.embedding(lookupOf(node)?.piece ?? embeddingName(name), name, asServed);
    },
    ids: (name) => features.ids(name, asServed),
    parameter: (name, shape, initializer, group) => variables.parameter(node.id, name, shape, initializer, group),
    statistic: (name, shape, initial) => variables.statistic(node.id, name, shape, initial),
    random: (shape) => random(streamOf(`${node.id} ${draws++}`), shape),
    fed: () => builder.input(treesInput(node), float32("B", 1)),
  };
}
