import { readInputs, type InputRow, type ReadResult } from "../formulas/index.js";
import type { ServingInput, ServingModel } from "../model/index.js";
import { omitUndefined } from "../text/omit-undefined.js";
import type { RankRequest } from "./rank-request.js";
import type { Refusal } from "./refusal.js";

/** Validated candidates as columns, and what was left out or moved. */
export type ReadCandidates = Extract<ReadResult, { readonly kind: "frame" }>;

/** Reads the values of a request under the policies of the spec. A refusal names the candidate by its identifier. */
export function readCandidates(
  serving: ServingModel,
  { ids, candidates, values, now, params }: Pick<RankRequest, "ids" | "candidates" | "values" | "now" | "params">,
  isRead: (input: ServingInput) => boolean,
): ReadCandidates | Refusal {
  const isId = (input: ServingInput): boolean => input.name === "id" && input.origin === "id" && isRead(input);
  const rows = serving.inputs.some(isId) ? withIds(candidates, ids) : candidates;
  const read = readInputs(serving, { candidates: rows, now, ...omitUndefined({ request: values, params }) }, isRead);
  if (read.kind === "frame") return read;
  const { index, ...refusal } = read;
  return index === undefined ? refusal : { ...refusal, id: ids[index] as string };
}

/** Candidates whose identifier is the value of `id`. */
function withIds(candidates: readonly InputRow[], ids: readonly string[]): readonly InputRow[] {
  return candidates.map((row, i) => ({ ...row, id: ids[i] }));
}
