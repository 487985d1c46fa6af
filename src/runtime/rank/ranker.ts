import { answerRequest } from "./answer-request.js";
import type { Ranker, RankerOptions } from "./answer.js";
import type { ReadRow } from "./candidate-reader.js";
import { openFlow } from "./open-flow.js";
import { openRanking, rankingOf } from "./open-ranking.js";
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
  const flow = await openFlow(model, serving, wanted);
  const ranking = openRanking(opened, { serving, rank, readRow, duplicates, onWarning, flow: flow.control });
  return {
    model,
    name: rank.name,
    rank: (given) => answerRequest(ranking, given),
    report: ranking.candidates.report,
    close: async () => {
      await flow.close();
      opened.close();
    },
  };
}
