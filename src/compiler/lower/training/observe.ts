/** What a training step can tell besides its losses, for whoever watches a run. */
import { resolveGate } from "../../builtins/index.js";
import type { GraphBuilder, NamedValue, StateVariable, TrainStep, ValueId } from "../../graph/index.js";
import type { Model } from "../../model/index.js";
import type { Network } from "../network.js";
import { reachableNodes } from "../reachable.js";

/** What the names of these outputs begin with. */
export const observedOutput = "observed/";

export interface Observed {
  readonly builder: GraphBuilder;
  readonly model: Model;
  readonly network: Network;
  /** [B] float32: 1 for rows that count. */
  readonly present: () => ValueId;
  readonly step: TrainStep;
}

/**
 * `observed/learning_rate` [1], `observed/gradient/<part>` [1], the norm of the gradients of a part's parameters, and
 * `observed/gate/<name>` [experts], the mean weight that a gate gives to each expert.
 */
export function observedOutputs(observed: Observed): readonly NamedValue[] {
  const { builder, step } = observed;
  return builder.within("observed", undefined, () => [
    ...(step.rate === undefined ? [] : [named("learning_rate", builder.reshape(step.rate, [1]))]),
    ...gradientNorms(observed),
    ...gateLoads(observed),
  ]);
}

function named(name: string, value: ValueId): NamedValue {
  return { name: `${observedOutput}${name}`, value };
}

/** Parts are what the spec names; tables of one width, which are one variable, are called by it. */
function gradientNorms({ builder, step }: Observed): readonly NamedValue[] {
  const squares = new Map<string, ValueId>();
  for (const { variable, gradient } of step.targets) {
    const part = partOf(variable);
    const square = builder.sum(builder.square(gradient));
    const known = squares.get(part);
    squares.set(part, known === undefined ? square : builder.add(known, square));
  }
  return [...squares].map(([part, square]) => named(`gradient/${part}`, builder.reshape(builder.sqrt(square), [1])));
}

function partOf({ name, pieces }: StateVariable): string {
  const [first] = pieces;
  const isTable = pieces.every((piece) => piece.name.endsWith(".embedding"));
  if (isTable && pieces.length > 1) return name;
  const own = isTable ? (first?.name ?? name) : name;
  return /^[^./]+/.exec(own)?.[0] ?? own;
}

function gateLoads({ builder, model, network, present }: Observed): readonly NamedValue[] {
  const trained = new Set(model.loss.terms.map(({ head }) => head));
  const heads = model.heads.filter(({ name }) => trained.has(name));
  const used = new Set(reachableNodes(model, heads, "recorded").map(({ id }) => id));
  return model.nodes.flatMap((node, ref) => {
    if (!used.has(node.id) || resolveGate(node.layer) === undefined) return [];
    const { weights } = network.gate(ref);
    const rows = builder.reshape(present(), ["B", 1]);
    const sum = builder.sum(builder.mul(weights, rows), { axes: [0] });
    return [named(`gate/${node.id}`, builder.div(sum, builder.maximum(builder.sum(rows), builder.scalar(1))))];
  });
}
