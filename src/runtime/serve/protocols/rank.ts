/** The body of `/v1/rank`: the members that the server reads itself; what rankings read is checked where it is ranked. */
import { requestMembers } from "../../../compiler/serving/index.js";
import { omitUndefined, suggest } from "../../../compiler/text/index.js";
import type { RawRow } from "../../data/index.js";
import { badRequest } from "../fault.js";
import type { RankWork } from "../ranking/rank-call.js";
import { findList, parseJson } from "../json.js";
import { packRecords, type PackedRows } from "../scoring/call-rows.js";
import { readList, readRecord, readText } from "./columns.js";

export interface RankBody {
  /** Absent: the only one that there is. */
  readonly model?: string;
  /** Absent: the newest. */
  readonly version?: string;
  readonly work: RankWork;
}

/** Members of the server; those of `createRanker` are beside them. `permits` are functions, which no body has. */
const ownMembers = ["model", "version", "ranking", "after", "explain"] as const;
const allMembers: readonly string[] = [...ownMembers, ...requestMembers.filter((name) => name !== "permits")];

/** A body whose candidates are on their way to the worker that ranks them as they came, which parses them. */
interface RankText {
  readonly members: unknown;
  /** Absent where `members` has them, in whatever form. */
  readonly candidates?: PackedRows;
}

/** Throws a {@link ServeFault} (400) for what is not JSON outside the candidates. */
export function readRankText(text: string): RankText {
  const place = findList(text, "candidates");
  if (place === undefined) return { members: parseJson(text) };
  const { start, end, count } = place;
  try {
    const members = JSON.parse(`${text.slice(0, start)}[]${text.slice(end)}`) as unknown;
    return { members, candidates: { count, text, member: "candidates" } };
  } catch {
    // What is wrong is told of the whole.
    return { members: parseJson(text) };
  }
}

/** Reads what {@link readRankText} gives. Throws a {@link ServeFault} (400). */
export function readRankBody(given: unknown, most: number): RankBody {
  const { members: whole, candidates: packed } = (given ?? { members: undefined }) as RankText;
  const body = readRecord(whole, "the body");
  const unknown = Object.keys(body).find((name) => !allMembers.includes(name));
  if (unknown !== undefined) {
    const meant = suggest(unknown, allMembers);
    throw badRequest(
      `a request has no member \`${unknown}\`; ${meant === undefined ? `there is ${allMembers.join(", ")}` : `did you mean \`${meant}\`?`}`,
    );
  }
  const { model, version, ranking, after, explain, candidates, ...request } = body;
  const text = (name: string, value: unknown): string | undefined =>
    value === undefined ? undefined : readText(value, `\`${name}\``);
  const rows = packed ?? packCandidates(candidates);
  if (rows.count > most)
    throw badRequest(`the request has ${rows.count} candidates; at most ${most} are ranked at once`);
  const work = {
    candidates: rows,
    request,
    ...omitUndefined({ ranking: text("ranking", ranking), after: text("after", after), explain: readExplain(explain) }),
  };
  return { work, ...omitUndefined({ model: text("model", model), version: text("version", version) }) };
}

function packCandidates(candidates: unknown): PackedRows {
  return packRecords(readCandidates(readList(candidates, "`candidates`")));
}

/** Throws a {@link ServeFault} (400) for candidates that are no records. */
export function readCandidates(rows: readonly unknown[]): readonly RawRow[] {
  rows.forEach((row, i) => readRecord(row, `candidate ${i + 1}`));
  return rows as readonly RawRow[];
}

function readExplain(value: unknown): RankWork["explain"] {
  if (value === undefined || value === false) return undefined;
  if (value === true) return true;
  if (Array.isArray(value) && value.every((id) => typeof id === "string" || typeof id === "number"))
    return value.map(String);
  throw badRequest("`explain` must be true, or a list of identifiers of candidates");
}
