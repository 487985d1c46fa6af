import { booleanArgument, numberArgument, numbersArgument } from "../arguments.js";
import type { ValueId } from "../../graph/graph.js";
import type { GateBuiltin, LayerContext } from "../builtin.js";
import { dense } from "../dense.js";
import { inputOf } from "../replicas.js";

export const softmax: GateBuiltin = {
  kind: "gate",
  name: "softmax",
  summary:
    "Weights softmax(W·x / temperature) over the experts, linear in the input and without a bias unless it says so.",
  paper:
    "Ma et al.: Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts, 2018, eq. 8",
  parameters: [
    { name: "bias", type: { kind: "boolean" }, default: false, doc: "Whether a trained bias is added to W·x." },
    {
      name: "temperature",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "Above 1 the weights come closer together, below 1 the largest stands out.",
    },
    {
      name: "hidden",
      type: { kind: "widths" },
      default: [],
      doc: "Units of ReLU layers between the input and the weights; none in the paper.",
    },
  ],
  takesLogits: true,
  lower: (context, experts) => {
    const { builder, arguments: args } = context;
    const logits = args["logits"] === true ? inputOf(context, 0) : ownLogits(context, experts);
    return { weights: builder.softmax(builder.scale(logits, 1 / numberArgument(args, "temperature"))) };
  },
};

function ownLogits(context: LayerContext, experts: number): ValueId {
  const { builder, arguments: args } = context;
  const hidden = numbersArgument(args, "hidden").reduce(
    (x, width, index) => builder.relu(dense(context, x, width, `hidden.${index}.`, true)),
    inputOf(context, 0),
  );
  return dense(context, hidden, experts, "", booleanArgument(args, "bias"));
}
