/** The life of a server: start, documents, diagnostics, end. */
import {
  createConnection,
  DidChangeWatchedFilesNotification,
  ProposedFeatures,
  TextDocuments,
  type Connection,
  type InitializeResult,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { nodeDisk } from "./disk.js";
import { collectDiagnostics } from "./publish.js";
import { answerRequests, capabilities } from "./requests.js";
import { guard, type Session } from "./session.js";
import { createPages } from "./pages.js";
import { createStdFiles } from "./std-files.js";
import { pathOfUri, uriOfPath } from "./uri.js";
import { createWorkspace } from "./workspace.js";

/** Milliseconds without a key stroke after which diagnostics are sent. */
const quiet = 120;

/** Serves an editor over standard input and output until it says `exit`, which ends the process. */
export function startServer(version: string): void {
  const connection: Connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  const documents = new TextDocuments(TextDocument);
  const uris = new Map<string, string>();
  const std = createStdFiles();
  const client = { snippets: false, watches: false };
  const session: Session = {
    connection,
    workspace: createWorkspace(nodeDisk),
    documents,
    uriOf: (path) => uris.get(path) ?? uriOfPath(std.onDisk(path)),
    pathOf: (uri) => std.fromDisk(pathOfUri(uri)),
    client,
  };
  connection.onInitialize((params): InitializeResult => {
    const { workspace, textDocument } = params.capabilities;
    const folders = (params.workspaceFolders ?? []).map(({ uri }) => uri);
    session.workspace.setFolders(folders.map(pathOfUri));
    client.watches = workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    client.snippets = textDocument?.completion?.completionItem?.snippetSupport === true;
    return { capabilities, serverInfo: { name: "mtlc", version } };
  });
  connection.onInitialized(() => {
    if (client.watches)
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: "**/*.mtl" }],
      });
  });
  followDocuments(session, uris, createPages());
  answerRequests(session);
  documents.listen(connection);
  connection.listen();
}

function followDocuments(
  session: Session,
  uris: Map<string, string>,
  pageOf: (code: string) => string | undefined,
): void {
  const { connection, workspace, documents, uriOf, pathOf, client } = session;
  let timer: NodeJS.Timeout | undefined;
  /** What the editor was told of each file, as text. */
  let sent = new Map<string, string>();
  const publish = (): void => {
    const next = new Map<string, string>();
    for (const [path, diagnostics] of collectDiagnostics(workspace, uriOf, pageOf)) {
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
    timer = setTimeout(() => guard(session, "diagnostics", undefined, publish), delay);
  };
  /** An editor that does not watch files tells of none: they are looked for again now and then. */
  const lookAgain = (): void => {
    if (!client.watches) workspace.noteChangedFiles();
  };
  documents.onDidSave(() => {
    lookAgain();
    schedule(0);
  });
  documents.onDidOpen(({ document }) => {
    lookAgain();
    const path = pathOf(document.uri);
    uris.set(path, document.uri);
    workspace.open(path, document.getText());
    schedule(0);
  });
  documents.onDidChangeContent(({ document }) => {
    workspace.open(pathOf(document.uri), document.getText());
    schedule(quiet);
  });
  documents.onDidClose(({ document }) => {
    const path = pathOf(document.uri);
    uris.delete(path);
    workspace.close(path);
    schedule(0);
  });
  connection.onDidChangeWatchedFiles(() => {
    workspace.noteChangedFiles();
    schedule(quiet);
  });
}
