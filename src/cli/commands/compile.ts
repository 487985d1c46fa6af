import { readFileSync } from "node:fs";
import { printProgram } from "../../compiler/graph/index.js";
import { parse, tokenize } from "../../compiler/syntax/index.js";
import { createSourceFile } from "../../compiler/text/index.js";
import { describeSystemError, isSystemError } from "../../runtime/artifact/index.js";
import { type CompileOptions, lowerSpec } from "../../runtime/compile.js";
import { createFailure, Failure } from "../../runtime/failure.js";
import { loadSpec } from "../../runtime/spec.js";

/** A stage of the compiler that `--emit` prints. */
export type Stage = "tokens" | "ast" | "model" | "graph";

/** What a stage made of a spec, as text that ends with a line break. */
export async function emitStage(stage: Stage, options: Omit<CompileOptions, "output">): Promise<string> {
  switch (stage) {
    case "tokens":
      return tokenize(readSource(options.spec))
        .map(
          ({ type, text, line, column }) =>
            `${`${line}:${column}`.padEnd(8)} ${type.padEnd(20)} ${JSON.stringify(text)}\n`,
        )
        .join("");
    case "ast": {
      const { spec, diagnostics } = parse(readSource(options.spec));
      if (diagnostics.length > 0) throw new Failure(diagnostics);
      return `${JSON.stringify(spec, undefined, 2)}\n`;
    }
    case "model":
      return `${JSON.stringify(loadSpec(options.spec).model, undefined, 2)}\n`;
    case "graph":
      return printProgram((await lowerSpec(options)).program, { origins: false });
  }
}

function readSource(path: string): ReturnType<typeof createSourceFile> {
  try {
    return createSourceFile(path, readFileSync(path, "utf8"));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw createFailure("MTL8007", { file: path, problem: describeSystemError(error) });
  }
}
