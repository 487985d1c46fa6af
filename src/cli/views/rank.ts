import { formulaText } from "../../compiler/describe/index.js";
import type { ExplainedRank, RankedRequest } from "../commands/rank.js";
import { candidateNotes } from "./candidate-notes.js";
import { budgetText, gaveWayText } from "./gave-way.js";
import { numberText } from "./number-text.js";
import { plural } from "./text.js";

/** One request's list, for people or as a JSON line. */
export function rankText(ranking: RankedRequest, format: "human" | "json"): string {
  return format === "json" ? `${JSON.stringify(rankJson(ranking))}\n` : humanText(ranking);
}

/** What was asked is echoed, so that the answer can be had again. */
export function rankJson({ request, rank, now, seed, arms, candidates, list, explained }: RankedRequest): unknown {
  const { items, gaveWay, budgetSpent, leftOut, alreadyShown, unsourced, outranked, clamped, flagged, spent } = list;
  return {
    request,
    rank,
    at: new Date(now * 1000).toISOString(),
    seed,
    ...(Object.keys(arms).length === 0 ? {} : { experiments: arms }),
    candidates,
    items,
    degraded: gaveWay,
    ...(budgetSpent ? { budgetSpent } : {}),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(alreadyShown.length === 0 ? {} : { alreadyShown }),
    ...(unsourced.length === 0 ? {} : { unsourced }),
    ...(outranked.length === 0 ? {} : { outranked }),
    ...(clamped === 0 ? {} : { clamped }),
    ...(flagged.length === 0 ? {} : { flagged }),
    ...(spent.length === 0 ? {} : { spent }),
    ...(explained === undefined ? {} : { explain: explained.map(explainedJson) }),
  };
}

function explainedJson({ row: _row, made, ...rest }: ExplainedRank): unknown {
  if (made === undefined) return rest;
  const parts = made.parts.map(({ expression, ...part }) => ({ part: formulaText(expression), ...part }));
  return { ...rest, made: { kind: made.kind, parts } };
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

function humanText({ request, rank, arms, candidates, list, explained }: RankedRequest): string {
  const { items, gaveWay, budgetSpent, leftOut, alreadyShown, unsourced, outranked, flagged } = list;
  const shownArms = Object.entries(arms).map(([name, arm]) => ` · ${name}: ${arm}`);
  const title = `${request} · ${rank}: ${items.length} of ${plural(candidates, "candidate")}${shownArms.join("")}`;
  const notes = new Map(explained?.map((each) => [each.id, candidateNotes(each)]));
  const width = Math.max(0, ...items.map(({ id }) => id.length), ...(explained ?? []).map(({ id }) => id.length));
  const line = (place: string, id: string, score: number): string =>
    [place.padStart(5), id.padEnd(width), numberText(score).padStart(10), (notes.get(id) ?? []).join(", ")]
      .join("  ")
      .trimEnd();
  const scores = new Map(explained?.map((each) => [each.id, scoreLine(each)]));
  const others = (explained ?? []).filter(({ place }) => place === undefined);
  const lines = [
    title,
    ...items.flatMap(({ id, score }, i) => [line(String(i + 1), id, score), ...(scores.get(id) ?? [])]),
    ...others.flatMap(({ id, score }) => [line("–", id, score), ...(scores.get(id) ?? [])]),
    ...gaveWay.map((each) => `  ${gaveWayText(each)}`),
    ...(budgetSpent ? [`  ${budgetText}`] : []),
    ...leftOutLines(leftOut),
    ...idsLine("left out, since a page before showed it", alreadyShown),
    ...idsLine("left out, since no source of the ranking brought it", unsourced),
    ...(explained === undefined ? [] : idsLine("not among the first of its sources", outranked)),
    ...(flagged.length === 0 ? [] : [`  no finite score: ${flagged.join(", ")}`]),
  ];
  return `${lines.join("\n")}\n\n`;
}

/** By input and reason: a file may lack a value in thousands of rows. */
function leftOutLines(leftOut: RankedRequest["list"]["leftOut"]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { id, input, reason } of leftOut) {
    const key = `\`${input}\` is ${reason === "missing" ? "missing" : "outside its range"}`;
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return [...groups].flatMap(([why, ids]) => idsLine(`left out, since ${why}`, ids));
}

/** What holds for some candidates; a file may have thousands of them. */
function idsLine(what: string, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const shown = ids.length > 5 ? `${ids.slice(0, 5).join(", ")} and ${ids.length - 5} more` : ids.join(", ");
  return [`  ${what}: ${shown}`];
}
