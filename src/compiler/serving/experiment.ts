import { canonicalText } from "../text/canonical.js";
import { readServingValue } from "../formulas/index.js";
import type { ExperimentArm, ExperimentModel, ServingModel } from "../model/index.js";
import { drawUniform } from "../ranking/index.js";
import { oneOf, refuse, type Refusal } from "./refusal.js";

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

/** The arms of one request, and what they set. */
export interface AssignedArms {
  readonly kind: "assigned";
  /** Arm by experiment; an experiment in which the request takes no part is not named. */
  readonly arms: Readonly<Record<string, string>>;
  readonly params: ReadonlyMap<string, number>;
}

/**
 * Each experiment's arm for a request: the one that `forced` names (an object, arm by experiment), else that of the unit,
 * the request's value of the experiment's key. A request without the value takes part in none.
 */
export function assignArms(
  serving: ServingModel,
  forced: unknown,
  values: Readonly<Record<string, unknown>> | undefined,
): AssignedArms | Refusal {
  const chosen = readForced(serving, forced);
  if ("kind" in chosen) return chosen;
  const params = new Map<string, number>();
  const arms = new Map<string, string>();
  for (const experiment of serving.experiments) {
    const name = chosen.get(experiment.name);
    const unit = name === undefined ? unitOf(serving, experiment.key, values) : undefined;
    if (typeof unit === "object") return unit;
    const arm =
      name !== undefined
        ? experiment.arms.find((each) => each.name === name)
        : unit === undefined
          ? undefined
          : assignArm(experiment, unit);
    if (arm === undefined) continue;
    arms.set(experiment.name, arm.name);
    for (const [param, value] of Object.entries(arm.params)) params.set(param, value);
  }
  return { kind: "assigned", arms: Object.fromEntries(arms), params };
}

/** The text that divides requests; undefined where the request does not provide it. */
function unitOf(
  serving: ServingModel,
  key: string,
  values: Readonly<Record<string, unknown>> | undefined,
): string | Refusal | undefined {
  const value = values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
  const input = serving.inputs.find(({ name, origin }) => name === key && origin === "request");
  if (value === undefined || value === null || input === undefined) return undefined;
  const read = readServingValue(input, value);
  if (read.kind === "none") return undefined;
  if (read.kind === "type") return refuse(key, "type", read.expected);
  return canonicalText(String(value));
}

function readForced({ experiments }: ServingModel, given: unknown): ReadonlyMap<string, string> | Refusal {
  if (given === undefined) return new Map();
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return refuse("arms", "type", "an object: the arm by the name of the experiment");
  const found = new Map<string, string>();
  for (const [name, arm] of Object.entries(given as Readonly<Record<string, unknown>>)) {
    if (arm === undefined) continue;
    const experiment = experiments.find((each) => each.name === name);
    if (experiment === undefined) {
      const known = experiments.map((each) => each.name);
      return refuse(`arms.${name}`, "unknown", oneOf(known, "experiment"));
    }
    const known = experiment.arms.map((each) => each.name);
    if (typeof arm !== "string" || !known.includes(arm)) return refuse(`arms.${name}`, "unknown", oneOf(known, "arm"));
    found.set(name, arm);
  }
  return found;
}
