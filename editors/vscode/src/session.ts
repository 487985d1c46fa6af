/** The life of the language client, in a window of the desktop and of a browser alike. */
import { commands, window, type ExtensionContext } from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import { registerDrawing } from "./drawing.js";
import { registerNewSpec } from "./new-spec.js";

/** Makes a client that has not started. */
export type CreateClient = (options: LanguageClientOptions) => BaseLanguageClient;

export interface Session {
  /** Undefined before the first start and after a start that failed. */
  readonly client: () => BaseLanguageClient | undefined;
  readonly restart: () => Promise<void>;
}

/** Starts the server and all that does not depend on where it runs. `advice` is what to do when it does not start. */
export async function startSession(
  context: ExtensionContext,
  createClient: CreateClient,
  advice: string,
): Promise<Session> {
  let client: BaseLanguageClient | undefined;
  const restart = async (): Promise<void> => {
    await client?.dispose();
    const next = createClient({ documentSelector: [{ language: "mtl" }] });
    client = next;
    try {
      await next.start();
    } catch (error) {
      client = undefined;
      const problem = error instanceof Error ? error.message : String(error);
      void window.showErrorMessage(`The mtl language server did not start: ${problem}. ${advice}`);
    }
  };
  const session: Session = { client: () => client, restart };
  context.subscriptions.push(
    commands.registerCommand("mtl.restart", restart),
    commands.registerCommand("mtl.testFile", () => runTestsOfEditor(session)),
    { dispose: () => void client?.dispose() },
    registerNewSpec(),
    registerDrawing(context, session),
  );
  await restart();
  return session;
}

async function runTestsOfEditor({ client }: Session): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== "mtl" || client() === undefined) {
    void window.showInformationMessage("Open a spec with `test` blocks first.");
    return;
  }
  // The server's own command, which the client has registered.
  await commands.executeCommand("mtl.runTests", document.uri.toString());
}
