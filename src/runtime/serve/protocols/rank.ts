/** The body of `/v1/rank`: the members that the server reads itself; what rankings read is checked where it is ranked. */
import { requestMembers } from "../../../compiler/serving/index.js";
import { omitUndefined, suggest } from "../../../compiler/text/index.js";
import type { RawRow } from "../../data/index.js";
import { badRequest } from "../fault.js";
import type { RankWork } from "../ranking/rank-call.js";
import { packRecords } from "../scoring/call-rows.js";
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
const members: readonly string[] = [...ownMembers, ...requestMembers.filter((name) => name !== "permits")];

/** Throws a {@link ServeFault} (400). */
export function readRankBody(given: unknown, most: number): RankBody {
  const body = readRecord(given, "the body");
  const unknown = Object.keys(body).find((name) => !members.includes(name));
  if (unknown !== undefined) {
    const meant = suggest(unknown, members);
    throw badRequest(
      `a request has no member \`${unknown}\`; ${meant === undefined ? `there is ${members.join(", ")}` : `did you mean \`${meant}\`?`}`,
    );
  }
  const { model, version, ranking, after, explain, candidates, ...request } = body;
  const text = (name: string, value: unknown): string | undefined =>
    value === undefined ? undefined : readText(value, `\`${name}\``);
  const rows = readList(candidates, "`candidates`");
  if (rows.length > most)
    throw badRequest(`the request has ${rows.length} candidates; at most ${most} are ranked at once`);
  rows.forEach((row, i) => readRecord(row, `candidate ${i + 1}`));
  const work = {
    candidates: packRecords(rows as readonly RawRow[]),
    request,
    ...omitUndefined({ ranking: text("ranking", ranking), after: text("after", after), explain: readExplain(explain) }),
  };
  return { work, ...omitUndefined({ model: text("model", model), version: text("version", version) }) };
}

function readExplain(value: unknown): RankWork["explain"] {
  if (value === undefined || value === false) return undefined;
  if (value === true) return true;
  if (Array.isArray(value) && value.every((id) => typeof id === "string" || typeof id === "number"))
    return value.map(String);
  throw badRequest("`explain` must be true, or a list of identifiers of candidates");
}
