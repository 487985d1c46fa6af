import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
import { type ShownTest, testsOf } from "../cli/commands/test/run.js";
import { failuresText } from "../cli/commands/test/view.js";
import { createStyle } from "../cli/style.js";
import { compileSpec } from "../compiler/compile.js";
import { type Diagnostic, renderPretty } from "../compiler/diagnostics/index.js";
import { positionAt, type SourceFile } from "../compiler/text/index.js";
import { createFileHost } from "../runtime/specs/load-spec.js";
import { findSpecFiles } from "../runtime/specs/spec-files.js";

export interface SpecTestsOptions {
  /** Whether a spec passes that `mtlc check` warns about; default: false. Errors always fail. */
  readonly allowWarnings?: boolean;
}

/**
 * Declares tests of specs for vitest: for each spec that `mtlc check` finds nothing wrong with it, and each of its `test`
 * blocks. `specs` are files, folders, globs, or URLs such as `new URL("./shop.mtl", import.meta.url)`; paths start at the
 * working directory. A failure shows what `mtlc test` prints, at the line of the spec.
 */
export function specTests(specs: string | URL | readonly (string | URL)[], options: SpecTestsOptions = {}): void {
  const paths = [specs].flat().map((path) => (typeof path === "string" ? path : fileURLToPath(path as URL)));
  describe("specs", async () => {
    for (const file of await findSpecFiles(paths)) describe(file, () => declareTests(file, options));
  });
}

function declareTests(file: string, { allowWarnings = false }: SpecTestsOptions): void {
  const { model, diagnostics, sources } = compileSpec(file, createFileHost());
  it("is clean", () => {
    const found = diagnostics.filter(
      ({ severity }) => severity === "error" || (severity === "warning" && !allowWarnings),
    );
    if (found.length > 0) throw failure(renderPretty(found, sources), placeOf(found, sources));
  });
  if (model === undefined) return;
  let results: readonly ShownTest[] | undefined;
  for (const [index, { title }] of (model.tests ?? []).entries())
    it(title, () => {
      results ??= testsOf(model, sources);
      const test = results[index];
      if (test === undefined || test.passed) return;
      const line = test.expectations.find(({ passed }) => !passed)?.line ?? test.line;
      throw failure(failuresText(test, createStyle(false)), { file: test.file, line, column: 1 });
    });
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where the first of the diagnostics is. */
function placeOf(found: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile>): Place | undefined {
  const span = found[0]?.span;
  const source = span === undefined ? undefined : sources.get(span.file);
  return span === undefined || source === undefined
    ? undefined
    : { file: span.file, ...positionAt(source, span.start) };
}

/** An error whose stack is the line of the spec, so that vitest shows that line and not this file's. */
function failure(text: string, place: Place | undefined): Error {
  const error = new Error(`\n${text.trimEnd()}`);
  const at = place === undefined ? "" : `\n    at ${resolve(place.file)}:${place.line}:${place.column}`;
  error.stack = `${error.name}: ${error.message}${at}`;
  return error;
}
