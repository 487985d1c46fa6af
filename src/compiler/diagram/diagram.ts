import { groupDigits, omitUndefined } from "../text/index.js";
import { resolveFamily, resolveGate, resolveLayer } from "../builtins/index.js";
import { type Cost, partOfId } from "../cost/index.js";
import { argumentsText, headTypeText, lossText, shapeText } from "../describe/index.js";
import {
  type HeadExpression,
  declaredHead,
  declaredHeads,
  type DeclaredHead,
  headsIn,
  type LogitExpression,
  memberId,
  type Model,
  type NetNode,
  type NodeRef,
} from "../model/index.js";
import type { Card, Diagram, DiagramEdge, EdgeKind } from "./cards.js";
import { servingCards } from "./serving-cards.js";

/** Features that a card lists by name; the others are counted. */
const listedFeatures = 8;

/** The cards of a model and how they hang together, in the order of the network. */
export function diagramOf(model: Model, cost: Cost): Diagram {
  const builder = createBuilder(model, cost);
  for (const node of model.nodes)
    if (node.declared !== undefined && familyOf(model, node) === undefined) addDeclared(builder, node);
  for (const head of declaredHeads(model.heads)) addHead(builder, head);
  if (model.serving !== undefined) {
    const { cards, edges } = servingCards(model.serving, new Set(model.heads.map(({ name }) => name)));
    builder.cards.push(...cards);
    builder.edges.push(...edges);
  }
  const edges = new Map(builder.edges.map((edge) => [`${edge.from}\n${edge.to}\n${edge.kind}`, edge]));
  return {
    title: model.name,
    ...omitUndefined({ doc: model.doc }),
    cards: builder.cards,
    edges: [...edges.values()],
  };
}

interface Builder {
  readonly model: Model;
  readonly parameters: ReadonlyMap<string, number>;
  readonly cards: Card[];
  readonly edges: DiagramEdge[];
}

function createBuilder(model: Model, cost: Cost): Builder {
  const parameters = new Map(cost.parts.map((part) => [part.name, part.parameters]));
  return { model, parameters, cards: [], edges: [] };
}

/** What a card holds of the network: the layers on it, from the first to the last, and what they read of others. */
interface Inside {
  readonly layers: readonly string[];
  readonly features: readonly { readonly text: string; readonly kind: EdgeKind }[];
  readonly reads: readonly { readonly id: string; readonly kind: EdgeKind }[];
}

function inside({ model }: Builder, refs: readonly NodeRef[], kind: EdgeKind): Inside {
  const layers: string[] = [];
  const features: { readonly text: string; readonly kind: EdgeKind }[] = [];
  const reads: { readonly id: string; readonly kind: EdgeKind }[] = [];
  const visit = (ref: NodeRef): void => {
    const node = model.nodes[ref];
    if (node === undefined) return;
    if (node.declared !== undefined) reads.push({ id: (familyOf(model, node) ?? node).id, kind });
    else if (node.layer === "feature") features.push({ text: featureLine(model, node), kind });
    else {
      node.inputs.forEach(visit);
      if (!unseen.has(node.layer)) layers.push(layerLine(node));
    }
  };
  refs.forEach(visit);
  return { layers, features, reads };
}

/** The family that a member's card would be of: members that meet have one card together. */
function familyOf(model: Model, node: NetNode): NetNode | undefined {
  const family = node.layer === "member" ? model.nodes[node.inputs[0] ?? -1] : undefined;
  return family?.declared === undefined ? undefined : family;
}

/** Layers that only put tensors together or take them apart. */
const unseen: ReadonlySet<string> = new Set(["concat", "stack", "member"]);

/** The card of a member of a family is that of its kind. */
const memberCards = { bottoms: "bottom", gates: "gate", towers: "tower" } as const;

function addDeclared(builder: Builder, node: NetNode): void {
  const keyword = node.declared?.keyword ?? "bottom";
  const kind = keyword === "bottoms" || keyword === "gates" || keyword === "towers" ? memberCards[keyword] : keyword;
  const isGate = resolveGate(node.layer) !== undefined;
  const own = inside(builder, isGate ? node.inputs.slice(0, 1) : node.inputs, isGate ? "weights" : "data");
  const mixed = isGate ? inside(builder, node.inputs.slice(1), "mix") : undefined;
  const isInput = kind === "input";
  const lines = [...own.layers, ...(unseen.has(node.layer) ? [] : [layerLine(node)])];
  builder.cards.push({
    id: node.id,
    kind,
    title: node.members === undefined ? node.id : `${node.id}[${node.members.join(", ")}]`,
    lines: isInput ? [...featureLines(own.features.map(({ text }) => text)), ...lines] : lines,
    ...omitUndefined({ copies: node.members === undefined ? node.replicas : undefined }),
    facts: [shapeText({ shape: node.shape }), ...parameterFact(builder, partNames(node))],
  });
  if (!isInput) addFeatures(builder, node.id, own.features);
  for (const read of [...own.reads, ...(mixed?.reads ?? [])])
    builder.edges.push({ from: read.id, to: node.id, kind: read.kind });
}

