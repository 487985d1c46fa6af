/** What `bag(weighted: true)` goes with. */
import { type Arguments, cutWeight, largestWeight, weightMark } from "../../model/index.js";
import type { Span } from "../../text/index.js";
import type { CheckContext } from "../context.js";

/** MTL3104: a weighted bag whose values cannot have the weights, or whose value at serving has one that is not a number. */
export function checkWeighted(
  context: CheckContext,
  args: Arguments,
  at: (option: string) => Span,
  isGiven: (option: string) => boolean,
): boolean {
  const separator = String(args["separator"]);
  const served =
    typeof args["serving"] === "string" && args["serving"] !== "none" ? args["serving"].split(separator) : [];
  const bad = served.find((item) => !hasWeight(item));
  const [option, problem] =
    args["pool"] === "max"
      ? ["pool", "the largest of several values does not depend on weights"]
      : separator.includes(weightMark)
        ? ["separator", `\`${weightMark}\` is between a value and its weight`]
        : bad !== undefined
          ? ["serving", `\`${bad}\` has no weight in [0, 1e30]`]
          : [undefined, ""];
  if (option === undefined) return true;
  context.reporter.report("MTL3104", { problem }, isGiven(option) ? at(option) : at("weighted"));
  return false;
}

/** Whether a value at serving has no weight, or one that is a number in range. */
function hasWeight(item: string): boolean {
  const { weight } = cutWeight(item);
  return weight === undefined || (/^\d*[.]?\d+(?:[eE][+-]?\d+)?$/.test(weight) && Number(weight) <= largestWeight);
}
