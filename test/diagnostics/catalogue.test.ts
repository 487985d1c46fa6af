import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  catalogue,
  codeNames,
  definitionOf,
  findCode,
  type DiagnosticDefinition,
} from "../../src/compiler/diagnostics/index.js";

const rows: readonly (readonly [string, DiagnosticDefinition<never>])[] = Object.keys(catalogue)
  .toSorted()
  .map((code) => [code, definitionOf(code)]);

/** Without what differs between a heading and a sentence. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/\b(?:an?|the|this)\b|[`."]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();

describe("the catalogue", () => {
  it.each(rows)("%s is a whole row", (code, { slug, severity, title, about, fix }) => {
    expect(code).toMatch(/^MTL[1-9]\d{3}$/);
    expect(slug).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    expect(["error", "warning", "info"]).toContain(severity);
    expect(title).toMatch(/^[^.]+[^.]$/);
    expect(about).toMatch(/^["\u0027A-Z`].*[.)`]$/s);
    for (const text of [title, about, fix]) expect(text).not.toContain("TODO");
    expect(fix).toMatch(/^["\u0027A-Z`].*[.)`]$/s);
  });

  it("has titles that name the error: a noun phrase, short, one per code", () => {
    const titles = rows.map(([, { title }]) => title);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    expect(titles.filter((title) => /^(?:an?|the|this|these|it|there|you|your|please|sorry) /i.test(title))).toEqual(
      [],
    );
    expect(titles.filter((title) => title.length > 60)).toEqual([]);
    // What a code is called is the same wherever it comes up: a sentence about one spec is a message.
    expect(
      titles.filter((title) => /\b(?:must|should|needs?|takes?|has to|have to|here|did you)\b/.test(title)),
    ).toEqual([]);
  });

  it.each(rows)("%s has a title that is not its message", (code, { title, message }) => {
    const specs = join(import.meta.dirname, "../semantics/specs", code, "fail.txt");
    const shown = existsSync(specs)
      ? /^\w+\[MTL\d{4}\]: (.*)$/m.exec(readFileSync(specs, "utf8"))?.[1]
      : message.length === 0
        ? (message as () => string)()
        : undefined;
    if (existsSync(specs)) expect(shown).toBeDefined();
    if (shown !== undefined) expect(plain(shown)).not.toBe(plain(title));
  });

  it("has each code once, in one file of the catalogue", () => {
    const folder = join(import.meta.dirname, "../../src/compiler/diagnostics/catalogue");
    const text = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    const codes = [...text.matchAll(/^ {2}(MTL\d{4}): \{$/gm)].map(([, code]) => code);
    expect(codes.toSorted()).toEqual(rows.map(([code]) => code));
  });

  it("names each code by a slug of its own, and the slugs stay", async () => {
    const slugs = rows.map(([, { slug }]) => slug);
    expect(new Set(slugs).size).toBe(rows.length);
    // A slug is in the comments and configurations of users: this list only gets new lines.
    const list = rows.map(([code, { slug }]) => `${code} ${slug}\n`).join("");
    await expect(list).toMatchFileSnapshot("slugs.txt");
  });

  it("finds a code by its name in both forms", () => {
    expect(findCode("MTL3008")).toBe("MTL3008");
    expect(findCode("mtl3008")).toBe("MTL3008");
    expect(findCode("gate-width")).toBe("MTL3008");
    expect(findCode("toString")).toBeUndefined();
    expect(findCode("MTL0000")).toBeUndefined();
    expect(codeNames()).toContain("gate-width");
  });
});
