import {
  runTest,
  type ExpectationResult,
  type ExpectationValue,
  type RankingReport,
} from "../../../compiler/serving/index.js";
import type { Model, TestExpression } from "../../../compiler/model/index.js";
import { createSourceFile, positionAt, type SourceFile, type Span } from "../../../compiler/text/index.js";
import { Failure } from "../../../runtime/failure.js";
import { loadSpec, type LoadedSpec } from "../../../runtime/specs/load-spec.js";
import type { Outcome } from "../../command.js";
import { refuseWarnings, type Deny } from "../../refuse-warnings.js";
import { namedSpecs } from "../../named-specs.js";

/** A part of an expectation; `column` is where its value belongs under the text. */
export interface ShownValue {
  readonly text: string;
  readonly column: number;
  readonly value: ExpectationValue;
}

export interface ShownExpectation {
  readonly line: number;
  /** On one line. */
  readonly text: string;
  readonly passed: boolean;
  /** Of a failed one, in the order of their columns; constants are left out. */
  readonly values: readonly ShownValue[];
  readonly rankings: readonly RankingReport[];
}

export interface ShownTest {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly passed: boolean;
  readonly expectations: readonly ShownExpectation[];
}

export interface TestRunResult {
  readonly tests: readonly ShownTest[];
  readonly passed: number;
  readonly failed: number;
}

/** Runs the tests of specs. Throws a Failure when one of them has errors. */
export async function runTests(paths: readonly string[], deny?: Deny): Promise<Outcome<TestRunResult>> {
  const files = await namedSpecs(paths, "test");
  for (const file of files) refuseWarnings(deny, file);
  const tests = files.flatMap(testsOfFile);
  const failed = tests.filter((test) => !test.passed).length;
  return { result: { tests, passed: tests.length - failed, failed }, exitCode: failed > 0 ? 1 : 0 };
}

function testsOfFile(path: string): readonly ShownTest[] {
  const spec = loadTested(path);
  if (spec === undefined) return [];
  return testsOf(spec.model, new Map(spec.sources.map((file) => [file.path, createSourceFile(file.path, file.text)])));
}

/** Runs the tests of a spec without errors, in their order. `sources` are its own file and those that it imports. */
export function testsOf(
  { serving, tests = [] }: Model,
  sources: ReadonlyMap<string, SourceFile>,
): readonly ShownTest[] {
  if (serving === undefined) return [];
  return tests.map((test) => {
    const { title, span, passed, expectations } = runTest(serving, test);
    const source = sources.get(span.file);
    return {
      file: span.file,
      line: source === undefined ? 1 : positionAt(source, span.start).line,
      title,
      passed,
      expectations: expectations.map((each) => showExpectation(each, source)),
    };
  });
}

/** A file of blocks to import has no model, and no tests. */
function loadTested(path: string): LoadedSpec | undefined {
  try {
    return loadSpec(path);
  } catch (error) {
    if (error instanceof Failure && error.diagnostics.every(({ code }) => code === "MTL7310")) return undefined;
    throw error;
  }
}

function showExpectation(
  { span, passed, values, rankings }: ExpectationResult,
  source: SourceFile | undefined,
): ShownExpectation {
  if (source === undefined) return { line: 1, text: "", passed, values: [], rankings };
  const { text, columnOf } = onOneLine(source.text, span);
  const shown = values
    .filter(({ node }) => node.kind !== "constant" && node.kind !== "candidates")
    .map(({ node, span: part, value }) => ({
      text: onOneLine(source.text, part).text,
      column: columnOf(anchorOf(source.text, node)),
      value,
    }))
    .toSorted((a, b) => a.column - b.column);
  return { line: positionAt(source, span.start).line, text, passed, values: shown, rankings };
}

/** The text of a span with each run of white space as one space, and where its characters went. */
function onOneLine(
  text: string,
  { start, end }: Span,
): { readonly text: string; readonly columnOf: (offset: number) => number } {
  const columns: number[] = [];
  let line = "";
  for (let i = start; i < end; i++) {
    const isSpace = /\s/.test(text[i] ?? "");
    if (!isSpace || !line.endsWith(" ")) line += isSpace ? " " : (text[i] ?? "");
    columns.push(line.length - 1);
  }
  return { text: line, columnOf: (offset) => columns[offset - start] ?? 0 };
}

/** Where a value is shown: under the operator, or under the first character. */
function anchorOf(text: string, node: TestExpression): number {
  if (!("left" in node)) return node.span.start;
  const from = node.left.span.end;
  const found = text.slice(from, node.right.span.start).indexOf(node.operator);
  return found < 0 ? node.span.start : from + found;
}
