import type { Model, RankModel, ServingModel } from "../../compiler/model/index.js";
import { createRanker as createListRanker } from "../../compiler/serving/index.js";
import { createFailure } from "../failure.js";
import { answerRequest, type OpenRanking } from "./answer-request.js";
import type { Ranker, RankerOptions } from "./answer.js";
import { createCandidateReader, type ReadRow } from "./candidate-reader.js";
import { openFlow } from "./open-flow.js";
import { openRankSource, type RankSource } from "./open-source.js";

/** Opens a ranking of a spec, or of the directory of a trained or compiled artifact. Throws a {@link Failure}. */
export async function createRanker(source: string, options: RankerOptions = {}): Promise<Ranker> {
  return openRanker(source, options, (row) => row);
}

/** A ranker whose candidates `readRow` reads. What was opened on the way to a failure is closed again. */
export async function openRanker(source: string, options: RankerOptions, readRow: ReadRow): Promise<Ranker> {
  const opened = await openRankSource(source, options.engine);
  try {
    return await openOver(opened, source, options, readRow);
  } catch (error) {
    opened.close();
    throw error;
  }
}

async function openOver(
  opened: RankSource,
  source: string,
  { duplicates, onWarning, ranking: named, flow: wanted }: RankerOptions,
  readRow: ReadRow,
): Promise<Ranker> {
  const { model } = opened;
  const { serving, rank } = rankingOf(model, source, named);
  const list = createListRanker(serving, rank);
  const ofRequest = serving.inputs.filter(({ origin }) => origin === "request");
  const use = { serving, ranking: rank.name, reads: list.inputs, ofRequest, readRow, onWarning };
  const candidates = createCandidateReader(opened, use);
  const flow = await openFlow(model, serving, wanted);
  const ranking: OpenRanking = { serving, ofRequest, rank, list, candidates, flow: flow.control, readRow, duplicates };
  return {
    model,
    name: rank.name,
    rank: (given) => answerRequest(ranking, given),
    report: candidates.report,
    close: async () => {
      await flow.close();
      opened.close();
    },
  };
}

function rankingOf(
  { serving }: Model,
  source: string,
  rank: string | undefined,
): { readonly serving: ServingModel; readonly rank: RankModel } {
  const [first] = serving?.ranks ?? [];
  if (serving === undefined || first === undefined) throw createFailure("MTL7511", { spec: source });
  const found = rank === undefined ? first : serving.ranks.find(({ name }) => name === rank);
  if (found !== undefined) return { serving, rank: found };
  throw createFailure("MTL7510", { rank: rank ?? "", known: serving.ranks.map(({ name }) => name) });
}
