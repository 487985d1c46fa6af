/** What a row of a call takes of the processor. */
import { countFlops } from "../../../compiler/cost/index.js";
import { functionInputs, type GraphFunction } from "../../../compiler/graph/index.js";

/** Floating-point operations of a row, at least 1; undefined for a function that has other sizes than the number of its rows. */
export function rowFlops(target: GraphFunction): number | undefined {
  const sizes = functionInputs(target).flatMap(({ type }) => type.shape);
  if (sizes.some((size) => typeof size === "string" && size !== "B")) return undefined;
  return Math.max(
    1,
    [...countFlops(target).values()].reduce((total, flops) => total + flops, 0),
  );
}
