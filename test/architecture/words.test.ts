import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "mtlc-words-"));

function lintWords(...files: readonly string[]) {
  const { status, stdout } = spawnSync(process.execPath, [join(root, "scripts/lint-words.mjs"), ...files], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout };
}

function planted(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

describe("npm run lint:words", () => {
  it("finds no old word in the project", () => {
    expect(lintWords()).toEqual({ status: 0, stdout: "" });
  });

  it("fails on a planted word, says where and what to write", () => {
    const file = planted("planted.md", "A page.\n\nHow to mend it.\n");
    expect(lintWords(file)).toEqual({
      status: 1,
      stdout: 'planted.md:3:8: "mend": write fix\n1 old word; the list is scripts/words.mjs\n',
    });
  });

  const old = [
    ["the rule gave way", "gave way"],
    ["const gaveWay = 1;", "gaveWay"],
    ["`x` is no number", "is no "],
    ["for training alone", "alone"],
    ["a block stands at the top", "stands"],
    ["one number a row", "number a row"],
    ["candidates bring values", "bring"],
    ["a file lacks a column", "lacks"],
    ["a gate weighs experts", "weighs"],
    ["weights start anew", "anew"],
    ["the same to the byte", "to the byte"],
    ["these go in a circle", "in a circle"],
    ["a bug of ours", "of ours"],
    ["this is warned of", "warned of"],
    ["at place 3", "at place 3"],
  ] as const;
  const { status, stdout } = lintWords(planted("old.txt", old.map(([text]) => `${text}\n`).join("")));

  it.each(old.map(([text, found], index) => [text, found, index + 1] as const))("knows: %s", (_, found, line) => {
    expect(status).toBe(1);
    const lines = stdout.split("\n").filter((each) => each.startsWith(`old.txt:${line}:`));
    expect(lines.join("\n")).toContain(`"${found}`);
  });

  it("lets sound English pass", () => {
    const text = [
      "There is no file; there is no longer one; this is no more than that.",
      "A standalone module stands for its spec, as a recommender amends a commendation.",
      "A standard understanding withstands it. The values of a row are read.",
      "Which rows a head is measured on.",
    ].join("\n");
    expect(lintWords(planted("new.txt", text))).toEqual({ status: 0, stdout: "" });
  });
});
