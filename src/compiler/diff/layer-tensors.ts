import { type LayerContext, resolveGate, resolveLayer } from "../builtins/index.js";
import { float32, GraphBuilder, type ValueId } from "../graph/index.js";
import type { Arguments, Model, NetNode } from "../model/index.js";

/**
 * The tensors that a node's layer asks for under some arguments, as `0.weight [70, 256]`: whether an argument shapes them
 * is asked of the layer itself, so that a new layer needs no word here. Nothing for what cannot be built.
 */
export function layerTensors(model: Model, node: NetNode, args: Arguments): readonly string[] | undefined {
  const tensors: string[] = [];
  try {
    build(model, node, args, (name, shape) => tensors.push(`${name} [${shape.join(", ")}]`));
  } catch {
    return undefined;
  }
  return tensors;
}

function build(
  model: Model,
  node: NetNode,
  args: Arguments,
  note: (name: string, shape: readonly number[]) => void,
): void {
  const builder = new GraphBuilder("probe");
  const read = node.inputs.map((ref) => model.nodes[ref]);
  const replicas = read.map((input) => input?.replicas);
  const inputs = read.map((input, place) =>
    builder.input(
      `input ${place}`,
      float32("B", ...(input?.replicas === undefined ? [] : [input.replicas]), ...(input?.shape ?? [])),
    ),
  );
  const variable = (name: string, shape: readonly number[]): ValueId => {
    note(name, shape);
    return builder.input(`variable ${name}`, float32(...shape));
  };
  const gate = resolveGate(node.layer);
  const isGate = gate !== undefined;
  const context: LayerContext = {
    builder,
    arguments: args,
    inputs: isGate ? inputs.slice(0, 1) : inputs,
    inputReplicas: isGate ? replicas.slice(0, 1) : replicas,
    ...(node.replicas === undefined ? {} : { replicas: node.replicas }),
    training: false,
    present: () => builder.input("present", float32("B")),
    feature: (name, table) => {
      const width = (table === "own" ? node.shape.at(-1) : table.width) ?? 1;
      note(`${name}.embedding`, [width]);
      return builder.input(`feature ${name}`, float32("B", width));
    },
    parameter: (name, shape) => variable(name, shape),
    statistic: (name, shape) => ({ value: variable(name, shape), update: () => undefined }),
    random: (shape) => builder.input("random", float32(...shape)),
  };
  if (gate !== undefined) {
    gate.lower(
      context,
      replicas.slice(1).reduce<number>((total, count) => total + (count ?? 1), 0),
    );
  } else resolveLayer(node.layer)?.lower(context);
}

/** Whether one argument, changed alone from `before` to `after`, gives the layer other tensors. */
export function shapesTensors(model: Model, node: NetNode, argument: string, after: Arguments): boolean {
  const value = after[argument];
  if (value === undefined) return true;
  const own = layerTensors(model, node, node.arguments);
  const other = layerTensors(model, node, { ...node.arguments, [argument]: value });
  return own === undefined || other === undefined || own.join("\n") !== other.join("\n");
}
