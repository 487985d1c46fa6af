/**
 * The extension on the desktop and in remote windows, where there is Node. Everything that knows the language is the
 * server's, so that other editors have it as well.
 */
import { isAbsolute, join } from "node:path";
import { workspace, type ExtensionContext } from "vscode";
import { LanguageClient, TransportKind, type ServerOptions } from "vscode-languageclient/node";
import { startSession, type Session } from "./session.js";
import { registerTasks } from "./tasks.js";

let session: Session | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    registerTasks(),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("mtl.server.path")) void session?.restart();
    }),
  );
  session = await startSession(
    context,
    (options) => new LanguageClient("mtl", "mtl", serverOptions(context), options),
    "Is `mtl.server.path` right?",
  );
}

export async function deactivate(): Promise<void> {
  await session?.client()?.dispose();
}

/** The server of the extension, run by the editor's own Node, or the command that the settings name. */
function serverOptions(context: ExtensionContext): ServerOptions {
  const path = workspace.getConfiguration("mtl").get<string>("server.path", "").trim();
  const bundled = { module: context.asAbsolutePath(join("dist", "server.cjs")), transport: TransportKind.stdio };
  if (path === "") return { run: bundled, debug: bundled };
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  // A bare name is looked up in PATH; anything with a slash is a path.
  const command = folder === undefined || isAbsolute(path) || !/[\\/]/.test(path) ? path : join(folder, path);
  const own = { command, args: ["lsp", "--stdio"], options: { shell: process.platform === "win32" } };
  return { run: own, debug: own };
}
