/** A ranking of a model that is open: what its requests share. Nothing here is Node's. */
import type { Model, RankModel, ServingModel } from "../../compiler/model/index.js";
import { createRanker as createListRanker, inputsLookedBackOn } from "../../compiler/serving/index.js";
import { createFailure } from "../failure.js";
import type { OpenRanking } from "./answer-request.js";
import type { RankerOptions } from "./answer.js";
import { createCandidateReader } from "./candidate-reader.js";
import type { RankedModel } from "./open-source.js";

export interface RankingUse extends Pick<OpenRanking, "serving" | "rank" | "readRow" | "flow" | "duplicates"> {
  readonly onWarning: RankerOptions["onWarning"];
}

export function openRanking(source: RankedModel, use: RankingUse): OpenRanking {
  const { serving, rank, readRow, flow, duplicates, onWarning } = use;
  const list = createListRanker(serving, rank);
  const ofRequest = serving.inputs.filter(({ origin }) => origin === "request");
  const reading = { serving, ranking: rank.name, reads: list.inputs, ofRequest, readRow, onWarning };
  const candidates = createCandidateReader(source, reading);
  const lookedBack = [...inputsLookedBackOn(serving, list.plan)];
  return { serving, ofRequest, rank, list, candidates, flow, readRow, duplicates, lookedBack };
}

/** The ranking with the name, or the first. Throws a {@link Failure}: MTL7511 for a model without any, MTL7510 for another name. */
export function rankingOf(
  { serving }: Pick<Model, "serving">,
  source: string,
  rank: string | undefined,
): { readonly serving: ServingModel; readonly rank: RankModel } {
  const [first] = serving?.ranks ?? [];
  if (serving === undefined || first === undefined) throw createFailure("MTL7511", { spec: source });
  const found = rank === undefined ? first : serving.ranks.find(({ name }) => name === rank);
  if (found !== undefined) return { serving, rank: found };
  throw createFailure("MTL7510", { rank: rank ?? "", known: serving.ranks.map(({ name }) => name) });
}
