/** Requests of the protocol to features: each handler turns positions into offsets, asks, and turns places back. */
import {
  CodeActionKind,
  DocumentHighlightKind,
  ErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  type Location,
  type Position,
  type Range,
  type ServerCapabilities,
} from "vscode-languageserver";
import type { Compilation } from "../compiler/compile.js";
import { declaredBy } from "../compiler/semantics/index.js";
import { rebasePath, resolvePath, type Span } from "../compiler/text/index.js";
import type { Analysis } from "./analysis/analysis.js";
import { withoutOverride } from "./analysis/names.js";
import type { NamedThing } from "./analysis/thing.js";
import { actionsAt, changesOf, toCodeActions } from "./features/code-actions.js";
import { completionAt } from "./features/completion.js";
import { definitionAt } from "./features/definition.js";
import { foldingOf } from "./features/folding.js";
import { formattingOf } from "./features/formatting.js";
import { hoverAt } from "./features/hover.js";
import { inlayHintsOf } from "./features/inlay-hints.js";
import { linksOf } from "./features/links.js";
import { outlineOf } from "./features/outline.js";
import { occurrencesOf, referencesOf, thingAt } from "./features/references.js";
import { renamableAt, renameThing } from "./features/rename.js";
import { selectionAt } from "./features/selection.js";
import { semanticLegend, semanticTokensOf } from "./features/semantic-tokens.js";
import { signatureHelpAt } from "./features/signature-help.js";
import { workspaceSymbols } from "./features/workspace-symbols.js";
import { toOffset, toRange } from "./positions.js";
import { runTestsCommand } from "./protocol.js";
import { analysisOf, guard, noteFault, type Session } from "./session.js";

/** What the server can do. */
export const capabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  completionProvider: { triggerCharacters: [" ", "(", "[", "{", ":", "=", ",", "|", ".", '"', "/", "*"] },
  signatureHelpProvider: { triggerCharacters: ["(", ","], retriggerCharacters: [":"] },
  codeActionProvider: {
    codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll, CodeActionKind.RefactorRewrite],
  },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  documentLinkProvider: {},
  inlayHintProvider: true,
  semanticTokensProvider: { legend: semanticLegend, full: true, range: true },
  documentFormattingProvider: true,
  codeLensProvider: {},
  executeCommandProvider: { commands: [runTestsCommand] },
  workspace: { workspaceFolders: { supported: true } },
};

interface TextDocumentParams {
  readonly textDocument: { readonly uri: string };
}

export function answerRequests(session: Session): void {
  const ask = createAsk(session);
  answerAboutNames(session, ask);
  answerAtCursor(session, ask);
  answerAboutDocument(session, ask);
  answerAboutLayout(session, ask);
}

/** An answer about a document, and about an offset in one; null where the document is not a spec, or the answer fails. */
interface Ask {
  readonly of: <P extends TextDocumentParams, R>(
    name: string,
    answer: (analysis: Analysis, params: P) => R | undefined,
  ) => (params: P) => R | null;
  readonly at: <P extends PositionParams, R>(
    name: string,
    answer: (analysis: Analysis, offset: number, params: P) => R | undefined,
  ) => (params: P) => R | null;
}

type PositionParams = TextDocumentParams & { readonly position: Position };

function createAsk(session: Session): Ask {
  const of: Ask["of"] = (name, answer) => (params) =>
    guard(session, name, null, () => {
      const analysis = analysisOf(session, params.textDocument.uri);
      return analysis === undefined ? null : (answer(analysis, params) ?? null);
    });
  return {
    of,
    at: (name, answer) =>
      of(name, (analysis, params) => answer(analysis, toOffset(analysis.source, params.position), params)),
  };
}

/** Definitions, uses and new names. */
function answerAboutNames(session: Session, { at }: Ask): void {
  const { connection, workspace, uriOf } = session;
  /** Every spec in which a thing may be named. */
  const compilationsWith = (thing: NamedThing, own: Compilation): readonly Compilation[] => {
    const files = new Set([thing.id.replace(/:\d+:\d+$/, ""), thing.at.file]);
    const roots = new Set([...files].flatMap(workspace.dependents));
    return [own, ...[...roots].map(workspace.compilation).filter((compilation) => compilation !== own)];
  };
  const locate = (compilations: readonly Compilation[], span: Span): Location | undefined => {
    const source = compilations.map(({ sources }) => sources.get(span.file)).find((found) => found !== undefined);
    return source === undefined ? undefined : { uri: uriOf(span.file), range: toRange(source, span) };
  };
  connection.onDefinition(
    at("definition", (analysis, offset) => {
      const span = definitionAt(analysis, offset);
      return span === undefined ? undefined : locate([analysis.compilation], span);
    }),
  );
  connection.onReferences(
    at(
      "references",
      (
        { compilation, path },
        offset,
        params: { context: { includeDeclaration: boolean } } & TextDocumentParams & { position: Position },
      ) => {
        const thing = thingAt(compilation, path, offset);
        if (thing === undefined) return undefined;
        const compilations = compilationsWith(thing, compilation);
        return referencesOf(thing.id, compilations, params.context.includeDeclaration).flatMap(
          (span) => locate(compilations, span) ?? [],
        );
      },
    ),
  );
  connection.onDocumentHighlight(
    at("highlight", ({ compilation, path, source }, offset) => {
      const thing = thingAt(compilation, path, offset);
      return thing === undefined
        ? undefined
        : occurrencesOf(thing.id, [compilation])
            .filter(({ span }) => span.file === path)
            .map(({ span, isDeclaration }) => ({
              range: toRange(source, span),
              kind: isDeclaration ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
            }));
    }),
  );
  connection.onPrepareRename(
    at("rename", ({ compilation, path, source }, offset) => {
      const occurrence = renamableAt(compilation, path, offset);
      return occurrence === undefined
        ? undefined
        : { range: toRange(source, occurrence.span), placeholder: occurrence.thing.name };
    }),
  );
  connection.onRenameRequest((params) => {
    const analysis = analysisOf(session, params.textDocument.uri);
    if (analysis === undefined) return null;
    const thing = thingAt(analysis.compilation, analysis.path, toOffset(analysis.source, params.position));
    if (thing === undefined) return null;
    const compilations = compilationsWith(thing, analysis.compilation);
    const renamed = renameThing(thing, params.newName, compilations, workspace.parseInstead);
    if (renamed.kind === "refused") return new ResponseError(ErrorCodes.InvalidParams, renamed.why);
    const sources = new Map(compilations.flatMap((compilation) => [...compilation.sources]));
    return { changes: changesOf(sources, renamed.edits, uriOf) };
  });
}

