import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { specText } from "../../../compiler/describe/index.js";
import {
  catalogue,
  codeNames,
  findCode,
  type DiagnosticCode,
  type Severity,
} from "../../../compiler/diagnostics/index.js";
import { format } from "../../../compiler/format/index.js";
import { hashModel } from "../../../compiler/model/index.js";
import { omitUndefined, suggest } from "../../../compiler/text/index.js";
import { packageRoot } from "../../../package-root.js";
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
      /** The code's name, such as `gate-width`. */
      readonly slug: string;
      readonly severity: Severity;
      readonly title: string;
      /** The page of the code, as Markdown; absent where there is none yet. */
      readonly page?: string;
    };

/** Explains a diagnostic, by its code or its slug, or a spec. */
export async function runExplain(name: string): Promise<Outcome<ExplainResult>> {
  const code = existsSync(name) ? undefined : findCode(name);
  if (code !== undefined) return { result: explainCode(code), exitCode: 0 };
  if (looksLikeCode(name)) throw createFailure("MTL8024", { code: name, suggestion: suggest(name, codeNames()) });
  return { result: await explainSpec(name), exitCode: 0 };
}

/** Whether a word that is neither a file nor a diagnostic was meant as one: specs and artifacts have a dot, a `/` or a `:`. */
function looksLikeCode(name: string): boolean {
  return !existsSync(name) && (/^mtl\d+$/i.test(name) || /^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(name));
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

function explainCode(code: DiagnosticCode): ExplainResult {
  const { slug, severity, title } = catalogue[code];
  const page = readPage(code);
  return { kind: "code", code, slug, severity, title, ...omitUndefined({ page }) };
}

/** Pages lie in the package, beside the compiled program. */
function readPage(code: string): string | undefined {
  try {
    return readFileSync(join(packageRoot, "docs", "diagnostics", `${code}.md`), "utf8");
  } catch {
    return undefined;
  }
}
