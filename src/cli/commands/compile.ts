import { printProgram } from "../../compiler/graph/index.js";
import { parse, parseUnreadable, tokenize } from "../../compiler/syntax/index.js";
import { createSourceFile } from "../../compiler/text/index.js";
import { type CompileOptions, lowerSpec } from "../../runtime/compile.js";
import { Failure } from "../../runtime/failure.js";
import { readSpec } from "../read-spec.js";
import { loadSpec } from "../../runtime/spec.js";

/** A stage of the compiler that `--emit` prints. */
export type Stage = "tokens" | "ast" | "model" | "graph";

/** What a stage made of a spec, as text that ends with a line break. */
export async function emitStage(stage: Stage, options: Omit<CompileOptions, "output">): Promise<string> {
  switch (stage) {
    case "tokens": {
      const source = createSourceFile(options.spec, readSpec(options.spec));
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
      const { spec, diagnostics } = parse(createSourceFile(options.spec, readSpec(options.spec)));
      if (diagnostics.length > 0) throw new Failure(diagnostics);
      return `${JSON.stringify(spec, undefined, 2)}\n`;
    }
    case "model":
      return `${JSON.stringify(loadSpec(options.spec).model, undefined, 2)}\n`;
    case "graph":
      return printProgram((await lowerSpec(options)).program, { origins: false });
  }
}