/** Features that something reads without an input of its own in between: a card for each way in which it reads them. */
function addFeatures(builder: Builder, reader: string, read: Inside["features"]): void {
  for (const kind of new Set(read.map((each) => each.kind))) {
    const lines = featureLines(read.flatMap((each) => (each.kind === kind ? [each.text] : [])));
    const known = builder.cards.find((card) => card.kind === "features" && card.lines.join() === lines.join());
    const id = known?.id ?? `${reader}/features${kind === "training" ? " in training" : ""}`;
    if (known === undefined) builder.cards.push({ id, kind: "features", title: "features", lines, facts: [] });
    builder.edges.push({ from: id, to: reader, kind });
  }
}

function addHead(builder: Builder, head: DeclaredHead): void {
  const { model } = builder;
  const read = headReads(builder, head.value, "data");
  const losses = model.loss.terms.filter((term) => term.head === head.name);
  builder.cards.push({
    id: head.name,
    kind: head.keyword,
    title: head.name,
    lines: [
      headTypeText(model.labels, head.type),
      [...read.layers, valueLine(head.value)].join(" → "),
      ...losses.map((loss) => `loss ${lossText(model, loss).replace(/^1 \* /, "")}`),
      ...(head.auxiliary ? ["never served"] : []),
    ],
    facts: parameterFact(builder, [head.name]),
  });
  addFeatures(builder, head.name, read.features);
  for (const { id, kind } of read.reads) builder.edges.push({ from: id, to: head.name, kind });
  for (const name of headsIn(head.value)) builder.edges.push({ from: declaredHead(name), to: head.name, kind: "data" });
}

function headReads(builder: Builder, value: HeadExpression, kind: EdgeKind): Inside {
  switch (value.kind) {
    case "activation":
      return logitReads(builder, value.logit, kind);
    case "head":
    case "class":
      return { layers: [], features: [], reads: [] };
    case "product":
      return joined(value.factors.map((factor) => headReads(builder, factor, kind)));
    case "quotient":
      return joined([value.numerator, value.denominator].map((part) => headReads(builder, part, kind)));
    case "complement":
      return headReads(builder, value.operand, kind);
  }
}

function logitReads(builder: Builder, logit: LogitExpression, kind: EdgeKind): Inside {
  switch (logit.kind) {
    case "logit":
    case "value":
      return inside(builder, [logit.node], kind);
    case "sum":
      return joined(logit.terms.map((term) => logitReads(builder, term, kind)));
    case "scaled":
      return logitReads(builder, logit.operand, kind);
    case "trainOnly":
      return logitReads(builder, logit.operand, "training");
  }
}

function joined(parts: readonly Inside[]): Inside {
  return {
    layers: parts.flatMap(({ layers }) => layers),
    features: parts.flatMap(({ features }) => features),
    reads: parts.flatMap(({ reads }) => reads),
  };
}

/** `sigmoid`, `ctr · cvr`. */
function valueLine(value: HeadExpression): string {
  switch (value.kind) {
    case "activation":
      return value.function;
    case "head":
      return value.name;
    case "class":
      return value.head;
    case "product":
      return value.factors.map(valueLine).join(" · ");
    case "quotient":
      return `${valueLine(value.numerator)} / ${valueLine(value.denominator)}`;
    case "complement":
      return `1 − ${value.operand.kind === "head" ? valueLine(value.operand) : `(${valueLine(value.operand)})`}`;
  }
}

/** `mlp [256] tanh`: the layer, what it must be told, and what is not as usual. */
function layerLine(node: NetNode): string {
  const builtin = resolveLayer(node.layer) ?? resolveFamily(node.layer) ?? resolveGate(node.layer);
  const parameters = builtin?.parameters ?? [];
  const unusual = Object.fromEntries(
    Object.entries(node.arguments).filter(([name, value]) => {
      const usual = parameters.find((parameter) => parameter.name === name)?.default;
      return usual === undefined || JSON.stringify(usual) !== JSON.stringify(value);
    }),
  );
  return [node.layer, ...argumentsText(parameters, unusual)].join(" ");
}

function featureLine(model: Model, node: NetNode): string {
  const name = String(node.arguments["feature"]);
  const feature = model.features.find((each) => each.name === name);
  const isServed = feature?.serving.kind !== "none";
  return `${name} ${node.shape.join("×")}${isServed ? "" : ", training only"}`;
}

function featureLines(features: readonly string[]): readonly string[] {
  if (features.length <= listedFeatures + 1) return features;
  return [...features.slice(0, listedFeatures), `… ${features.length - listedFeatures} more features`];
}

/** The parts that a card is of: of a family what its members share and what each has for itself. */
function partNames({ id, members = [] }: NetNode): readonly string[] {
  return [id, ...members.map((member) => memberId(id, member))];
}

function parameterFact({ parameters }: Builder, names: readonly string[]): readonly string[] {
  const count = names.reduce((total, name) => total + (parameters.get(partOfId(name)) ?? 0), 0);
  return count === 0 ? [] : [`${groupDigits(count)} weights`];
}
