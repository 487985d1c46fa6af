import type { ValueId } from "../../graph/graph.js";
import { listsArgument, numberArgument, numbersArgument } from "../arguments.js";
import type { FamilyBuiltin, FamilyContext } from "../builtin.js";
import { denseCopies } from "../dense.js";
import { mlpLayer, mlpParameters } from "../layers/mlp.js";
import { copiesFirst, rowsFirst, type Signal } from "../replicas.js";
import { fromEqualVectors, problem } from "../shapes.js";
import { lowerLevels, type LevelMix } from "./expert-levels.js";
import { expertsParameter, levelsParameter, levelsShape } from "./shared-experts.js";

export const stem: FamilyBuiltin = {
  kind: "family",
  name: "stem",
  summary:
    "Shared experts on shared embeddings beside own experts on embeddings of each member: a gate of each member over all of them, through which no gradient reaches the experts of others.",
  paper: "Su et al.: STEM: Unleashing the Power of Embeddings for Multi-task Recommendation, 2024",
  inputs: ["x", "common"],
  commonInputs: ["common"],
  parameters: [
    levelsParameter,
    ...mlpParameters.filter(({ name }) => name !== "widths"),
    expertsParameter("shared", 1, "Number of experts on each level that read `common`."),
    expertsParameter("own", 1, "Number of experts of each member on each level, which read its `x`."),
    {
      name: "gate",
      type: { kind: "widths" },
      default: [],
      doc: "Units of the hidden layers of the gates; without any, they are linear.",
    },
  ],
  shape: (inputs, args, _, own) => {
    if (own[1] === true)
      return problem("has `common` for what its members share, which is one tensor, and each has its own there");
    // A gate reads their sum.
    return fromEqualVectors(inputs, () => levelsShape(args));
  },
  lower: (context) => {
    const { arguments: args } = context;
    const [shared, own] = [numberArgument(args, "shared"), numberArgument(args, "own")];
    const levels = listsArgument(args, "levels").map((widths) => ({ widths, shared, own }));
    return lowerLevels(context, levels, mixOfAll);
  },
};

/**
 * A member mixes the experts of all, forward; backward its gate sends gradients to its own and to the shared ones only ("all
 * forward, task-specific backward"). The gate reads what the member has plus what is shared.
 */
const mixOfAll: LevelMix = (context, { own, shared: count }, prefix, streams, experts) => {
  const { builder, replicas: members } = context;
  if (experts.own === undefined || experts.shared === undefined) throw new Error("there is no expert");
  const logits = gateLogits(context, bothStreams(context, streams), members * own + count, `${prefix}gate.`);
  const weights = builder.softmax(logits);
  const held = context.training ? builder.stopGradient(experts.own) : experts.own;
  const [batch = "B", , width = 1] = builder.shape(experts.own);
  const ofMembers = builder.slice(weights, { axis: 2, begin: 0, size: members * own });
  const ofShared = builder.slice(weights, { axis: 2, begin: members * own, size: count });
  const rows = builder.matmul(ofMembers, held);
  const mix = builder.add(rows, builder.matmul(ofShared, experts.shared));
  if (!context.training) return mix;
  // 0 forward; backward it is what a member's own experts get.
  const moved = builder.reshape(builder.sub(experts.own, held), [batch, members, own, width]);
  const parts = Array.from({ length: members }, (_, k) => {
    const row = builder.slice(ofMembers, { axis: 1, begin: k, size: 1 });
    const mine = builder.slice(row, { axis: 2, begin: k * own, size: own });
    const value = builder.reshape(builder.slice(moved, { axis: 1, begin: k, size: 1 }), [batch, own, width]);
    return builder.matmul(mine, value);
  });
  return builder.add(mix, builder.concat(parts, 1));
};

/** [members, B, d]. */
function bothStreams(
  context: FamilyContext,
  { members, shared }: { readonly members: Signal; readonly shared: ValueId },
): Signal {
  const { builder } = context;
  const value = builder.add(copiesFirst(context, members), builder.expandDims(shared, 0));
  return { layout: "copies", value };
}

/** [B, members, experts]. */
function gateLogits(context: FamilyContext, input: Signal, experts: number, prefix: string): ValueId {
  const hidden = numbersArgument(context.arguments, "gate").reduce<Signal>(
    (signal, width, index) => mlpLayer(context, signal, width, `${prefix}${index}.`, false),
    input,
  );
  return rowsFirst(context, denseCopies(context, hidden, experts, prefix, true));
}
