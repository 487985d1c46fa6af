/** A part that is one module of PyTorch after another. */
import type { ValueId } from "../../graph/index.js";
import type { Attributes } from "./attributes.js";
import type { WrittenView } from "./body.js";
import type { ForwardView } from "./forward-view.js";
import type { Placement } from "./parameters.js";
import { call, type Expr } from "./python.js";
import { droppedBy } from "./raise.js";

/** Activations that are modules. */
const modules: Readonly<Record<string, string>> = {
  relu: "nn.ReLU()",
  sigmoid: "nn.Sigmoid()",
  tanh: "nn.Tanh()",
};

/** `nn.Sequential(…)`, and the variables under their indices in it; undefined where the part is something else. */
export function chainOf(
  { fn }: ForwardView,
  roots: readonly ValueId[],
  { body }: WrittenView,
  attributes: Attributes,
  prefix: string,
): { readonly expr: Expr; readonly placements: readonly Placement[] } | undefined {
  const [root] = roots;
  const [input] = body.used;
  if (root === undefined || input === undefined || roots.length > 1 || body.used.length > 1) return undefined;
  const steps: { readonly text: string; readonly weight?: string; readonly bias?: string }[] = [];
  const nodes = { fn, open: (id: ValueId) => fn.nodes[id] };
  for (let id = root; id !== input;) {
    const node = fn.nodes[id];
    const activation = modules[node?.op ?? ""];
    if (node === undefined) return undefined;
    if (activation !== undefined) {
      steps.unshift({ text: activation });
      id = node.inputs[0] ?? -1;
      continue;
    }
    const dropped = droppedBy(nodes, node);
    if (dropped !== undefined) {
      steps.unshift({ text: `nn.Dropout(${dropped.rate})` });
      id = dropped.input;
      continue;
    }
    const product = node.op === "add" ? fn.nodes[node.inputs[0] ?? -1] : node;
    const weight = product?.op === "matmul" ? fn.nodes[product.inputs[1] ?? -1] : undefined;
    const map = weight?.op === "state" ? attributes.maps.get(weight.attributes.name) : undefined;
    if (product === undefined || map === undefined || (map.bias === undefined) !== (node.op !== "add"))
      return undefined;
    const sizes = map.weight.type.shape.join(", ");
    steps.unshift({
      text: map.bias === undefined ? `linear(${sizes}, bias=False)` : `linear(${sizes})`,
      weight: map.weight.name,
      ...(map.bias === undefined ? {} : { bias: map.bias.name }),
    });
    id = product.inputs[0] ?? -1;
  }
  // Whatever does not start as `linear` does needs lines of its own.
  if (attributes.lines.length !== attributes.maps.size) return undefined;
  const placements = steps.flatMap(({ weight, bias }, index): readonly Placement[] =>
    attributes.placements.flatMap((placement) => {
      const { name } = placement.variable;
      if (name === weight) return [{ ...placement, key: `${prefix}${index}.weight` }];
      return name === bias ? [{ ...placement, key: `${prefix}${index}.bias` }] : [];
    }),
  );
  if (placements.length !== attributes.placements.length) return undefined;
  return {
    expr: call(
      "nn.Sequential",
      steps.map(({ text }) => text),
    ),
    placements,
  };
}
