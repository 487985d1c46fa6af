import { CodeActionKind, type CodeAction, type Diagnostic as LspDiagnostic } from "vscode-languageserver";
import {
  definitionOf,
  fixSafely,
  type Checked,
  type Diagnostic,
  type TextEdit,
} from "../../compiler/diagnostics/index.js";
import { compileSpec } from "../../compiler/compile.js";
import { positionAt, type SourceFile, type Span } from "../../compiler/text/index.js";
import { rootOf, typeOf, type Analysis } from "../analysis/analysis.js";
import { withoutOverride } from "../analysis/names.js";
import { shortType } from "../language/show.js";
import { changeBetween } from "./formatting.js";
import { toRange } from "../positions.js";

/** An action before its places are the editor's. */
export interface Action {
  readonly title: string;
  readonly kind: string;
  readonly edits: readonly TextEdit[];
  /** What it is about. */
  readonly diagnostic?: Diagnostic;
  /** The one that an editor may take without asking which. */
  readonly isPreferred?: boolean;
}

/**
 * Fixes of what is wrong in a range, comments that suppress its warnings, all safe fixes of the file at once, and what a
 * range can be turned into.
 */
export function actionsAt(analysis: Analysis, range: Pick<Span, "start" | "end">): readonly Action[] {
  const { compilation, path } = analysis;
  const own = compilation.diagnostics.filter(({ span }) => span.file === path);
  const fixes = own
    .filter(({ span }) => touches(span, range))
    .flatMap((diagnostic): readonly Action[] => [
      ...diagnostic.fixes.map((fix) => ({
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        edits: fix.edits,
        diagnostic,
        isPreferred: diagnostic.fixes.length === 1,
      })),
      ...suppression(analysis, diagnostic).map((action) => ({ ...action, diagnostic })),
    ]);
  return [...fixes, ...allSafeFixes(analysis), ...stateType(analysis, range)];
}

/** What `mtlc check --fix` would make of the file, other files left as they are. */
function allSafeFixes({ compilation, path, source }: Analysis): readonly Action[] {
  const root = rootOf(compilation) ?? path;
  const check = (texts: ReadonlyMap<string, string>): Checked =>
    compileSpec(root, { readFile: (file) => texts.get(file) ?? compilation.sources.get(file)?.text });
  const fixed = fixSafely<Checked>(compilation, check, (file) => file === path).changed.get(path);
  if (fixed === undefined) return [];
  return [{ title: "apply all safe fixes", kind: CodeActionKind.SourceFixAll, edits: [replacement(source, fixed)] }];
}

/** The lines between the first and the last that differ. */
function replacement(source: SourceFile, after: string): TextEdit {
  const { start, end, newText } = changeBetween(source.text, after);
  return { span: { file: source.path, start, end }, newText };
}

function touches(span: Span, range: Pick<Span, "start" | "end">): boolean {
  return span.start <= range.end && range.start <= span.end;
}

/** What comments that suppress warnings have wrong is not suppressed itself. */
const ofSuppressions: ReadonlySet<string> = new Set(["MTL6009", "MTL6010", "MTL6011"]);

/** `// mtlc-ignore unused-feature: …` above the line of a warning; the reason is the author's to give. */
function suppression({ source }: Analysis, { code, severity, span }: Diagnostic): readonly Action[] {
  if (severity === "error" || ofSuppressions.has(code)) return [];
  const { slug } = definitionOf(code);
  const { line } = positionAt(source, span.start);
  const start = source.lineStarts[line - 1] ?? 0;
  const indentation = /^[ \t]*/.exec(source.text.slice(start))?.[0] ?? "";
  return [
    {
      title: `ignore ${slug} here`,
      kind: CodeActionKind.QuickFix,
      edits: [
        {
          span: { file: span.file, start, end: start },
          newText: `${indentation}// mtlc-ignore ${slug}: TODO say why\n`,
        },
      ],
    },
  ];
}

/** `chain ctcvr = ctr * cvr` → `chain ctcvr: P(buy) = ctr * cvr`. */
function stateType(analysis: Analysis, range: Pick<Span, "start" | "end">): readonly Action[] {
  return analysis.spec.declarations.flatMap((declaration) => {
    const node = withoutOverride(declaration);
    if (node.kind !== "Chain" || node.type !== undefined || !touches(node.span, range)) return [];
    const type = typeOf(analysis, node);
    if (type?.kind !== "head") return [];
    const { file, end } = node.name.span;
    const text = shortType(type, analysis);
    return [
      {
        title: `state that \`${node.name.text}\` is ${text}`,
        kind: CodeActionKind.RefactorRewrite,
        edits: [{ span: { file, start: end, end }, newText: `: ${text}` }],
      },
    ];
  });
}

/** Actions in the protocol's form, only those of the wanted kinds. */
export function toCodeActions(
  analysis: Analysis,
  actions: readonly Action[],
  context: { readonly diagnostics: readonly LspDiagnostic[]; readonly only?: readonly string[] },
  uriOf: (path: string) => string,
): CodeAction[] {
  const { only } = context;
  return actions
    .filter(({ kind }) => only === undefined || only.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`)))
    .map(({ title, kind, edits, diagnostic, isPreferred }) => {
      const shown = context.diagnostics.filter(
        ({ code }) => diagnostic !== undefined && code === definitionOf(diagnostic.code).slug,
      );
      return {
        title,
        kind,
        edit: { changes: changesOf(analysis.compilation.sources, edits, uriOf) },
        ...(shown.length === 0 ? {} : { diagnostics: shown }),
        ...(isPreferred === true ? { isPreferred } : {}),
      };
    });
}

/** Edits by file, in the protocol's form; files that were not read are left out. */
export function changesOf(
  sources: ReadonlyMap<string, SourceFile>,
  edits: readonly TextEdit[],
  uriOf: (path: string) => string,
): NonNullable<NonNullable<CodeAction["edit"]>["changes"]> {
  const changes: NonNullable<NonNullable<CodeAction["edit"]>["changes"]> = {};
  for (const { span, newText } of edits) {
    const source = sources.get(span.file);
    if (source !== undefined) (changes[uriOf(span.file)] ??= []).push({ range: toRange(source, span), newText });
  }
  return changes;
}
