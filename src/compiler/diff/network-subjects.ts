import { resolveGate } from "../builtins/index.js";
import { networkDeclarations, type NetworkDeclarationText, shapeText, tensorText } from "../describe/index.js";
import type { Model, NetNode } from "../model/index.js";
import { shapesTensors } from "./layer-tensors.js";
import { argumentFacets, facet, type Facet, type Subject } from "./subjects.js";

/** The names of declarations that apply one layer to named things: of these every argument is a facet of its own. */
export function plainDeclarations(model: Model): ReadonlySet<string> {
  return new Set(
    networkDeclarations(model).flatMap(({ name, nodes, keyword }) => {
      const isFamily = keyword === "bottoms" || keyword === "gates" || keyword === "towers";
      const isPlain = !isFamily && nodes.every((node) => node.inputs.every((ref) => isNamed(model, ref)));
      return isPlain ? [name] : [];
    }),
  );
}

function isNamed({ nodes }: Model, ref: number): boolean {
  const node = nodes[ref];
  return node !== undefined && (node.declared !== undefined || node.layer === "feature");
}

/** `plain`: those that are plain in both models that are compared. */
export function networkSubjects(model: Model, plain: ReadonlySet<string>): readonly Subject[] {
  return networkDeclarations(model).map((declaration) => ({
    kind: declaration.keyword,
    name: declaration.name,
    text: declaration.text,
    facets: [
      facet("keyword", "network.keyword", declaration.keyword),
      ...(plain.has(declaration.name) ? plainFacets(model, declaration) : wholeFacets(model, declaration)),
    ],
    added: "network.added",
    removed: "network.removed",
  }));
}

/** Layers in layers: the text of all. */
function wholeFacets(model: Model, { value, nodes }: NetworkDeclarationText): readonly Facet[] {
  const members = nodes.map(({ id }) => id).join(", ");
  return [
    facet("value", "network.value", value, { tensorRule: "network.value.tensors" }),
    facet("members", "network.value", members),
    ...nodes.flatMap((node) => shapeFacets(model, node)),
    ...expertFacets(nodes),
  ];
}

function plainFacets(model: Model, { nodes }: NetworkDeclarationText): readonly Facet[] {
  return nodes.flatMap((node) => [
    facet("layer", "network.layer", node.layer),
    ...readFacets(model, node),
    ...argumentFacets(node.arguments, "network.argument").map((each): Facet => ({
      ...each,
      tensorRule: "network.argument.tensors",
      arguments: node.arguments,
      shapesTensors: (after) => shapesTensors(model, node, each.name, after.arguments ?? {}),
    })),
    ...shapeFacets(model, node),
    ...expertFacets([node]),
  ]);
}

function expertFacets(nodes: readonly NetNode[]): readonly Facet[] {
  return nodes.flatMap(({ replicas }) =>
    replicas === undefined ? [] : [facet("experts", "network.experts", String(replicas))],
  );
}

function readFacets(model: Model, node: NetNode): readonly Facet[] {
  const names = node.inputs.map((ref) => tensorText(model, ref));
  const reads = (name: string, items: readonly string[]): Facet =>
    facet(name, "network.reads", `[${items.join(", ")}]`, { items, tensorRule: "network.reads.tensors" });
  if (resolveGate(node.layer) === undefined) return [reads("reads", names)];
  const experts = node.inputs.slice(1).reduce((total, ref) => total + (model.nodes[ref]?.replicas ?? 1), 0);
  return [
    reads("reads", names.slice(0, 1)),
    reads("over", names.slice(1)),
    facet("experts mixed", "network.mix", String(experts), { tensorRule: "network.mix.tensors" }),
  ];
}

/** What comes in; of a concatenation, whose inputs are many, what goes out. */
function shapeFacets(model: Model, node: NetNode): readonly Facet[] {
  if (node.layer === "concat") return [shapeFacet("shape", shapeText(node))];
  const family = node.layer === "member" ? model.nodes[node.inputs[0] ?? -1] : undefined;
  const shapes = (family ?? node).inputs.slice(0, 1).map((ref) => model.nodes[ref]);
  return shapes.flatMap((input) =>
    input === undefined ? [] : [shapeFacet("input", shapeText({ shape: input.shape }))],
  );
}

function shapeFacet(name: string, text: string): Facet {
  return facet(name, "network.shape", text, { tensorRule: "network.shape.tensors" });
}
