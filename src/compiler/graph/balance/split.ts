/** Where several losses part: which values they share, and what only one of them trains. */
import { dependents } from "../autodiff.js";
import type { GraphBuilder } from "../builder.js";
import type { ValueId } from "../graph.js";
import { inputGradients } from "../ops/table.js";

export interface Split {
  /**
   * Values that at least two losses depend on and at which a loss leaves what is shared, in ascending order. No loss reaches
   * a shared parameter but through one of them.
   */
  readonly cut: readonly ValueId[];
  /** For each loss the parameters that no other depends on. */
  readonly own: readonly (readonly ValueId[])[];
}

/**
 * `parameters`: reads of state. `tensors`: values at which losses may part; the one nearest to a loss counts, and where
 * there is none on the way, the parameter itself. None at all: losses part at the parameters.
 */
export function splitLosses(
  builder: GraphBuilder,
  losses: readonly ValueId[],
  parameters: readonly ValueId[],
  tensors: readonly ValueId[],
): Split {
  const roots = new Set(parameters);
  const stations = new Set([...parameters, ...tensors]);
  const active = dependents(builder, parameters, Math.max(-1, ...losses));
  const inputsOf = createInputs(builder, active);
  const reached = losses.map((loss) => walk(loss, inputsOf, () => false));
  const isShared = (id: ValueId): boolean => reached.filter((values) => values.has(id)).length > 1;
  const cut = new Set<ValueId>();
  const own = losses.map((loss) => {
    const isCut = (id: ValueId): boolean => id !== loss && stations.has(id) && isShared(id);
    const values = walk(loss, inputsOf, isCut);
    for (const id of values) if (isCut(id)) cut.add(id);
    return [...values].filter((id) => roots.has(id) && !isShared(id)).sort((a, b) => a - b);
  });
  return { cut: [...cut].sort((a, b) => a - b), own };
}

/** What a gradient flows on to from a value. */
function createInputs(builder: GraphBuilder, active: ReadonlySet<ValueId>): (id: ValueId) => readonly ValueId[] {
  const known = new Map<ValueId, readonly ValueId[]>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const node = builder.node(id);
    // The gradients themselves are not made: all that counts is whether there is one.
    const flows = inputGradients(builder, node, id, id);
    const inputs = node.inputs.filter((input, i) => flows[i] !== undefined && active.has(input));
    known.set(id, inputs);
    return inputs;
  };
}

/** All values on the way back from one, those included at which the walk ends. */
function walk(
  from: ValueId,
  inputsOf: (id: ValueId) => readonly ValueId[],
  ends: (id: ValueId) => boolean,
): ReadonlySet<ValueId> {
  const seen = new Set([from]);
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (ends(id)) continue;
    for (const input of inputsOf(id)) {
      if (seen.has(input)) continue;
      seen.add(input);
      open.push(input);
    }
  }
  return seen;
}
