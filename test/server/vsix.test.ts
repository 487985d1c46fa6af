import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { strFromU8, unzipSync } from "fflate";
import type { Diagnostic, Hover, PublishDiagnosticsParams, TextEdit } from "vscode-languageserver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { declarations } from "../../src/compiler/syntax/index.js";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { buildServer, startClient } from "./client.js";

const root = resolve(import.meta.dirname, "../..");
let folder = "";
let bytes: Buffer;
let files: Readonly<Record<string, string>> = {};

/** Packs the extension by the program behind `npm run vsix`; its bytes. */
function pack(path: string): Buffer {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/vsix.mjs", path], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  expect(stdout).toBe(`${path}\n`);
  return readFileSync(path);
}

beforeAll(() => {
  buildServer();
  folder = mkdtempSync(join(tmpdir(), "mtl-vsix-"));
  bytes = pack(join(folder, "one.vsix"));
  files = Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, data]) => [name, strFromU8(data)]));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** What a program requires. Ajv holds texts of requires for validators that are written to files; it runs none of them. */
function requiredBy(name: string): readonly string[] {
  const found = [...(files[name] ?? "").matchAll(/(?<!\.)\brequire\(["'`]([^"'`]+)["'`]\)/g)];
  return found.map((match) => match[1] ?? "").filter((each) => !each.startsWith("ajv/dist/runtime/"));
}

function json(name: string): Record<string, never> {
  return JSON.parse(files[name] ?? "") as Record<string, never>;
}

describe("the VS Code extension's package", () => {
  it("has the parts of a .vsix, with a content type for each ending", () => {
    const pages = Object.keys(files).filter((name) => name.startsWith("extension/diagnostics/"));
    expect(pages).toContain("extension/diagnostics/MTL2001.md");
    expect(
      Object.keys(files)
        .filter((name) => !pages.includes(name))
        .sort(),
    ).toEqual([
      "[Content_Types].xml",
      "extension.vsixmanifest",
      "extension/CHANGELOG.md",
      "extension/LICENSE.txt",
      "extension/README.md",
      "extension/THIRD_PARTY_NOTICES.txt",
      "extension/dist/drawing-view.js",
      "extension/dist/drawing.css",
      "extension/dist/extension.cjs",
      "extension/dist/server.cjs",
      "extension/dist/web-extension.js",
      "extension/dist/web-server.js",
      "extension/images/diagnostics.png",
      "extension/images/drawing.png",
      "extension/images/file.svg",
      "extension/images/icon.png",
      "extension/images/tests.png",
      "extension/language-configuration.json",
      "extension/markdown.tmLanguage.json",
      "extension/mtl.tmLanguage.json",
      "extension/package.json",
      "extension/walkthrough/open.md",
      "extension/walkthrough/train.md",
    ]);
    const types = [...(files["[Content_Types].xml"] ?? "").matchAll(/Extension="\.(\w+)"/g)].map((match) => match[1]);
    const endings = new Set(
      Object.keys(files)
        .filter((name) => !name.startsWith("["))
        .map((name) => name.split(".").at(-1)),
    );
    expect(new Set(types)).toEqual(endings);
  });

  it("says the same in both manifests, the version of the project among it", () => {
    const { name, version, publisher, engines } = json("extension/package.json") as Record<
      string,
      string | Record<string, string>
    >;
    const manifest = files["extension.vsixmanifest"] ?? "";
    expect(version).toBe((JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version);
    expect(manifest).toContain(`Id="${String(name)}" Version="${String(version)}" Publisher="${String(publisher)}"`);
    expect(manifest).toContain(
      `Id="Microsoft.VisualStudio.Code.Engine" Value="${(engines as Record<string, string>)["vscode"] ?? ""}"`,
    );
    for (const [, path] of manifest.matchAll(/<Asset [^>]*Path="([^"]+)"/g)) expect(files[path ?? ""]).toBeDefined();
  });

  it("names no file that is missing", () => {
    const manifest = files["extension/package.json"] ?? "";
    const paths = [...manifest.matchAll(/"(\.\/[^"]+)"/g)].map((match) => match[1] ?? "");
    expect(paths.length).toBeGreaterThan(4);
    expect(paths.filter((path) => files[join("extension", path)] === undefined)).toEqual([]);
  });

  it("has the grammar of the repository", () => {
    expect(files["extension/mtl.tmLanguage.json"]).toBe(
      readFileSync(join(root, "grammar", "mtl.tmLanguage.json"), "utf8"),
    );
  });

  it("completes declarations by texts that parse", () => {
    for (const { snippet } of declarations) {
      const text = snippet.replace(/\$\{\d:([^}]*)\}/g, "$1").replace(/\$\d/g, "a");
      // Blocks want entries where the cursor ends up; all else is valid as it is.
      if (snippet.includes("$") && !/\{\n {2}a\n\}|\{ a \}/.test(text))
        expect([text, parse(createSourceFile("s.mtl", text)).diagnostics]).toEqual([text, []]);
    }
  });

  it("needs only Node and the editor", () => {
    for (const name of ["extension/dist/extension.cjs", "extension/dist/server.cjs"]) {
      const required = requiredBy(name);
      expect(required.length).toBeGreaterThan(3);
      expect(required.filter((each) => !isBuiltin(each) && each !== "vscode")).toEqual([]);
    }
    expect(requiredBy("extension/dist/server.cjs")).not.toContain("vscode");
  });

  it("needs only the editor in a browser", () => {
    for (const name of ["web-extension.js", "web-server.js", "drawing-view.js"])
      expect(requiredBy(`extension/dist/${name}`).filter((each) => each !== "vscode")).toEqual([]);
  });

  it("has a server that runs in a worker and reads the workspace through the editor", async () => {
    const script = join(folder, "web-server.cjs");
    // A worker of a browser, as far as the server needs one.
    const shim = `const { parentPort } = require("node:worker_threads");
globalThis.self = { postMessage: (m) => parentPort.postMessage(m), set onmessage(f) { parentPort.on("message", (data) => f({ data })); }, addEventListener: () => undefined };
delete globalThis.process; delete globalThis.Buffer; delete globalThis.require;
`;
    writeFileSync(script, `${shim}${files["extension/dist/web-server.js"] ?? ""}`);
    const worker = new Worker(script);
    try {
      const asked: string[] = [];
      const answers = new Map<unknown, (result: unknown) => void>();
      let id = 0;
      let told: (diagnostics: readonly Diagnostic[]) => void = () => undefined;
      const published = new Promise<readonly Diagnostic[]>((done) => (told = done));
      const send = (message: object): void => worker.postMessage({ jsonrpc: "2.0", ...message });
      const request = (method: string, params: unknown): Promise<unknown> =>
        new Promise((done) => {
          id += 1;
          answers.set(id, done);
          send({ id, method, params });
        });
      worker.on("message", (message: { id?: unknown; method?: string; params?: unknown; result?: unknown }) => {
        if (message.method === undefined) answers.get(message.id)?.(message.result);
        else if (message.method === "mtl/read") {
          const asks = String(message.params as readonly unknown[] | string);
          asked.push(asks);
          send({ id: message.id, result: asks.endsWith("/p.mtl") ? "features {\n  a: numeric\n}\n" : null });
        } else if (message.method === "mtl/specs") send({ id: message.id, result: [] });
        else if (message.method === "textDocument/publishDiagnostics")
          told((message.params as PublishDiagnosticsParams).diagnostics);
        else if (message.id !== undefined) send({ id: message.id, result: null });
      });
      const folders = [{ uri: "vscode-vfs://github/o/r", name: "r" }];
      await request("initialize", { processId: null, rootUri: null, capabilities: {}, workspaceFolders: folders });
      send({ method: "initialized", params: {} });
      const uri = "vscode-vfs://github/o/r/m.mtl";
      const text = 'model m\nimport { a } from "./p.mtl"\ninput x = [a, b]\n';
      const textDocument = { uri, languageId: "mtl", version: 1, text };
      send({ method: "textDocument/didOpen", params: { textDocument } });
      expect((await published).map(({ message }) => message)).toEqual([expect.stringContaining("`b`")]);
      // The spec that is imported, and the project file in the workspace's folder, but none above it.
      expect(asked.toSorted()).toEqual(["vscode-vfs://github/o/r/mtlc.json", "vscode-vfs://github/o/r/p.mtl"]);
      expect(
        await request("textDocument/definition", { textDocument: { uri }, position: { line: 2, character: 11 } }),
      ).toMatchObject({ uri: "vscode-vfs://github/o/r/p.mtl" });
    } finally {
      await worker.terminate();
    }
  });

  it("has a server that runs by itself", async () => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, "unpacked", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const client = await startClient(folder, [join(folder, "unpacked", "extension", "dist", "server.cjs")]);
    const uri = `file://${folder}/a.mtl`;
    await client.open(uri, "model m\ninput x=[ a ]\n");
    const [found] = await client.diagnostics(uri, (list) => list.length > 0);
    expect(found?.code).toBe("unknown-name");
    expect(found?.codeDescription?.href).toMatch(/\/extension\/diagnostics\/MTL2001\.md$/);
    const hover = await client.request<Hover>("textDocument/hover", {
      textDocument: { uri },
      position: { line: 1, character: 2 },
    });
    expect(JSON.stringify(hover.contents)).toContain("joined to one tensor");
    const edits = await client.request<TextEdit[]>("textDocument/formatting", {
      textDocument: { uri },
      options: { tabSize: 2, insertSpaces: true },
    });
    expect(edits).not.toEqual([]);
    expect(await client.stop()).toBe(0);
  });

  it("is the same bytes each time", () => {
    expect(pack(join(folder, "two.vsix")).equals(bytes)).toBe(true);
  });
});
