import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import type { Hover, TextEdit } from "vscode-languageserver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { declarations } from "../../src/compiler/syntax/index.js";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { buildServer, startClient } from "./client.js";

const root = resolve(import.meta.dirname, "../..");
let folder = "";
let bytes: Buffer;
let files: Readonly<Record<string, string>> = {};

/** Packs the extension as `npm run vsix` does; its bytes. */
function pack(path: string): Buffer {
  const script = `import("./scripts/vsix.mjs").then(({ buildVsix }) => buildVsix(${JSON.stringify(path)}))`;
  const { status, stderr } = spawnSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(path);
}

beforeAll(() => {
  buildServer();
  folder = mkdtempSync(join(tmpdir(), "mtl-vsix-"));
  bytes = pack(join(folder, "one.vsix"));
  files = Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, data]) => [name, strFromU8(data)]));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

function json(name: string): Record<string, never> {
  return JSON.parse(files[name] ?? "") as Record<string, never>;
}

describe("the VS Code extension's package", () => {
  it("has the parts of a .vsix, with a content type for each ending", () => {
    expect(Object.keys(files).sort()).toEqual([
      "[Content_Types].xml",
      "extension.vsixmanifest",
      "extension/LICENSE.txt",
      "extension/README.md",
      "extension/THIRD_PARTY_NOTICES.txt",
      "extension/dist/extension.cjs",
      "extension/dist/server.cjs",
      "extension/language-configuration.json",
      "extension/markdown.tmLanguage.json",
      "extension/mtl.tmLanguage.json",
      "extension/package.json",
      "extension/snippets.json",
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

  it("has the grammar of the repository and snippets that parse", () => {
    expect(files["extension/mtl.tmLanguage.json"]).toBe(
      readFileSync(join(root, "grammar", "mtl.tmLanguage.json"), "utf8"),
    );
    const snippets = json("extension/snippets.json") as Record<string, { readonly body: readonly string[] }>;
    expect(Object.keys(snippets)).toContain("task");
    for (const { body } of Object.values(snippets)) {
      const text = body
        .join("\n")
        .replace(/\$\{\d:([^}]*)\}/g, "$1")
        .replace(/\$\d/g, "a");
      // Blocks want entries where the cursor ends up; all else is sound as it is.
      if (!/\{\n {2}a\n\}|\{ a \}/.test(text))
        expect([text, parse(createSourceFile("s.mtl", text)).diagnostics]).toEqual([text, []]);
    }
    expect(Object.keys(snippets).sort()).toEqual(
      declarations.flatMap(({ keyword, snippet }) => (snippet.includes("$") ? [keyword] : [])).sort(),
    );
  });

  it("needs only Node and the editor", () => {
    for (const name of ["extension/dist/extension.cjs", "extension/dist/server.cjs"]) {
      const required = [...(files[name] ?? "").matchAll(/\brequire\(["'`]([^"'`]+)["'`]\)/g)].map(
        (match) => match[1] ?? "",
      );
      expect(required.length).toBeGreaterThan(3);
      expect(required.filter((each) => !isBuiltin(each) && each !== "vscode")).toEqual([]);
    }
    expect(files["extension/dist/server.cjs"]).not.toContain('require("vscode")');
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
    expect(found?.code).toBe("MTL2001");
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
