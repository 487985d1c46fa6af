import { formulaText } from "../../../compiler/describe/index.js";
import {
  type ExplainedAnswer,
  type ExplainedRank,
  type RankedRequest,
  rankJson,
  type RefusedAnswer,
} from "../../../runtime/rank/index.js";
import { documentLine, documentLineOf } from "../../documents.js";
import { candidateNotes } from "../../views/candidate-notes.js";
import { budgetText, relaxedText } from "../../views/relaxed.js";
import { leftOutReason } from "../../views/left-out.js";
import { numberText } from "../../views/number-text.js";
import { plural } from "../../../compiler/text/index.js";
import { visibleText } from "../../views/visible-text.js";

/** One request's list, for people or as a JSON line. */
export function rankText(answer: RankedRequest, format: "human" | "json"): string {
  if (format === "json") return documentLine("rank", rankJson(answer));
  return answer.kind === "refused" ? refusedText(answer) : humanText(answer);
}

/** The same JSON line of an answer that is JSON already. */
export function rankLine(json: string): string {
  return documentLineOf("rank", json);
}

/** The error instead of the list. */
function refusedText({ request, ranking, diagnostic }: RefusedAnswer): string {
  const { code, message, help } = diagnostic;
  const lines = [
    `${visibleText(request)} · ${ranking}: no list`,
    `  error[${code}]: ${visibleText(message)}`,
    ...(help === undefined ? [] : [`  help: ${visibleText(help)}`]),
  ];
  return `${lines.join("\n")}\n\n`;
}

/** `ln 0.0031 = −5.78: ctr −2.3, alpha + cvr −2.81`: what each part adds to the score, or to its logarithm. */
function scoreLine({ made }: ExplainedRank): readonly string[] {
  if (made === undefined) return [];
  const { kind, score, parts } = made;
  const whole = kind === "product" ? `ln ${numberText(score)} = ${shortNumber(Math.log(score))}` : numberText(score);
  const shown = parts.map(({ expression, contribution }) => `${formulaText(expression)} ${shortNumber(contribution)}`);
  return [`         ${whole}: ${shown.join(", ")}`];
}

/** With a sign, three significant digits. */
function shortNumber(value: number): string {
  const text = Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
  return value > 0 ? `+${text}` : text.replace("-", "−");
}

function humanText({
  request,
  ranking,
  arms,
  candidateCount,
  duplicates,
  list,
  flow,
  explained,
}: ExplainedAnswer): string {
  const { items, relaxed, searchTruncated, leftOut, alreadyShown, unsourced, outranked, nonFinite } = list;
  const shownArms = Object.entries(arms).map(([name, arm]) => ` · ${name}: ${arm}`);
  const title = `${visibleText(request)} · ${ranking}: ${items.length} of ${plural(candidateCount, "candidate")}${shownArms.join("")}`;
  const notes = new Map(explained?.map((each) => [each.id, candidateNotes(each)]));
  const width = [...items, ...(explained ?? [])].reduce((most, { id }) => Math.max(most, visibleText(id).length), 0);
  const line = (position: string, id: string, score: number): string =>
    [
      position.padStart(5),
      visibleText(id).padEnd(width),
      numberText(score).padStart(10),
      (notes.get(id) ?? []).join(", "),
    ]
      .join("  ")
      .trimEnd();
  const scores = new Map(explained?.map((each) => [each.id, scoreLine(each)]));
  const others = (explained ?? []).filter(({ position }) => position === undefined);
  const lines = [
    title,
    ...items.flatMap(({ id, score }, i) => [line(String(i + 1), id, score), ...(scores.get(id) ?? [])]),
    ...others.flatMap(({ id, score }) => [line("–", id, score), ...(scores.get(id) ?? [])]),
    ...relaxed.map((each) => `  ${relaxedText(each)}`),
    ...(searchTruncated ? [`  ${budgetText}`] : []),
    ...(flow?.permits.degraded ?? []).map(({ cap, down }) => `  ${degradedText(cap, down)}`),
    ...(flow?.permits.late ?? []).map((cap) => `  cap ${cap}: ${lateText}`),
    ...leftOutLines(leftOut),
    ...idsLine("left out, since a page before showed it", alreadyShown),
    ...idsLine("left out, since no source of the ranking provided it", unsourced),
    ...(explained === undefined ? [] : idsLine("not among the first of its sources", outranked)),
    ...idsLine("came again, the first stays", duplicates),
    ...idsLine("no finite score", nonFinite),
  ];
  return `${lines.join("\n")}\n\n`;
}

/** By input and reason: a value may be missing in thousands of rows. */
function leftOutLines(leftOut: ExplainedAnswer["list"]["leftOut"]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const each of leftOut) {
    const key = leftOutReason(each);
    groups.set(key, [...(groups.get(key) ?? []), each.id]);
  }
  return [...groups].flatMap(([why, ids]) => idsLine(`left out, since ${why}`, ids));
}

/** What holds for some candidates; a file may have thousands of them. */
function idsLine(what: string, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const shown = ids.slice(0, 5).map(visibleText).join(", ");
  return [`  ${what}: ${shown}${ids.length > 5 ? ` and ${ids.length - 5} more` : ""}`];
}

const lateText = "the store did not answer in time; only what was at hand is shown of what it counts";

function degradedText(cap: string, down: { readonly kind: "closed" } | { readonly share: number }): string {
  return "share" in down
    ? `cap ${cap}: the store does not answer; a share of ${down.share} of what remained is shown`
    : `cap ${cap}: the store does not answer; nothing more is shown of what it counts`;
}
