/** A first spec to look around in: nothing has to exist for it. */
import { commands, window, workspace, type Disposable } from "vscode";
import starter from "../starter.mtl";

export function registerNewSpec(): Disposable {
  return commands.registerCommand("mtl.newSpec", async () => {
    const document = await workspace.openTextDocument({ language: "mtl", content: starter });
    await window.showTextDocument(document);
  });
}
