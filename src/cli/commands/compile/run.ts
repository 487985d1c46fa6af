import { join, resolve } from "node:path";
import { countSavings, type Savings } from "../../../compiler/cost/index.js";
import { printProgram } from "../../../compiler/graph/index.js";
import { parse, parseUnreadable, tokenize } from "../../../compiler/syntax/index.js";
import { createSourceFile, type SourceFile } from "../../../compiler/text/index.js";
import { type CompileOptions, lowerSpec } from "../../../runtime/jobs/compile.js";
import { fittedSizes } from "../../../runtime/data/index.js";
import { servingValues } from "../../../runtime/engine/create-program.js";
import { createFailure, Failure } from "../../../runtime/failure.js";
import { readSpec } from "../../read-spec.js";
import { isArtifactDirectory, recompileArtifact, sourcesOf } from "../../../runtime/jobs/compile-artifact.js";
import { type ArtifactContent, readArtifact } from "../../../runtime/artifact/index.js";
import { loadModelSource } from "../../../runtime/specs/model-source.js";

/** A stage of the compiler that `--emit` prints. */
export type Stage = "tokens" | "ast" | "model" | "graph";

/** What a stage made of a spec, as text that ends with a line break. */
export async function emitStage(stage: Stage, options: Omit<CompileOptions, "output">): Promise<string> {
  switch (stage) {
    case "tokens": {
      const source = await sourceOf(options.spec);
      const unreadable = parseUnreadable(source);
      if (unreadable !== undefined) throw new Failure(unreadable.diagnostics);
      return tokenize(source)
        .map(
          ({ type, text, line, column }) =>
            `${`${line}:${column}`.padEnd(8)} ${type.padEnd(20)} ${JSON.stringify(text)}\n`,
        )
        .join("");
    }
    case "ast": {
      const { spec, diagnostics } = parse(await sourceOf(options.spec));
      if (diagnostics.length > 0) throw new Failure(diagnostics);
      return `${JSON.stringify(spec, undefined, 2)}\n`;
    }
    case "model":
      return `${JSON.stringify((await loadModelSource(options.spec, resolve("."))).model, undefined, 2)}\n`;
    case "graph":
      return isArtifactDirectory(options.spec)
        ? graphOf(await recompileArtifact(options.spec))
        : printProgram((await lowerSpec(options)).program, { origins: false });
  }
}

/** What the passes save of the program of a spec, or of the spec of an artifact. Throws a {@link Failure}. */
export async function savingsOf(options: Omit<CompileOptions, "output">): Promise<Savings> {
  const { model, fitted } = isArtifactDirectory(options.spec)
    ? await recompileArtifact(options.spec)
    : await lowerSpec(options).then(({ spec, fitted: found }) => ({ model: spec.model, fitted: found }));
  if (model.heads.length === 0 || fitted === undefined) throw createFailure("MTL7311", { name: model.name });
  return countSavings(model, fittedSizes(fitted), { serving: servingValues(model, fitted) });
}

/** The text of a spec; of an artifact, the copy that it holds. */
async function sourceOf(path: string): Promise<SourceFile> {
  if (!isArtifactDirectory(path)) return createSourceFile(path, readSpec(path));
  const [spec] = sourcesOf(await readArtifact(path));
  return createSourceFile(join(path, spec?.path ?? ""), spec?.text ?? "");
}

function graphOf({ model, graphText }: ArtifactContent): string {
  if (model.heads.length === 0) throw createFailure("MTL7311", { name: model.name });
  return graphText;
}
