import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from "vscode-languageserver/node";
import type { Diagnostic, PublishDiagnosticsParams } from "vscode-languageserver";

const root = resolve(import.meta.dirname, "../..");

/** Makes `dist` current: the server runs as it is installed. */
export function buildServer(): void {
  const { status } = spawnSync(process.execPath, [join(root, "scripts", "build.mjs")], { stdio: "inherit" });
  if (status !== 0) throw new Error("the sources do not compile");
}

/** An editor's side of a real server process. */
export interface Client {
  readonly connection: MessageConnection;
  readonly process: ChildProcess;
  readonly request: <R>(method: string, params: unknown) => Promise<R>;
  readonly open: (uri: string, text: string) => Promise<void>;
  readonly change: (uri: string, text: string) => Promise<void>;
  /** The next diagnostics of a file that fit. */
  readonly diagnostics: (
    uri: string,
    fits: (diagnostics: readonly Diagnostic[]) => boolean,
  ) => Promise<readonly Diagnostic[]>;
  /** `shutdown` and `exit`; the process' exit code. */
  readonly stop: () => Promise<number | null>;
}

/** `program` is what Node runs as the server, `mtlc lsp` unless given; an editor that `refuses` denies what the server asks of it. */
export async function startClient(
  folder: string,
  program: readonly string[] = [join(root, "bin", "mtlc.js"), "lsp"],
  { refuses = false } = {},
): Promise<Client> {
  const server = spawn(process.execPath, [...program, "--stdio"], {
    cwd: folder,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const latest = new Map<string, readonly Diagnostic[]>();
  const waiting = new Set<() => void>();
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) => {
    latest.set(uri, diagnostics);
    for (const check of waiting) check();
  });
  connection.onRequest("client/registerCapability", () =>
    refuses ? new ResponseError(ErrorCodes.InvalidRequest, "this editor does not register") : null,
  );
  connection.listen();
  let version = 1;
  const request = <R>(method: string, params: unknown): Promise<R> => connection.sendRequest(method, params);
  await request("initialize", {
    processId: process.pid,
    rootUri: `file://${folder}`,
    workspaceFolders: [{ uri: `file://${folder}`, name: "specs" }],
    capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
  });
  await connection.sendNotification("initialized", {});
  return {
    connection,
    process: server,
    request,
    open: (uri, text) =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "mtl", version: version++, text },
      }),
    change: (uri, text) =>
      connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version: version++ },
        contentChanges: [{ text }],
      }),
    diagnostics: (uri, fits) =>
      new Promise((done, fail) => {
        const timer = setTimeout(
          () => fail(new Error(`no such diagnostics of ${uri}: ${JSON.stringify(latest.get(uri))}`)),
          10_000,
        );
        const check = (): void => {
          const found = latest.get(uri);
          if (found === undefined || !fits(found)) return;
          clearTimeout(timer);
          waiting.delete(check);
          done(found);
        };
        waiting.add(check);
        check();
      }),
    stop: async () => {
      const exited = once(server, "exit") as Promise<[number | null]>;
      await request("shutdown", undefined);
      await connection.sendNotification("exit");
      const [code] = await exited;
      connection.dispose();
      return code;
    },
  };
}
