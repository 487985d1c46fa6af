import { listsArgument, numberArgument } from "../arguments.js";
import type { FamilyBuiltin } from "../builtin.js";
import { mlpParameters } from "../layers/mlp.js";
import { fromVector, problem, shapeOf } from "../shapes.js";
import { expertsParameter, lowerLevels } from "./expert-levels.js";

export const ple: FamilyBuiltin = {
  kind: "family",
  name: "ple",
  summary:
    "Levels of own and shared experts: each member's gate reads what the member has of the level before, and a shared gate over all experts feeds the shared ones of the next level.",
  paper:
    "Tang, Liu, Zhao, Gong: Progressive Layered Extraction (PLE): A Novel Multi-Task Learning Model for Personalized Recommendations, 2020",
  inputs: ["x"],
  isCommon: true,
  parameters: [
    {
      name: "levels",
      type: { kind: "levels" },
      doc: "Units of the layers of an expert, for each level; a number is a level with experts of one layer.",
    },
    ...mlpParameters.filter(({ name }) => name !== "widths"),
    expertsParameter("shared", 0, "Number of experts on each level that all members share."),
    expertsParameter("own", 1, "Number of experts on each level that each member has for itself."),
  ],
  shape: (inputs, args) =>
    fromVector(inputs, () => {
      const last = listsArgument(args, "levels").at(-1)?.at(-1);
      return last === undefined ? problem("needs the widths of at least one level") : shapeOf(last);
    }),
  lower: (context) => {
    const { arguments: args } = context;
    const [shared, own] = [numberArgument(args, "shared"), numberArgument(args, "own")];
    return lowerLevels(
      context,
      listsArgument(args, "levels").map((widths) => ({ widths, shared, own })),
    );
  },
};
