import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  Hover,
  Location,
  Position,
  SymbolInformation,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DrawingAnswer } from "../../src/server/protocol.js";
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
  it("sends diagnostics when a file is opened and when it is fixed", async () => {
    const uri = `file://${folder}/diagnosed.mtl`;
    await client.open(uri, sample.replace("over pool", "over pol"));
    const [found] = await client.diagnostics(uri, (list) => list.length > 0);
    expect(found).toMatchObject({ code: "unknown-name", severity: 1, source: "mtl" });
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

  it("opens the standard library as a file of its own", async () => {
    const location = await client.request<Location>(
      "textDocument/definition",
      await openAt("std.mtl", "model m\nimport { mm<|>oe } from std\n"),
    );
    expect(readFileSync(fileURLToPath(location.uri), "utf8")).toContain("experts pool[8]");
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

describe("every feature over the connection", () => {
  it("completes, with paths of other files as this one would write them", async () => {
    writeFileSync(join(folder, "part.mtl"), "features {\n  age: numeric\n}\n");
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [] });
    const list = await client.request<CompletionItem[]>(
      "textDocument/completion",
      await openAt("complete.mtl", sample.replace("over pool", "over <|>")),
    );
    expect(list.map(({ label }) => label)).toContain("pool");
    const files = await client.request<CompletionItem[]>(
      "textDocument/completion",
      await openAt("files.mtl", 'import { age } from "<|>"\n'),
    );
    expect(files.map(({ label }) => label)).toContain("./part.mtl");
    const names = await client.request<CompletionItem[]>(
      "textDocument/completion",
      await openAt("names.mtl", 'import { <|> } from "./part.mtl"\n'),
    );
    expect(names.map(({ label }) => label)).toEqual(["age"]);
  });

  it("answers signatures, outlines, folds, hints, tokens, selections, highlights and links", async () => {
    const at = await openAt("all.mtl", sample.replace("logit(t_ctr)", "logit(<|>t_ctr)"));
    const { textDocument } = at;
    const range = { start: { line: 0, character: 0 }, end: { line: 200, character: 0 } };
    expect(await client.request("textDocument/signatureHelp", at)).toMatchObject({
      signatures: [{ label: "logit(x)" }],
    });
    expect(await client.request<unknown[]>("textDocument/documentSymbol", { textDocument })).toHaveLength(18);
    expect(await client.request<unknown[]>("textDocument/foldingRange", { textDocument })).not.toHaveLength(0);
    expect(await client.request<unknown[]>("textDocument/inlayHint", { textDocument, range })).toHaveLength(7);
    const tokens = await client.request<{ data: number[] }>("textDocument/semanticTokens/full", { textDocument });
    expect(tokens.data.length % 5).toBe(0);
    expect(
      (await client.request<{ data: number[] }>("textDocument/semanticTokens/range", { textDocument, range })).data,
    ).toEqual(tokens.data);
    expect(
      await client.request<unknown[]>("textDocument/selectionRange", { textDocument, positions: [at.position] }),
    ).toHaveLength(1);
    expect(await client.request<unknown[]>("textDocument/documentHighlight", at)).toHaveLength(2);
    expect(await client.request<unknown[]>("textDocument/documentLink", { textDocument })).toEqual([]);
  });

  it("finds names of all files by their letters", async () => {
    writeFileSync(join(folder, "far.mtl"), "tower a_far_tower = mlp(x, [2])\n");
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [] });
    const found = await client.request<SymbolInformation[]>("workspace/symbol", { query: "afartow" });
    expect(found.map(({ name }) => name)).toEqual(["a_far_tower"]);
  });

  it("offers fixes", async () => {
    const text = sample.replace("over pool", "over <|>pol");
    const at = await openAt("fix.mtl", text);
    const diagnostics = await client.diagnostics(at.textDocument.uri, (list) => list.length > 0);
    const actions = await client.request<CodeAction[]>("textDocument/codeAction", {
      textDocument: at.textDocument,
      range: { start: at.position, end: at.position },
      context: { diagnostics, only: ["quickfix"] },
    });
    expect(actions).toMatchObject([{ title: "write `pool`", kind: "quickfix", isPreferred: true }]);
    expect(actions[0]?.edit?.changes?.[at.textDocument.uri]?.[0]?.newText).toBe("pool");
  });

  it("renames over two files, one of which is not open, and says why it does not", async () => {
    writeFileSync(join(folder, "shared.mtl"), "features {\n  town: numeric\n}\n");
    writeFileSync(join(folder, "reader.mtl"), 'model reader\nimport "./shared.mtl"\ninput z = [town]\n');
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [] });
    const at = await openAt("renamer.mtl", 'model m\nimport { town } from "./shared.mtl"\ninput x = [to<|>wn]\n');
    expect(await client.request("textDocument/prepareRename", at)).toMatchObject({ placeholder: "town" });
    const edit = await client.request<WorkspaceEdit>("textDocument/rename", { ...at, newName: "city" });
    const counts = Object.entries(edit.changes ?? {}).map(([uri, edits]) => [uri.split("/").at(-1), edits.length]);
    expect(Object.fromEntries(counts)).toEqual({ "renamer.mtl": 2, "shared.mtl": 2, "reader.mtl": 1 });
    const references = await client.request<Location[]>("textDocument/references", {
      ...at,
      context: { includeDeclaration: true },
    });
    expect(references).toHaveLength(4);
    await expect(client.request("textDocument/rename", { ...at, newName: "x" })).rejects.toThrow("declared twice");
  });

  it("judges a part by the model that imports it, as it is in the editor", async () => {
    const part = `file://${folder}/rules_part.mtl`;
    const model = `file://${folder}/rules_model.mtl`;
    writeFileSync(join(folder, "rules_part.mtl"), "fusion total = alpha * 2\n");
    const text = 'model m\nimport "./rules_part.mtl"\nparams {\n  alpha: 1 in [0, 2]\n}\nrank r = top 5 by total\n';
    await client.open(model, text);
    await client.open(part, "fusion total = alpha * 2\n");
    expect(await client.diagnostics(part, () => true)).toEqual([]);
    await client.change(model, text.replace("alpha: 1", "beta: 1"));
    const [found] = await client.diagnostics(part, (list) => list.length > 0);
    expect(found?.code).toBe("unknown-name");
  });

  it("runs tests, marks what failed, and runs them again when the spec changes", async () => {
    const uri = `file://${folder}/tested.mtl`;
    const textDocument = { uri };
    const titles = async (): Promise<readonly (string | undefined)[]> =>
      (await client.request<CodeLens[]>("textDocument/codeLens", { textDocument })).map(
        ({ command }) => command?.title,
      );
    const passing = sample.replace("{ ctr: 0.2 }", '{ ctr: 0.2, brand: "y" }');
    await client.open(uri, passing.replace("page == [b, a]", "page == [a, b]"));
    expect(await titles()).toEqual(["Run test"]);
    await client.request("workspace/executeCommand", { command: "mtl.runTests", arguments: [uri] });
    const [failure] = await client.diagnostics(uri, (list) => list.length > 0);
    expect(failure).toMatchObject({ source: "mtl test", message: "this expectation failed\npage is [b, a]" });
    expect(await titles()).toEqual(["Run test", "✗ 1 of 2 expectations failed"]);
    await client.change(uri, passing);
    await client.diagnostics(uri, (list) => list.length === 0);
    expect(await titles()).toEqual(["Run test", "✓ passed"]);
    const told = new Promise((done) => client.connection.onNotification("window/showMessage", done));
    await client.change(uri, passing.replace("over pool", "over pol"));
    await client.request("workspace/executeCommand", { command: "mtl.runTests", arguments: [uri] });
    expect(await told).toMatchObject({ message: "The tests cannot run: the spec has errors." });
  });

  it("draws a model, and says which card a cursor is on", async () => {
    const at = await openAt("drawn.mtl", sample.replace("tower t_ctr", "tower t_<|>ctr"));
    const drawing = await client.request<DrawingAnswer>("mtl/drawing", { uri: at.textDocument.uri });
    expect(drawing.kind === "drawing" && drawing.svg.startsWith("<svg")).toBe(true);
    const { uri } = at.textDocument;
    const downwards = await client.request<DrawingAnswer>("mtl/drawing", { uri, direction: "down" });
    expect(downwards.kind === "drawing" && drawing.kind === "drawing" && downwards.svg !== drawing.svg).toBe(true);
    expect(drawing.kind === "drawing" && drawing.locations["t_ctr"]).toMatchObject({ uri: at.textDocument.uri });
    expect(await client.request("mtl/card", { uri: at.textDocument.uri, position: at.position })).toBe("t_ctr");
    await client.change(at.textDocument.uri, sample.replace("over pool", "over pol"));
    expect(await client.request("mtl/drawing", { uri: at.textDocument.uri })).toEqual({
      kind: "none",
      reason: "The spec has an error.",
    });
    const part = await openAt("undrawn.mtl", "fusion f = 1<|>\n");
    expect(await client.request("mtl/drawing", { uri: part.textDocument.uri })).toEqual({
      kind: "none",
      reason: "This file declares no model. Open a spec that imports it.",
    });
  });

  it("answers about broken files and files that are gone", async () => {
    const at = await openAt("worse.mtl", "tower = = mlp((<|>\nfeatures { age: }\n}}");
    for (const method of [
      "hover",
      "completion",
      "definition",
      "signatureHelp",
      "documentHighlight",
      "documentSymbol",
      "foldingRange",
      "documentLink",
    ])
      await client.request(`textDocument/${method}`, at);
    expect(
      await client.request("textDocument/hover", {
        textDocument: { uri: `file://${folder}/nowhere.mtl` },
        position: { line: 0, character: 0 },
      }),
    ).toBeNull();
  });

  it("understands edits of parts of a text", async () => {
    const uri = `file://${folder}/typed.mtl`;
    await client.open(uri, sample);
    await client.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 99 },
      contentChanges: [{ range: { start: { line: 0, character: 6 }, end: { line: 0, character: 10 } }, text: "fe ed" }],
    });
    expect(await client.diagnostics(uri, (list) => list.length > 0)).not.toEqual([]);
  });
});

describe("an editor that refuses what the server asks of it", () => {
  it("is served as one that does not watch files", async () => {
    const other = await startClient(folder, undefined, { refuses: true });
    const uri = `file://${folder}/refused.mtl`;
    await other.open(uri, sample.replace("over pool", "over pol"));
    const found = await other.diagnostics(uri, (list) => list.length > 0);
    expect(found.map(({ code }) => code)).toEqual(["unknown-name"]);
    // The refusal has come by now: an answer to a later question does.
    expect(await other.request("textDocument/codeLens", { textDocument: { uri } })).toHaveLength(1);
    expect(await other.stop()).toBe(0);
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
