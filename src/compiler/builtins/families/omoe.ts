import { numberArgument, numbersArgument } from "../arguments.js";
import type { FamilyBuiltin } from "../builtin.js";
import { mlpParameters, mlpShape } from "../layers/mlp.js";
import { lowerLevels, mixOfOne } from "./expert-levels.js";
import { problem } from "../shapes.js";
import { biasParameter, expertsParameter, oneTensor } from "./shared-experts.js";

export const omoe: FamilyBuiltin = {
  kind: "family",
  name: "omoe",
  summary: "Experts under one softmax gate: all members have the same mix.",
  paper: "Ma et al.: Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts, 2018",
  inputs: ["x"],
  commonInputs: ["x"],
  parameters: [...mlpParameters, expertsParameter("experts", 1, "Number of experts."), biasParameter],
  shape: (inputs, args, _, own) => (own[0] === true ? problem(oneTensor) : mlpShape(inputs, args)),
  lower: (context) => {
    const { arguments: args } = context;
    const widths = numbersArgument(args, "widths");
    return lowerLevels(context, [{ widths, shared: numberArgument(args, "experts"), own: 0 }], mixOfOne);
  },
};
