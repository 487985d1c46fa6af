/** What a layer keeps, asked of its own lowering, so that a new layer needs no word here. */
import { float32, int32 } from "../graph/dims.js";
import { GraphBuilder } from "../graph/builder.js";
import type { ValueId } from "../graph/graph.js";
import { memberId } from "../model/member-id.js";
import type { Arguments, Model, NetNode } from "../model/model.js";
import { omitUndefined } from "../text/index.js";
import type { LayerContext } from "./builtin.js";
import { resolveFamily, resolveGate, resolveLayer } from "./index.js";
import { lowerLayer } from "./positions.js";

/** A tensor that a layer keeps, by its name in the layer: of what each member of a family has, `income.0.weight`. */
export interface TensorShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: "parameter" | "statistic" | "table";
}

/** The tensors that a node's layer asks for under some arguments; undefined for what cannot be built. */
export function tensorShapes(
  model: Pick<Model, "nodes">,
  node: NetNode,
  args: Arguments,
): readonly TensorShape[] | undefined {
  const tensors: TensorShape[] = [];
  try {
    build(model, node, args, (tensor) => tensors.push(tensor));
  } catch {
    return undefined;
  }
  return tensors;
}

/**
 * What is in a tensor's name before the tensor, where it is part of what `part` keeps: "" of `b.income` in itself, `/1` of
 * `b.income/1`. Undefined where it is of another part.
 */
export function within(part: string, owner: string): string | undefined {
  return owner === part || owner.startsWith(`${part}/`) ? owner.slice(part.length) : undefined;
}

/** The trained tensors of a part of the network, inner layers included, by their names in it: `0.weight`, `/1.0.weight`. */
export function partTensors(model: Pick<Model, "nodes">, part: string): readonly Omit<TensorShape, "role">[] {
  return model.nodes.flatMap((node) => {
    const own = within(part, node.id);
    const member = node.members?.find((name) => within(part, memberId(node.id, name)) !== undefined);
    if (node.layer === "member" || (own === undefined && member === undefined)) return [];
    const inner = own ?? within(part, memberId(node.id, member ?? "")) ?? "";
    const prefix = member === undefined ? "" : `${member}.`;
    return (tensorShapes(model, node, node.arguments) ?? []).flatMap(({ name, shape, role }) =>
      role === "parameter" && name.startsWith(prefix)
        ? [{ name: tensorName(inner, name.slice(prefix.length)), shape }]
        : [],
    );
  });
}

/** The name in a part of a tensor of what is inside it. */
export function tensorName(inner: string, name: string): string {
  return inner === "" ? name : `${inner}.${name}`;
}

function build(model: Pick<Model, "nodes">, node: NetNode, args: Arguments, note: (tensor: TensorShape) => void): void {
  const builder = new GraphBuilder("probe");
  const read = node.inputs.map((ref) => model.nodes[ref]);
  const replicas = read.map((input) => input?.replicas);
  const inputs = read.map((input, place) =>
    builder.input(
      `input ${place}`,
      float32("B", ...(input?.replicas === undefined ? [] : [input.replicas]), ...(input?.shape ?? [])),
    ),
  );
  const variable = (name: string, shape: readonly number[], role: TensorShape["role"]): ValueId => {
    note({ name, shape, role });
    return builder.input(`variable ${name}`, float32(...shape));
  };
  const gate = resolveGate(node.layer);
  const isGate = gate !== undefined;
  const { members = [] } = node;
  const context: LayerContext = {
    builder,
    arguments: args,
    inputs: isGate ? inputs.slice(0, 1) : inputs,
    masks: read.map((input, place) =>
      input?.sequence === undefined
        ? undefined
        : () => builder.input(`mask ${place}`, float32("B", input.shape[0] ?? 1)),
    ),
    inputReplicas: isGate ? replicas.slice(0, 1) : replicas,
    ...omitUndefined({ replicas: node.replicas }),
    training: false,
    present: () => builder.input("present", float32("B")),
    feature: (name, table) => {
      const width = (table === "own" ? node.shape.at(-1) : table.width) ?? 1;
      note({ name: `${name}.embedding`, shape: [width], role: "table" });
      return builder.input(`feature ${name}`, float32("B", width));
    },
    ids: (name) => builder.input(`ids ${name}`, int32("B", 1)),
    parameter: (name, shape) => variable(name, shape, "parameter"),
    statistic: (name, shape) => ({ value: variable(name, shape, "statistic"), update: () => undefined }),
    random: (shape) => builder.input("random", float32(...shape)),
    fed: () => builder.input("fed", float32("B", 1)),
  };
  const ofEach = (name: string, shape: readonly number[], role: TensorShape["role"]): ValueId => {
    for (const member of members) note({ name: `${member}.${name}`, shape, role });
    return builder.input(`variable ${name}`, float32(members.length, ...shape));
  };
  const family = resolveFamily(node.layer);
  if (family !== undefined) {
    family.lower({
      ...context,
      replicas: members.length,
      ownParameter: (name, shape) => ofEach(name, shape, "parameter"),
      ownStatistic: (name, shape) => ({ value: ofEach(name, shape, "statistic"), update: () => undefined }),
    });
    return;
  }
  if (gate !== undefined) {
    gate.lower(
      context,
      replicas.slice(1).reduce<number>((total, count) => total + (count ?? 1), 0),
    );
  } else {
    const layer = resolveLayer(node.layer);
    if (layer !== undefined) lowerLayer(layer, context);
  }
}
