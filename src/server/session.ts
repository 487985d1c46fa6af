/** What the parts of a running server share. */
import type { Connection, TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { createAnalysis, type Analysis } from "./analysis/analysis.js";
import type { TestRuns } from "./test-runs.js";
import type { Workspace } from "./workspace.js";

export interface Session {
  readonly connection: Connection;
  readonly workspace: Workspace;
  readonly documents: TextDocuments<TextDocument>;
  readonly tests: TestRuns;
  /** The editor's own spelling of an open file's URI. */
  readonly uriOf: (path: string) => string;
  readonly pathOf: (uri: string) => string;
  /** What the editor said it can do; known once it has said so. */
  readonly client: ClientAbilities;
}

export interface ClientAbilities {
  readonly snippets: boolean;
  readonly watches: boolean;
  readonly refreshesLenses: boolean;
}

/** A file in the spec that it is or is a part of. */
export function analysisOf({ workspace, pathOf }: Session, uri: string): Analysis | undefined {
  const path = pathOf(uri);
  const [root = path] = workspace.rootsOf(path);
  return createAnalysis(path, workspace.compilation(root));
}

/** What the editor refuses, or is no longer there to read, ends nothing: a rejection that nobody takes would end the process. */
export function sendQuietly(sent: Promise<unknown>): void {
  sent.catch(() => undefined);
}

/** A bug in one answer leaves the server running: the editor's log says it, the answer is empty. */
export function guard<R>(session: Session, name: string, otherwise: R, answer: () => R): R {
  try {
    return answer();
  } catch (error) {
    return noteFault(session, name, error, otherwise);
  }
}

export function noteFault<R>({ connection }: Session, name: string, error: unknown, otherwise: R): R {
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  connection.console.error(`${name}: a fault of mtlc itself, please report it: ${problem}`);
  return otherwise;
}
