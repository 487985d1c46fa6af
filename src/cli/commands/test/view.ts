import type { Relaxed } from "../../../compiler/ranking/index.js";
import type { ExpectationValue, RankingReport } from "../../../compiler/serving/index.js";
import type { View } from "../../command.js";
import type { ShownExpectation, ShownTest, ShownValue, TestRunResult } from "./run.js";
import type { Style } from "../../style.js";
import { candidateNotes } from "../../views/candidate-notes.js";
import { budgetText, relaxedText } from "../../views/relaxed.js";
import { leftOutReason } from "../../views/left-out.js";
import { numberText } from "../../views/number-text.js";

export const testView: View<TestRunResult> = {
  document: "test",
  human: ({ tests, passed, failed }, { outStyle }) => {
    if (tests.length === 0) return "there are no tests in these specs\n";
    const files = [...new Set(tests.map(({ file }) => file))];
    const blocks = files.map((file) => {
      const own = tests.filter((test) => test.file === file);
      return `${file}\n${own.map((test) => testText(test, outStyle)).join("")}`;
    });
    const total = `${passed} passed, ${failed} failed`;
    return `${blocks.join("\n")}\n${failed > 0 ? outStyle.red(total) : outStyle.green(total)}\n`;
  },
  json: ({ tests, passed, failed }) => ({ passed, failed, tests: tests.map(testJson) }),
};

function testJson({ expectations, ...test }: ShownTest): object {
  return {
    ...test,
    expectations: expectations.map(({ rankings, ...expectation }) => ({
      ...expectation,
      rankings: rankings.map(({ name, candidates, ...report }) => ({
        ranking: name,
        ...report,
        candidates: candidates.map(({ row: _, ...candidate }) => candidate),
      })),
    })),
  };
}

function testText({ title, file, passed, expectations }: ShownTest, style: Style): string {
  if (passed) return `  ${style.green("✓")} ${title}\n`;
  return `  ${style.red("✗")} ${style.bold(title)}\n${failuresText({ file, expectations }, style)}`;
}

/** The expectations of a test that do not hold, with the value of each part; empty when all hold. */
export function failuresText({ file, expectations }: Pick<ShownTest, "file" | "expectations">, style: Style): string {
  const failed = expectations.filter((each) => !each.passed);
  return failed.map((each) => failureText(each, file, style)).join("");
}

function failureText({ line, text, values, rankings }: ShownExpectation, file: string, style: Style): string {
  const lines = [
    style.dim(`${file}:${line}`),
    ...drawValues(text, values),
    ...rankings.flatMap((ranking) => ["", ...rankingLines(ranking)]),
  ];
  return `${lines.map((each) => (each === "" ? "\n" : `      ${each}\n`)).join("")}\n`;
}

/**
 * The text with each part's value under it: from right to left, as many a line as fit, lines down to those further below.
 */
export function drawValues(text: string, values: readonly ShownValue[]): readonly string[] {
  let left = values.map(({ column, value }) => ({ column, shown: valueText(value) }));
  const lines = [text, barLine(left.map(({ column }) => column))];
  while (left.length > 0) {
    const placed = new Set<number>();
    let limit = Infinity;
    let line = "";
    for (let i = left.length - 1; i >= 0; i--) {
      const { column, shown } = left[i] as (typeof left)[number];
      // A value needs a space before the next one, and may not cover a line that goes on.
      if (column + shown.length >= limit) {
        line = overlay(line, column, "│");
        limit = column;
        continue;
      }
      line = overlay(line, column, shown);
      limit = column;
      placed.add(i);
    }
    lines.push(line);
    left = left.filter((_, i) => !placed.has(i));
  }
  return lines;
}

function barLine(columns: readonly number[]): string {
  return columns.reduce((line, column) => overlay(line, column, "│"), "");
}

function overlay(line: string, column: number, text: string): string {
  const padded = line.padEnd(column + text.length);
  return padded.slice(0, column) + text + padded.slice(column + text.length);
}

export function valueText(value: ExpectationValue): string {
  if (value === undefined) return "missing";
  if (typeof value === "object") return `[${value.join(", ")}]`;
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" ? numberText(value) : String(value);
}

/** The list, and what became of each candidate. */
function rankingLines(report: RankingReport): readonly string[] {
  const { name, refused, candidates, leftOut, unsourced, outranked, relaxed, searchTruncated } = report;
  if (refused !== undefined) return [`${name}: refused: ${refused}`];
  return [
    `${name}:`,
    ...candidates.flatMap((candidate) => {
      const { id, position, score } = candidate;
      const notes = candidateNotes(candidate);
      const where = position === undefined ? "  –" : String(position).padStart(3);
      return [`${where}  ${id}  ${numberText(score)}${notes.length === 0 ? "" : `  ${notes.join(", ")}`}`];
    }),
    ...leftOut.map((each) => `  –  ${each.id}  left out: ${leftOutReason(each)}`),
    ...unsourced.map((id) => `  –  ${id}  left out: no source of the ranking provided it`),
    ...outranked.map((id) => `  –  ${id}  not among the first of its sources`),
    ...(searchTruncated ? [`  ${budgetText}`] : []),
    ...relaxed.map((each: Relaxed) => `  ${relaxedText(each)}`),
  ];
}
