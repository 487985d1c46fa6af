import { resolveGate } from "../builtins/index.js";
import { tensorShapes, type TensorShape } from "../builtins/layer-tensors.js";
import type { Arguments, Model, NetNode } from "../model/index.js";

/**
 * The tensors that a node's layer asks for under some arguments, as `0.weight [70, 256]`: whether an argument shapes them
 * is asked of the layer itself, so that a new layer needs no word here. Nothing for what cannot be built.
 */
export function layerTensors(model: Model, node: NetNode, args: Arguments): readonly string[] | undefined {
  return tensorShapes(model, node, args)?.map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
}

/**
 * Axes of a tensor along which the columns of the layer's input lie, those along which the experts of a gate do, and those
 * along which the members of a family do.
 */
export interface TensorAxes {
  readonly input: readonly number[];
  readonly experts: readonly number[];
  readonly members: readonly number[];
}

/**
 * The axes of each tensor of a node's layer, by the tensor's name in the layer. They are asked of the layer itself: an axis
 * belongs to the input when it grows by as much as the input does. Nothing for what cannot be built.
 */
export function tensorAxes(model: Model, node: NetNode): ReadonlyMap<string, TensorAxes> {
  const own = tensorShapes(model, node, node.arguments) ?? [];
  const [first] = node.inputs;
  const wider = first === undefined ? undefined : tensorShapes(widened(model, first), node, node.arguments);
  const last = node.inputs.at(-1);
  const isGate = resolveGate(node.layer) !== undefined && node.inputs.length > 1 && last !== undefined;
  const more = isGate ? tensorShapes(model, { ...node, inputs: [...node.inputs, last] }, node.arguments) : undefined;
  const { members } = node;
  const larger =
    members === undefined
      ? undefined
      : tensorShapes(
          membersAdded(model, node),
          { ...node, replicas: members.length + 1, members: [...members, ""] },
          node.arguments,
        );
  const grown = (tensor: TensorShape, others: readonly TensorShape[] | undefined): readonly number[] => {
    const other = others?.find(({ name }) => name === tensor.name);
    return tensor.shape.flatMap((size, axis) => (other === undefined || other.shape[axis] === size ? [] : [axis]));
  };
  return new Map(
    own.map((each) => [
      each.name,
      { input: grown(each, wider), experts: grown(each, more), members: grown(each, larger) },
    ]),
  );
}

/** The model in which what each member of a family reads for itself is there for one more. */
function membersAdded(model: Model, node: NetNode): Model {
  const own = new Set(node.inputs.filter((ref) => model.nodes[ref]?.replicas !== undefined));
  const nodes = model.nodes.map((each, ref) => (own.has(ref) ? { ...each, replicas: (each.replicas ?? 0) + 1 } : each));
  return { ...model, nodes };
}

/** The model with one more column in what a node gives. */
function widened(model: Model, ref: number): Model {
  const nodes = model.nodes.map((node, place) =>
    place === ref ? { ...node, shape: [...node.shape.slice(0, -1), (node.shape.at(-1) ?? 0) + 1] } : node,
  );
  return { ...model, nodes };
}

/** Whether one argument, the only one changed, from `before` to `after`, gives the layer other tensors. */
export function shapesTensors(model: Model, node: NetNode, argument: string, after: Arguments): boolean {
  const value = after[argument];
  if (value === undefined) return true;
  const own = layerTensors(model, node, node.arguments);
  const other = layerTensors(model, node, { ...node.arguments, [argument]: value });
  return own === undefined || other === undefined || own.join("\n") !== other.join("\n");
}
