/** The protocol: requests to features, documents to the workspace. Everything else of the server knows no connection. */
import {
  createConnection,
  DidChangeWatchedFilesNotification,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
  type Location,
  type Position,
  type ServerCapabilities,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Span } from "../compiler/text/index.js";
import { createAnalysis, type Analysis } from "./analysis/analysis.js";
import { nodeDisk } from "./disk.js";
import { definitionAt } from "./features/definition.js";
import { formattingOf } from "./features/formatting.js";
import { hoverAt } from "./features/hover.js";
import { toOffset, toRange } from "./positions.js";
import { collectDiagnostics } from "./publish.js";
import { pathOfUri, uriOfPath } from "./uri.js";
import { createWorkspace, type Workspace } from "./workspace.js";

const capabilities: ServerCapabilities = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  hoverProvider: true,
  definitionProvider: true,
  documentFormattingProvider: true,
};

/** Milliseconds without a key stroke after which diagnostics are sent. */
const quiet = 120;

/** What the handlers share. */
interface Session {
  readonly connection: Connection;
  readonly workspace: Workspace;
  readonly documents: TextDocuments<TextDocument>;
  /** The editor's own spelling of an open file's URI. */
  readonly uriOf: (path: string) => string;
}

/** Serves an editor over standard input and output until it says `exit`, which ends the process. */
export function startServer(version: string): void {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  const workspace = createWorkspace(nodeDisk);
  const documents = new TextDocuments(TextDocument);
  const uris = new Map<string, string>();
  const session: Session = {
    connection,
    workspace,
    documents,
    uriOf: (path) => uris.get(path) ?? uriOfPath(path),
  };
  let watches = false;
  connection.onInitialize((params): InitializeResult => {
    const folders = params.workspaceFolders ?? [];
    workspace.setFolders(folders.map(({ uri }) => pathOfUri(uri)));
    watches = params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    return { capabilities, serverInfo: { name: "mtlc", version } };
  });
  connection.onInitialized(() => {
    if (watches)
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: "**/*.mtl" }],
      });
  });
  followDocuments(session, uris);
  answerRequests(session);
  documents.listen(connection);
  connection.listen();
}

function followDocuments({ connection, workspace, documents, uriOf }: Session, uris: Map<string, string>): void {
  let timer: NodeJS.Timeout | undefined;
  let sent = new Map<string, string>();
  const publish = (): void => {
    const next = new Map<string, string>();
    for (const [path, diagnostics] of collectDiagnostics(workspace, uriOf)) {
      const uri = uriOf(path);
      const version = documents.get(uri)?.version;
      const key = JSON.stringify(diagnostics);
      next.set(uri, key);
      if (sent.get(uri) !== key)
        void connection.sendDiagnostics({
          uri,
          ...(version === undefined ? {} : { version }),
          diagnostics: [...diagnostics],
        });
    }
    for (const uri of sent.keys()) if (!next.has(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
    sent = next;
  };
  const schedule = (delay: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => guard(connection, "diagnostics", undefined, publish), delay);
  };
  documents.onDidOpen(({ document }) => {
    const path = pathOfUri(document.uri);
    uris.set(path, document.uri);
    workspace.open(path, document.getText());
    schedule(0);
  });
  documents.onDidChangeContent(({ document }) => {
    workspace.open(pathOfUri(document.uri), document.getText());
    schedule(quiet);
  });
  documents.onDidClose(({ document }) => {
    const path = pathOfUri(document.uri);
    uris.delete(path);
    workspace.close(path);
    schedule(0);
  });
  connection.onDidChangeWatchedFiles(() => {
    workspace.noteChangedFiles();
    schedule(quiet);
  });
}

function answerRequests({ connection, workspace, uriOf }: Session): void {
  const analysisOf = (uri: string): Analysis | undefined => {
    const path = pathOfUri(uri);
    const [root = path] = workspace.rootsOf(path);
    return createAnalysis(path, workspace.compilation(root));
  };
  const locate = (analysis: Analysis, span: Span): Location | undefined => {
    const source = analysis.compilation.sources.get(span.file);
    return source === undefined ? undefined : { uri: uriOf(span.file), range: toRange(source, span) };
  };
  /** An answer about a place of a document. */
  const at =
    <R>(name: string, answer: (analysis: Analysis, offset: number) => R | undefined) =>
    (params: { readonly textDocument: { readonly uri: string }; readonly position: Position }): R | null =>
      guard(connection, name, null, () => {
        const analysis = analysisOf(params.textDocument.uri);
        return analysis === undefined ? null : (answer(analysis, toOffset(analysis.source, params.position)) ?? null);
      });

  connection.onHover(at("hover", hoverAt));
  connection.onDefinition(
    at("definition", (analysis, offset) => {
      const span = definitionAt(analysis, offset);
      return span === undefined ? undefined : locate(analysis, span);
    }),
  );
  connection.onDocumentFormatting(async ({ textDocument }) => {
    const file = workspace.file(pathOfUri(textDocument.uri));
    try {
      return file === undefined ? null : [...(await formattingOf(file.source))];
    } catch (error) {
      return noteFault(connection, "formatting", error, null);
    }
  });
}

/** A fault of ours in one answer leaves the server running: the editor's log says it, the answer is empty. */
function guard<R>(connection: Connection, name: string, otherwise: R, answer: () => R): R {
  try {
    return answer();
  } catch (error) {
    return noteFault(connection, name, error, otherwise);
  }
}

function noteFault<R>(connection: Connection, name: string, error: unknown, otherwise: R): R {
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  connection.console.error(`${name}: a fault of mtlc itself, please report it: ${problem}`);
  return otherwise;
}
