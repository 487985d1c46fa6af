/** Blocks of candidates ranked by a thread: rows in, the answers as text out. */
import type { Model } from "../../../compiler/model/index.js";
import { createRowsOfBlocks, type RowBlock } from "../../data/files/block-rows.js";
import { createFlatReader } from "../../data/files/flat/flat-lines.js";
import { createTableReader } from "../../data/files/flat/flat-table.js";
import { BrokenLine } from "../../data/files/json-rows.js";
import type { RawRow } from "../../data/index.js";
import type { TextRules } from "../../data/expressions/values.js";
import { answerRequest } from "../../rank/answer-request.js";
import type { RankAnswer, RankerOptions, ServiceRequest } from "../../rank/answer.js";
import { typedRow } from "../../rank/candidate-values.js";
import { createGrouper, type Grouper } from "../../rank/group-requests.js";
import { rankJson } from "../../rank/rank-json.js";
import { openRanking, rankingOf } from "../../rank/open-ranking.js";
import type { Service } from "../../pool/service.js";
import { type BlockOfColumns, type BlockRequest, createBlockRequests, textsRead } from "./block-columns.js";
import { type AnswerOptions, createFileAnswers } from "./file-requests.js";

export interface BlocksSetup {
  readonly model: Model;
  readonly isArtifact: boolean;
  /** The ranking's name. */
  readonly ranking: string;
  readonly duplicates: RankerOptions["duplicates"];
  readonly answers: AnswerOptions;
  readonly rules: TextRules;
}

/** Rows of whole requests. */
export interface BlockJob {
  readonly block: RowBlock;
  /** The column that groups rows into requests. */
  readonly group: string;
}

/** An answer as `rankJson` has it, on one line without its end. */
export interface AnswerLine {
  readonly json: string;
  readonly isRefused: boolean;
}

/** What became of a block; undefined where more has to be known than its rows, or somebody has to be told something. */
export type BlockAnswers = RankedBlock | undefined;

export interface RankedBlock {
  readonly answers: readonly AnswerLine[];
  /** Names of the requests that groups of rows made, in their order. */
  readonly names: readonly string[];
  readonly rows: number;
  /** Lines of the file. */
  readonly lines: number;
}

/** Blocks of lines one after another that cannot be read as columns, after which no other is tried. */
const mostUnusual = 4;

export const blocksService: Service<BlocksSetup, BlockJob, BlockAnswers, never> = {
  open: ({ model, isArtifact, ranking, duplicates, answers, rules }) => {
    let isTold = false;
    const opened = { model, isArtifact, network: () => Promise.resolve(undefined) };
    const { serving, rank } = rankingOf(model, "", ranking);
    const onWarning = (): void => void (isTold = true);
    const open = openRanking(opened, { serving, rank, readRow: typedRow, duplicates, onWarning, flow: undefined });
    const ranker = { model, name: rank.name, rank: (given: ServiceRequest) => answerRequest(open, given) };
    const answer = createFileAnswers(ranker, answers);
    const rowsOf = createRowsOfBlocks(rules);
    const requestsOf = createBlockRequests(open, answers);
    let groupOfLines: string | undefined;
    const texts = textsRead(open, answers);
    const isAsked = (name: string): boolean => name === groupOfLines || texts.has(name);
    const readFlat = createFlatReader(rules, isAsked);
    const readTable = createTableReader(rules, isAsked);
    /** Names of columns of blocks whose rows were looked at, and nobody had to be told anything. */
    const known = new Set<string>();
    let unusual = 0;
    const columnsOf = (block: RowBlock): BlockOfColumns | undefined => {
      if (block.kind === "cells") return block;
      if (requestsOf === undefined || unusual >= mostUnusual) return undefined;
      const read = block.kind === "table" ? readTable(block.bytes, block.layout) : readFlat(block.bytes);
      unusual = read === undefined ? unusual + 1 : 0;
      return read;
    };
    return Promise.resolve({
      work: async ({ block, group }) => {
        try {
          groupOfLines = group;
          const columns = columnsOf(block);
          const names = columns === undefined ? undefined : JSON.stringify(columns.columns.map(({ name }) => name));
          if (columns !== undefined && known.has(names ?? "")) {
            const requests = requestsOf?.(columns, group);
            if (requests !== undefined) return answersOf(requests, columns.rows, block.kind === "lines");
          }
          isTold = false;
          const grouper = createGrouper(group, false);
          const made: AnswerLine[] = [];
          const answerAll = async (requests: ReturnType<Grouper["push"]>): Promise<void> => {
            for (const request of requests) {
              made.push(lineOf(await answer(request)));
            }
          };
          const batches = rowsOf(block, 0);
          let next = batches.next();
          for (; next.done !== true; next = batches.next()) {
            const { rows, failure } = next.value;
            if (failure !== undefined || !areRows(rows) || isTold) return undefined;
            await answerAll(grouper.push(rows));
          }
          await answerAll(grouper.close());
          if (isTold) return undefined;
          if (names !== undefined && made.length > 0) known.add(names);
          return { answers: made, names: [...grouper.names], ...next.value };
        } catch {
          // Whoever does it in its order meets it again.
          return undefined;
        }
      },
      close: () => undefined,
    });
  },
};

/** The answers of requests without warnings; undefined where one comes back. */
function answersOf(requests: readonly BlockRequest[], rows: number, isOfLines: boolean): BlockAnswers {
  const names = requests.map(({ request }) => request);
  if (new Set(names).size < names.length) return undefined;
  return { answers: requests.map((each) => lineOf(each.answer())), names, rows, lines: isOfLines ? rows : 0 };
}

/** An answer as a line of JSON. */
export function lineOf(answer: RankAnswer): AnswerLine {
  return { json: JSON.stringify(rankJson(answer)), isRefused: answer.kind === "refused" };
}

function areRows(rows: readonly (RawRow | BrokenLine)[]): rows is readonly RawRow[] {
  return !rows.some((row) => row instanceof BrokenLine);
}
