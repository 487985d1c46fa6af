/**
 * The extension in a browser, as on vscode.dev: the server runs in a worker and asks for the files of the workspace, which
 * need not be on any disk. Tasks and servers of one's own need Node and are not offered.
 */
import { Uri, workspace, type ExtensionContext } from "vscode";
import { LanguageClient } from "vscode-languageclient/browser";
import { readRequest, specsRequest, stdTextRequest } from "../../../src/server/protocol.js";
import { stdScheme } from "../../../src/server/web/uris.js";
import { startSession, type Session } from "../src/session.js";

const otherFolders = "**/{node_modules,dist,build,target,__pycache__}/**";

let session: Session | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider(stdScheme, {
      provideTextDocumentContent: async (uri) =>
        (await session?.client()?.sendRequest<string | null>(stdTextRequest, uri.toString())) ?? undefined,
    }),
  );
  const script = await scriptUrl(Uri.joinPath(context.extensionUri, "dist", "web-server.js"));
  session = await startSession(
    context,
    (options) => {
      const client = new LanguageClient("mtl", "mtl", new Worker(script), options);
      client.onRequest(specsRequest, async () => {
        const found = await workspace.findFiles("**/*.mtl", otherFolders);
        return found.map((uri) => uri.toString());
      });
      client.onRequest(readRequest, async (uri: string) => {
        try {
          return new TextDecoder().decode(await workspace.fs.readFile(Uri.parse(uri)));
        } catch {
          return null;
        }
      });
      return client;
    },
    "Reload the window, please.",
  );
}

/** Where a worker can load a file of the extension from: VS Code has no workers from files of a remote machine. */
async function scriptUrl(file: Uri): Promise<string> {
  if (file.scheme !== "vscode-remote") return file.toString(true);
  const text = new TextDecoder().decode(await workspace.fs.readFile(file));
  return URL.createObjectURL(new Blob([text], { type: "application/javascript" }));
}

export async function deactivate(): Promise<void> {
  await session?.client()?.dispose();
}
