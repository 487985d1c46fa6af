import type { ExperimentArm, ExperimentModel } from "../model/index.js";
import { drawUniform } from "../ranking/index.js";

/**
 * The arm of a unit: of its draw in [0, 1), a hash of salt and unit, the arm whose share holds it. Experiments of
 * different salts divide units independently; a unit keeps its arm as long as the arms before it keep their shares.
 */
export function assignArm(experiment: ExperimentModel, unit: string): ExperimentArm {
  const draw = drawUniform(0, experiment.salt, unit);
  let end = 0;
  for (const arm of experiment.arms) {
    end += arm.share;
    if (draw < end) return arm;
  }
  const last = experiment.arms.at(-1);
  if (last === undefined) throw new Error(`experiment ${experiment.name} has no arm`);
  // The shares' sum may fall a rounding short of 1.
  return last;
}
