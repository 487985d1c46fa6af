import type { FlowControl } from "../flow/index.js";
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

/** A ranker with what it was opened from. */
export interface OpenRanker extends Ranker {
  readonly isArtifact: boolean;
}

/** A ranker whose candidates `readRow` reads. What was opened on the way to a failure is closed again. */
export async function openRanker(source: string, options: RankerOptions, readRow: ReadRow): Promise<OpenRanker> {
  const opened = await openRankSource(source, options.engine);
  try {
    const { serving } = rankingOf(opened.model, source, options.ranking);
    const flow = await openFlow(opened.model, serving, options.flow);
    const close = async (): Promise<void> => {
      await flow.close();
      opened.close();
    };
    const { isArtifact } = opened;
    return { ...createRankerOver(opened, source, flow.control, options, readRow), isArtifact, close };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** A ranker over what is open already, which whoever opened it closes. Throws a {@link Failure} for a ranking that is not there. */
export function createRankerOver(
  opened: Omit<RankSource, "close">,
  source: string,
  flow: FlowControl | undefined,
  { duplicates, onWarning, ranking: named }: Pick<RankerOptions, "duplicates" | "onWarning" | "ranking">,
  readRow: ReadRow,
): Omit<Ranker, "close"> {
  const { model } = opened;
  const { serving, rank } = rankingOf(model, source, named);
  const ranking = openRanking(opened, { serving, rank, readRow, duplicates, onWarning, flow });
  return {
    model,
    name: rank.name,
    rank: (given) => answerRequest(ranking, given),
    report: ranking.candidates.report,
  };
}
