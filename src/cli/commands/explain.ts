import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { specText } from "../../compiler/describe/index.js";
import { catalogue, type DiagnosticCode, type Severity } from "../../compiler/diagnostics/index.js";
import { format } from "../../compiler/format/index.js";
import { hashModel } from "../../compiler/model/index.js";
import { suggest } from "../../compiler/text/index.js";
import { createFailure } from "../../runtime/failure.js";
import { loadModelSource } from "../../runtime/model-source.js";
import type { Outcome } from "../command.js";

export type ExplainResult =
  | {
      readonly kind: "spec";
      readonly model: string;
      readonly hash: string;
      /** The spec with every default written out, in canonical layout. */
      readonly text: string;
    }
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
  const { model } = await loadModelSource(name, resolve("."));
  return { kind: "spec", model: model.name, hash: hashModel(model), text: await format(specText(model)) };
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
    return readFileSync(new URL(`../../../docs/diagnostics/${code}.md`, import.meta.url), "utf8");
  } catch {
    return undefined;
  }
}
