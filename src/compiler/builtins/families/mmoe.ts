import { numberArgument, numbersArgument } from "../arguments.js";
import type { FamilyBuiltin } from "../builtin.js";
import { mlpParameters, mlpShape } from "../layers/mlp.js";
import { lowerLevels } from "./expert-levels.js";
import { biasParameter, commonInput, expertsParameter, inputProblem } from "./shared-experts.js";

export const mmoe: FamilyBuiltin = {
  kind: "family",
  name: "mmoe",
  summary: "Experts that all members share, and a softmax gate over them for each member.",
  paper: "Ma et al.: Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts, 2018",
  inputs: ["x"],
  commonInputs: ["x", "common"],
  optionalInputs: [commonInput],
  parameters: [...mlpParameters, expertsParameter("experts", 1, "Number of experts."), biasParameter],
  shape: (inputs, args, _, own) => inputProblem("mmoe", own, true) ?? mlpShape(inputs, args),
  lower: (context) => {
    const { arguments: args } = context;
    const widths = numbersArgument(args, "widths");
    return lowerLevels(context, [{ widths, shared: numberArgument(args, "experts"), own: 0 }]);
  },
};
