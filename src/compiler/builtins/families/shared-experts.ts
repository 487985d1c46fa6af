/** What the families of experts take: how many there are, and what those read that all members share. */
import { listsArgument } from "../arguments.js";
import type { FamilyBuiltin, ShapeResult } from "../builtin.js";
import type { Arguments } from "../../model/model.js";
import type { ParameterSpec } from "../parameter.js";
import { problem, shapeOf } from "../shapes.js";

/** A number of experts. */
export function expertsParameter(name: string, min: number, doc: string): ParameterSpec {
  return { name, type: { kind: "number", min, max: 4096, integer: true }, doc };
}

/** Units of the layers of an expert, level by level. */
export const levelsParameter: ParameterSpec = {
  name: "levels",
  type: { kind: "levels" },
  doc: "Units of the layers of an expert, for each level; a number is a level with experts of one layer.",
};

export const commonInput: NonNullable<FamilyBuiltin["optionalInputs"]>[number] = {
  name: "common",
  doc: "What the experts read that all members share; without it `x`, which is then one tensor.",
};

/** Of the families that gate their experts by `softmax`. */
export const biasParameter: ParameterSpec = {
  name: "bias",
  type: { kind: "boolean" },
  default: false,
  elided: true,
  doc: "Whether the gates have biases.",
};

/** The width of the last level. */
export function levelsShape(args: Arguments): ShapeResult {
  const last = listsArgument(args, "levels").at(-1)?.at(-1);
  return last === undefined ? problem("needs the widths of at least one level") : shapeOf(last);
}

/** Of an input that all members share. */
export const oneTensor = "reads one tensor for all members, and each of them reads its own here";

/** What is wrong with the inputs `x` and `common` of a family: members that read their own need something to share. */
export function inputProblem(layer: string, own: readonly boolean[], hasShared: boolean): ShapeResult | undefined {
  const [x = false, common] = own;
  if (common === true)
    return problem(`has \`common\` for what its members share, which is one tensor, and each has its own there`);
  if (!x || common !== undefined || !hasShared) return undefined;
  return problem(
    `has experts that all members share, and each member reads its own tensor: say what those read, \`${layer}(…, common: x)\``,
  );
}
