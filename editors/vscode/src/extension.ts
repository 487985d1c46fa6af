/**
 * The VS Code side: starts the language server and hands it `.mtl` files. Everything that knows the language is the
 * server's, so that other editors have it as well.
 */
import { isAbsolute, join } from "node:path";
import { commands, window, workspace, type ExtensionContext } from "vscode";
import { LanguageClient, TransportKind, type ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const restart = async (): Promise<void> => {
    await client?.dispose();
    client = new LanguageClient("mtl", "mtl", serverOptions(context), {
      documentSelector: [{ language: "mtl" }],
    });
    try {
      await client.start();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      void window.showErrorMessage(`The mtl language server did not start: ${problem}. Is \`mtl.server.path\` right?`);
    }
  };
  context.subscriptions.push(
    commands.registerCommand("mtl.restart", restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("mtl.server.path")) void restart();
    }),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
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
