import { listsArgument, numberArgument } from "../arguments.js";
import type { FamilyBuiltin } from "../builtin.js";
import { mlpParameters } from "../layers/mlp.js";
import { fromVector } from "../shapes.js";
import { lowerLevels } from "./expert-levels.js";
import {
  biasParameter,
  commonInput,
  expertsParameter,
  inputProblem,
  levelsParameter,
  levelsShape,
} from "./shared-experts.js";

export const ple: FamilyBuiltin = {
  kind: "family",
  name: "ple",
  summary:
    "Levels of own and shared experts: each member's gate reads what the member has of the level before, and a shared gate over all experts feeds the shared ones of the next level.",
  paper:
    "Tang, Liu, Zhao, Gong: Progressive Layered Extraction (PLE): A Novel Multi-Task Learning Model for Personalized Recommendations, 2020",
  inputs: ["x"],
  commonInputs: ["x", "common"],
  optionalInputs: [commonInput],
  parameters: [
    levelsParameter,
    ...mlpParameters.filter(({ name }) => name !== "widths"),
    expertsParameter("shared", 0, "Number of experts on each level that all members share."),
    expertsParameter("own", 1, "Number of experts on each level that each member has for itself."),
    biasParameter,
  ],
  shape: (inputs, args, _, own) =>
    inputProblem("ple", own, numberArgument(args, "shared") > 0) ?? fromVector(inputs, () => levelsShape(args)),
  lower: (context) => {
    const { arguments: args } = context;
    const [shared, own] = [numberArgument(args, "shared"), numberArgument(args, "own")];
    return lowerLevels(
      context,
      listsArgument(args, "levels").map((widths) => ({ widths, shared, own })),
    );
  },
};
