import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { specText } from "../../../compiler/describe/index.js";
import { catalogue, type DiagnosticCode, type Severity } from "../../../compiler/diagnostics/index.js";
import { format } from "../../../compiler/format/index.js";
import { hashModel } from "../../../compiler/model/index.js";
import { suggest } from "../../../compiler/text/index.js";
import { createFailure, Failure } from "../../../runtime/failure.js";
import { loadModelSource } from "../../../runtime/specs/model-source.js";
import type { Outcome } from "../../command.js";

export type ExplainResult =
  | {
      readonly kind: "spec";
      readonly model: string;
      readonly hash: string;
      /** The spec with every default written out, in canonical layout. */
      readonly text: string;
    }
  /** A file without a model, in canonical layout. */
  | { readonly kind: "part"; readonly text: string }
  | {
      readonly kind: "code";
      readonly code: string;
      readonly severity: Severity;
      readonly title: string;
      /** The page of the code, as Markdown; absent where there is none yet. */
      readonly page?: string;
    };

/** Explains a code of a message, or a spec. */
export async function runExplain(name: string): Promise<Outcome<ExplainResult>> {
  const result = /^mtl\d+$/i.test(name) ? explainCode(name.toUpperCase()) : await explainSpec(name);
  return { result, exitCode: 0 };
}

async function explainSpec(name: string): Promise<ExplainResult> {
  try {
    const { model } = await loadModelSource(name, resolve("."));
    return { kind: "spec", model: model.name, hash: hashModel(model), text: await format(specText(model)) };
  } catch (error) {
    // A part has no defaults to write out: they are those of the specs that import it.
    if (!(error instanceof Failure) || !error.diagnostics.every(({ code }) => code === "MTL7310")) throw error;
    if (!existsSync(name)) throw error;
    return { kind: "part", text: await format(readFileSync(name, "utf8")) };
  }
}

/**
 * What git's textconv is asked for: the spec of a file written out, as `runExplain` does; the text unchanged, under a
 * comment that says so, where that cannot be told. Never fails for what the text says, because git ends when its filter does.
 */
export async function runTextconv(file: string): Promise<string> {
  try {
    const result = await explainSpec(file);
    return result.kind === "code" ? "" : result.text;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const [first] = error.diagnostics;
    const isOfCopy = first?.code === "MTL8014";
    const why = isOfCopy
      ? "imports are other ones in other revisions"
      : `${first?.code ?? ""}: ${first?.message ?? ""}`;
    return `// unchanged: ${why.replaceAll(/[\r\n]+/g, " ")}\n${readFileSync(file).toString("utf8")}`;
  }
}

function explainCode(code: string): ExplainResult {
  if (!isCode(code)) throw createFailure("MTL8024", { code, suggestion: suggest(code, Object.keys(catalogue)) });
  const { severity, title } = catalogue[code];
  const page = readPage(code);
  return { kind: "code", code, severity, title, ...(page === undefined ? {} : { page }) };
}

function isCode(code: string): code is DiagnosticCode {
  return Object.hasOwn(catalogue, code);
}

/** Pages lie in the package, beside the compiled program. */
function readPage(code: string): string | undefined {
  try {
    return readFileSync(new URL(`../../../../docs/diagnostics/${code}.md`, import.meta.url), "utf8");
  } catch {
    return undefined;
  }
}
