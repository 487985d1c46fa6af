import { numberArgument, numbersArgument } from "../arguments.js";
import type { FamilyBuiltin } from "../builtin.js";
import { mlpParameters, mlpShape } from "../layers/mlp.js";
import { lowerLevels } from "./expert-levels.js";
import { biasParameter, commonInput, expertsParameter, inputProblem } from "./shared-experts.js";

export const cgc: FamilyBuiltin = {
  kind: "family",
  name: "cgc",
  summary: "Experts of each member beside shared ones, and a softmax gate for each member over its own and the shared.",
  paper:
    "Tang, Liu, Zhao, Gong: Progressive Layered Extraction (PLE): A Novel Multi-Task Learning Model for Personalized Recommendations, 2020",
  inputs: ["x"],
  commonInputs: ["x", "common"],
  optionalInputs: [commonInput],
  parameters: [
    ...mlpParameters,
    expertsParameter("shared", 0, "Number of experts that all members share."),
    expertsParameter("own", 1, "Number of experts that each member has for itself."),
    biasParameter,
  ],
  shape: (inputs, args, _, own) =>
    inputProblem("cgc", own, numberArgument(args, "shared") > 0) ?? mlpShape(inputs, args),
  lower: (context) => {
    const { arguments: args } = context;
    const widths = numbersArgument(args, "widths");
    const [shared, own] = [numberArgument(args, "shared"), numberArgument(args, "own")];
    return lowerLevels(context, [{ widths, shared, own }]);
  },
};