/** What may be put in at the cursor, and what is there. */
function answerAtCursor({ connection, workspace, client }: Session, { of, at }: Ask): void {
  connection.onHover(at("hover", hoverAt));
  connection.onCompletion(
    at("completion", (analysis, offset) =>
      completionAt(analysis, offset, {
        snippets: client.snippets,
        files: () =>
          workspace
            .specs()
            .filter((path) => path !== analysis.path)
            .map((path) => asWritten(path, analysis.path)),
        exportsOf: (written) =>
          (workspace.file(resolvePath(analysis.path, written))?.spec.declarations ?? []).flatMap((node) =>
            declaredBy(withoutOverride(node)),
          ),
      }),
    ),
  );
  connection.onSignatureHelp(at("signature", signatureHelpAt));
  connection.onSelectionRanges(
    of("selection", (analysis, { positions }: TextDocumentParams & { positions: readonly Position[] }) =>
      positions.map((position) => selectionAt(analysis, toOffset(analysis.source, position))),
    ),
  );
}

/** Actions, outlines and names of a whole document or workspace. */
function answerAboutDocument(session: Session, { of }: Ask): void {
  const { connection, workspace, uriOf } = session;
  connection.onCodeAction(
    of(
      "actions",
      (
        analysis,
        { range, context }: TextDocumentParams & { range: Range; context: Parameters<typeof toCodeActions>[2] },
      ) => toCodeActions(analysis, actionsAt(analysis, offsetsOf(analysis, range)), context, uriOf),
    ),
  );
  connection.onDocumentSymbol(of("outline", outlineOf));
  connection.onWorkspaceSymbol(({ query }) =>
    guard(session, "symbols", null, () => [
      ...workspaceSymbols(
        workspace.specs().flatMap((path) => workspace.file(path) ?? []),
        query,
        uriOf,
      ),
    ]),
  );
}

/** How a document is laid out, coloured and annotated. */
function answerAboutLayout(session: Session, { of }: Ask): void {
  const { connection, workspace, uriOf, pathOf } = session;
  connection.onFoldingRanges(({ textDocument }) =>
    guard(session, "folding", null, () => {
      const file = workspace.file(pathOf(textDocument.uri));
      return file === undefined ? null : foldingOf(file);
    }),
  );
  connection.onDocumentLinks(of("links", (analysis) => linksOf(analysis, uriOf)));
  connection.languages.inlayHint.on(
    of("hints", (analysis, { range }: TextDocumentParams & { range: Range }) =>
      inlayHintsOf(analysis, offsetsOf(analysis, range)),
    ),
  );
  connection.languages.semanticTokens.on(
    (params) => of("tokens", (analysis) => semanticTokensOf(analysis))(params) ?? { data: [] },
  );
  connection.languages.semanticTokens.onRange(
    (params) =>
      of("tokens", (analysis, { range }: TextDocumentParams & { range: Range }) =>
        semanticTokensOf(analysis, offsetsOf(analysis, range)),
      )(params) ?? { data: [] },
  );
  connection.onDocumentFormatting(async ({ textDocument }) => {
    const path = pathOf(textDocument.uri);
    const file = workspace.file(path);
    try {
      if (file === undefined) return null;
      const { projects, formattingMemory } = workspace;
      return [...(await formattingOf(file, { width: projects.width(path), memory: formattingMemory(path) }))];
    } catch (error) {
      return noteFault(session, "formatting", error, null);
    }
  });
}

function offsetsOf({ source }: Analysis, { start, end }: Range): Pick<Span, "start" | "end"> {
  return { start: toOffset(source, start), end: toOffset(source, end) };
}

/** A path as a spec writes it: relative, with `./` in its own folder. */
function asWritten(path: string, from: string): string {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const relative = rebasePath(path.slice(folder.length), path, from);
  return /^(?:\.\.?\/|\/|[A-Za-z]:)/.test(relative) ? relative : `./${relative}`;
}
