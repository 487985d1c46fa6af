import { readInputs, type ReadResult } from "../formulas/index.js";
import type { ServingInput, ServingModel } from "../model/index.js";
import { omitUndefined } from "../text/omit-undefined.js";
import type { RankRequest } from "./rank-request.js";
import type { Refusal } from "./refusal.js";

/** Validated candidates as columns, and what was left out or moved. */
export type ReadCandidates = Extract<ReadResult, { readonly kind: "frame" }>;

/** Reads the values of a request under the policies of the spec. A refusal names the candidate by its identifier. */
export function readCandidates(
  serving: ServingModel,
  request: Pick<RankRequest, "ids" | "candidates" | "columns" | "values" | "now" | "params">,
  isRead: (input: ServingInput) => boolean,
): ReadCandidates | Refusal {
  const { ids, candidates, values, now, params } = request;
  const isId = (input: ServingInput): boolean => input.name === "id" && input.origin === "id" && isRead(input);
  // The value of `id` is the candidate's identifier.
  const columns = serving.inputs.some(isId) ? new Map([...(request.columns ?? []), ["id", ids]]) : request.columns;
  const read = readInputs(serving, { candidates, now, ...omitUndefined({ columns, request: values, params }) }, isRead);
  if (read.kind === "frame") return read;
  const { index, ...refusal } = read;
  return index === undefined ? refusal : { ...refusal, id: ids[index] as string };
}
