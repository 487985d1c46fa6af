import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/server/node/disk.js";
import { formattingOf } from "../../src/server/features/formatting.js";
import { createWorkspace } from "../../src/server/workspace.js";
import { runCli } from "./run-cli.js";

/** A spec in another encoding is one mistake of every command, and its bytes stay as they are. */
const root = mkdtempSync(join(tmpdir(), "mtlc-encodings-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rest =
  'features {u: categorical(column: "id")}\nlabels { click: event }\ntask t: P(click)=sigmoid(logit(u))\nloss { t: bce }\n';
const encodings: Readonly<Record<string, Buffer>> = {
  "gbk.mtl": Buffer.concat([
    Buffer.from("model a // "),
    Buffer.from([0xd3, 0xc3, 0xbb, 0xa7]),
    Buffer.from(`\n${rest}`),
  ]),
  "latin.mtl": Buffer.from(`model a // caf\xE9\n${rest}`, "latin1"),
  "utf16.mtl": Buffer.from(`\uFEFFmodel a\n${rest}`, "utf16le"),
};
for (const [name, bytes] of Object.entries(encodings)) writeFileSync(join(root, name), bytes);
writeFileSync(join(root, "importer.mtl"), 'model b\nimport "./gbk.mtl"\n');
writeFileSync(join(root, "sound.mtl"), "model   c\n");

describe.each(Object.keys(encodings))("%s", (name) => {
  it.each([
    ["check"],
    ["check", "--fix"],
    ["fmt"],
    ["fmt", "--check"],
    ["explain"],
    ["doc"],
    ["test"],
    ["compile", "--emit", "tokens"],
    ["compile", "--emit", "ast"],
    ["train"],
  ])("mtlc %s %s says so once and leaves it unchanged", async (...words) => {
    const { code, out, err } = await runCli([...words, name], { cwd: root });
    const said = out + err;
    expect(code).toBe(1);
    expect(said.match(/error\[/g)).toHaveLength(1);
    expect(said).toContain("error[MTL1016]: this file is not UTF-8 text");
    expect(readFileSync(join(root, name)).toString("hex")).toBe((encodings[name] ?? Buffer.of()).toString("hex"));
  });

  it("is refused on standard input", async () => {
    const { code, out, err } = await runCli(["fmt", "-"], { cwd: root, input: encodings[name] ?? "" });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("[MTL1016]");
  });

  it("gives editors one mistake and no edit", async () => {
    const file = createWorkspace(nodeDisk).file(join(root, name));
    expect(file?.diagnostics.map(({ code }) => code)).toEqual(["MTL1016"]);
    expect(file === undefined ? undefined : await formattingOf(file)).toEqual([]);
  });
});

it("an import in another encoding fails the spec that imports it, and others are still formatted", async () => {
  const { code, out } = await runCli(["check", "importer.mtl"], { cwd: root });
  expect([code, out]).toEqual([1, expect.stringContaining("gbk.mtl:1:12")]);
  const all = await runCli(["fmt", "."], { cwd: root });
  expect(all.code).toBe(1);
  expect(readFileSync(join(root, "sound.mtl"), "utf8")).toBe("model c\n");
  for (const [name, bytes] of Object.entries(encodings))
    expect(readFileSync(join(root, name)).equals(bytes)).toBe(true);
});
