/** The life of a server: start, documents, diagnostics, end. */
import { omitUndefined } from "../compiler/text/index.js";
import {
  CodeLensRefreshRequest,
  DidChangeWatchedFilesNotification,
  TextDocuments,
  type InitializeResult,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { answerExtraRequests } from "./extra-requests.js";
import type { Platform } from "./platform.js";
import { collectDiagnostics } from "./publish.js";
import { answerRequests, capabilities } from "./requests.js";
import { analysisOf, guard, sendQuietly, type ClientAbilities, type Session } from "./session.js";
import { createTestRuns } from "./test-runs.js";
import { createWorkspace } from "./workspace.js";

/** Milliseconds without a key stroke after which diagnostics are sent. */
const quiet = 120;

/** Serves an editor over a platform's connection until it says `exit`. */
export function serve(platform: Platform, version: string): void {
  const { connection, std, pathOfUri, uriOfPath } = platform;
  const documents = new TextDocuments(TextDocument);
  const uris = new Map<string, string>();
  const client: { -readonly [K in keyof ClientAbilities]: boolean } = {
    snippets: false,
    watches: false,
    refreshesLenses: false,
  };
  const session: Session = {
    connection,
    workspace: createWorkspace(platform.disk),
    documents,
    tests: createTestRuns(),
    uriOf: (path) => uris.get(path) ?? uriOfPath(std.toEditor(path)),
    pathOf: (uri) => std.fromEditor(pathOfUri(uri)),
    client,
  };
  connection.onInitialize((params): InitializeResult => {
    const { workspace, textDocument } = params.capabilities;
    const folders = (params.workspaceFolders ?? []).map(({ uri }) => uri);
    session.workspace.setFolders(folders.map(pathOfUri));
    client.watches = workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    client.snippets = textDocument?.completion?.completionItem?.snippetSupport === true;
    client.refreshesLenses = workspace?.codeLens?.refreshSupport === true;
    return { capabilities, serverInfo: { name: "mtlc", version } };
  });
  connection.onInitialized(() => {
    if (!client.watches) return;
    const watchers = [{ globPattern: "**/*.mtl" }, { globPattern: "**/mtlc.json" }];
    connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(() => {
      // An editor that refuses is one that does not watch files.
      client.watches = false;
    });
  });
  const showResults = (): void => {
    // An editor that refuses has the lenses of its next question.
    if (client.refreshesLenses) sendQuietly(connection.sendRequest(CodeLensRefreshRequest.type));
  };
  const schedule = createPublisher(session, platform, showResults);
  followDocuments(session, uris, platform, schedule);
  answerRequests(session);
  answerExtraRequests(session, () => {
    showResults();
    schedule(0);
  });
  documents.listen(connection);
  connection.listen();
}

/** What sends diagnostics after so many milliseconds; the last call counts. */
function createPublisher(
  session: Session,
  { disk, pageOf }: Platform,
  showResults: () => void,
): (delay: number) => void {
  const { connection, workspace, documents, uriOf, tests } = session;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What the editor was told of each file, as text. */
  let sent = new Map<string, string>();
  const publish = (): void => {
    if (refreshTests(session)) showResults();
    const next = new Map<string, string>();
    const collected = collectDiagnostics(workspace, tests, uriOf, pageOf);
    const arrival = disk.arrival?.();
    if (arrival !== undefined) {
      // What is not here yet would be reported as missing.
      void arrival.then(() =>
        guard(session, "files", undefined, () => {
          workspace.noteChangedFiles();
          schedule(0);
        }),
      );
      return;
    }
    for (const [path, diagnostics] of collected) {
      const uri = uriOf(path);
      const version = documents.get(uri)?.version;
      const key = JSON.stringify(diagnostics);
      next.set(uri, key);
      if (sent.get(uri) !== key)
        sendQuietly(connection.sendDiagnostics({ uri, ...omitUndefined({ version }), diagnostics: [...diagnostics] }));
    }
    for (const uri of sent.keys())
      if (!next.has(uri)) sendQuietly(connection.sendDiagnostics({ uri, diagnostics: [] }));
    sent = next;
  };
  const schedule = (delay: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => guard(session, "diagnostics", undefined, publish), delay);
  };
  return schedule;
}

/** Tests that were run before follow their specs. Says whether any ran. */
function refreshTests(session: Session): boolean {
  return session.documents
    .all()
    .filter(({ uri }) => session.tests.of(session.pathOf(uri)).size > 0)
    .map(({ uri }) => analysisOf(session, uri))
    .map((analysis) => analysis !== undefined && session.tests.refresh(analysis))
    .some(Boolean);
}

function followDocuments(
  { connection, workspace, documents, pathOf, tests, client }: Session,
  uris: Map<string, string>,
  { disk }: Platform,
  schedule: (delay: number) => void,
): void {
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
    tests.forget(path);
    schedule(0);
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    disk.noteChanges?.(changes.map(({ uri }) => pathOf(uri)));
    workspace.noteChangedFiles();
    schedule(quiet);
  });
}
