import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import type { Hover, Location, Position, TextEdit } from "vscode-languageserver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildServer, startClient, type Client } from "./client.js";
import { sample, unmark } from "./marked.js";

let folder = "";
let client: Client;

beforeAll(async () => {
  buildServer();
  folder = mkdtempSync(join(tmpdir(), "mtl-lsp-"));
  client = await startClient(folder);
});

afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

/** Opens a text with a cursor; the request's parameters for it. */
async function openAt(
  name: string,
  marked: string,
): Promise<{ readonly textDocument: { readonly uri: string }; readonly position: Position }> {
  const { text, offset } = unmark(marked);
  const uri = `file://${folder}/${name}`;
  await client.open(uri, text);
  const before = text.slice(0, offset).split("\n");
  return { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}

describe("the server over standard input and output", () => {
  it("sends diagnostics when a file is opened and when it is mended", async () => {
    const uri = `file://${folder}/diagnosed.mtl`;
    await client.open(uri, sample.replace("over pool", "over pol"));
    const [found] = await client.diagnostics(uri, (list) => list.length > 0);
    expect(found).toMatchObject({ code: "MTL2001", severity: 1, source: "mtl" });
    expect(found?.message).toContain("did you mean `pool`?");
    await client.change(uri, sample);
    expect(await client.diagnostics(uri, (list) => list.length === 0)).toEqual([]);
  });

  it("says what a name is", async () => {
    const hover = await client.request<Hover>(
      "textDocument/hover",
      await openAt("hover.mtl", sample.replace("chain ctcvr", "chain ct<|>cvr")),
    );
    expect(JSON.stringify(hover.contents)).toContain("P(buy)");
  });

  it("finds a declaration in another file", async () => {
    writeFileSync(join(folder, "part.mtl"), "features {\n  age: numeric\n}\n");
    const location = await client.request<Location>(
      "textDocument/definition",
      await openAt("importer.mtl", 'import { age } from "./part.mtl"\n\ninput x = [a<|>ge]\n'),
    );
    expect(location).toEqual({
      uri: `file://${folder}/part.mtl`,
      range: { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } },
    });
  });

  it("formats", async () => {
    const uri = `file://${folder}/format.mtl`;
    await client.open(uri, "model   m\ninput x=[ a ]\n");
    const edits = await client.request<TextEdit[]>("textDocument/formatting", {
      textDocument: { uri },
      options: { tabSize: 2, insertSpaces: true },
    });
    expect(edits.map(({ newText }) => newText).join("")).toBe("model m\ninput x = [a]\n");
  });

  it("leaves a broken file as it is when asked to format it", async () => {
    const uri = `file://${folder}/broken.mtl`;
    await client.open(uri, "model m\ninput x = [a\n");
    expect(
      await client.request("textDocument/formatting", {
        textDocument: { uri },
        options: { tabSize: 2, insertSpaces: true },
      }),
    ).toEqual([]);
  });
});

describe("the end of the server", () => {
  it("is exit code 0 after `shutdown`", async () => {
    const other = await startClient(folder);
    expect(await other.stop()).toBe(0);
  });

  it("is exit code 1 without it", async () => {
    const other = await startClient(folder);
    const exited = once(other.process, "exit");
    await other.connection.sendNotification("exit");
    expect((await exited)[0]).toBe(1);
    other.connection.dispose();
  });

  it("comes with the end of its input", async () => {
    const other = await startClient(folder);
    const exited = once(other.process, "exit");
    other.process.stdin?.end();
    expect((await exited)[0]).toBe(1);
    other.connection.dispose();
  });
});
