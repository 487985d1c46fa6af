/** `test` blocks in an editor: what runs them, what came of them, and which expectations failed. */
import { DiagnosticSeverity, type CodeLens, type Diagnostic } from "vscode-languageserver";
import type { Compilation } from "../../compiler/compile.js";
import {
  runTest,
  type ExpectationResult,
  type ExpectationValue,
  type TestResult,
} from "../../compiler/serving/index.js";
import type { TestDeclaration } from "../../compiler/syntax/index.js";
import type { Analysis } from "../analysis/analysis.js";
import { toRange } from "../positions.js";
import { runTestsCommand } from "../protocol.js";

/** The last run of a test. */
export interface TestRun {
  readonly result: TestResult;
  /** What it ran on; a later compilation has not been tested. */
  readonly compilation: Compilation;
}

/** The `test` blocks that a file holds. */
export function testsIn({ spec }: Analysis): readonly TestDeclaration[] {
  return spec.declarations.filter((node) => node.kind === "Test");
}

/** Runs the tests of a file whose titles are asked for, by title; none while the spec has errors. */
export function runTestsOf(
  { compilation, path }: Analysis,
  isAsked: (title: string) => boolean,
): ReadonlyMap<string, TestRun> {
  const { model } = compilation;
  const serving = model?.serving;
  if (model === undefined || serving === undefined) return new Map();
  const tests = (model.tests ?? []).filter(({ title, span }) => span.file === path && isAsked(title));
  return new Map(tests.map((test) => [test.title, { result: runTest(serving, test), compilation }]));
}

/** Above each test: what runs it, and what came of its last run. */
export function lensesOf(analysis: Analysis, uri: string, runs: ReadonlyMap<string, TestRun>): CodeLens[] {
  const tests = testsIn(analysis);
  return tests.flatMap((test, index) => {
    const range = toRange(analysis.source, test.title.span);
    const title = test.title.value;
    const run = runs.get(title);
    const lens = (text: string, args?: readonly unknown[]): CodeLens => ({
      range,
      command: { title: text, command: args === undefined ? "" : runTestsCommand, arguments: [...(args ?? [])] },
    });
    return [
      lens("Run test", [uri, title]),
      ...(index === 0 && tests.length > 1 ? [lens(`Run all ${tests.length} tests`, [uri])] : []),
      ...(run === undefined ? [] : [lens(verdict(run, analysis.compilation))]),
    ];
  });
}

function verdict({ result, compilation }: TestRun, now: Compilation): string {
  const { passed, expectations } = result;
  const failed = expectations.filter((each) => !each.passed).length;
  const outcome = passed ? "✓ passed" : `✗ ${failed} of ${expectations.length} expectations failed`;
  return compilation === now ? outcome : `${outcome} before the last change`;
}

/** The expectations that failed in the last run, with what their parts were; none of a run that is out of date. */
export function failuresOf({ source, compilation }: Analysis, runs: ReadonlyMap<string, TestRun>): Diagnostic[] {
  return [...runs.values()].flatMap((run) =>
    run.compilation !== compilation
      ? []
      : run.result.expectations
          .filter(({ passed }) => !passed)
          .map((expectation) => ({
            range: toRange(source, expectation.span),
            severity: DiagnosticSeverity.Error,
            source: "mtl test",
            message: failureText(expectation, source.text),
          })),
  );
}

/** `this expectation failed`, then a line for each name or call that it reads. */
function failureText({ values, rankings }: ExpectationResult, text: string): string {
  const parts = values
    .filter(({ node }) => node.kind === "param" || node.kind === "of" || node.kind === "ranking")
    .map(({ span, value }) => `${text.slice(span.start, span.end)} is ${valueText(value)}`);
  const refused = rankings.flatMap(({ name, refused: why }) =>
    why === undefined ? [] : [`${name} was refused: ${why}`],
  );
  return ["this expectation failed", ...new Set(parts), ...refused].join("\n");
}

function valueText(value: ExpectationValue): string {
  if (value === undefined) return "missing";
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "boolean" ? String(value) : `[${value.join(", ")}]`;
}
