import { describe, expect, it } from "vitest";
import { visit, parse, type ParseResult } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { hostileTexts } from "./hostile-texts.js";

const read = (text: string): ParseResult => parse(createSourceFile("a.mtl", text));
const codes = (text: string): readonly string[] => read(text).diagnostics.map((diagnostic) => diagnostic.code);

describe("nesting", () => {
  it.each([
    ["brackets", (n: number) => `input x = ${"(".repeat(n)}1${")".repeat(n)}`, 64],
    ["lists", (n: number) => `input x = ${"[".repeat(n)}1${"]".repeat(n)}`, 64],
    ["calls", (n: number) => `input x = ${"f(".repeat(n)}1${")".repeat(n)}`, 64],
    ["records", (n: number) => `input x = ${"{ a: ".repeat(n)}1${" }".repeat(n)}`, 64],
    ["events", (n: number) => `task t: P(${"(".repeat(n - 1)}a${")".repeat(n - 1)}) = x`, 64],
    ["sums", (n: number) => `input x = 1${" + 1".repeat(n)}`, 512],
    ["powers", (n: number) => `input x = 1${"^1".repeat(n)}`, 512],
    ["signs", (n: number) => `input x = ${"-".repeat(n)}1`, 512],
    ["negations", (n: number) => `input x = ${"not ".repeat(n)}a`, 512],
    ["members", (n: number) => `input x = a${".b".repeat(n)}`, 512],
    ["conjunctions", (n: number) => `task t: P(a${" & a".repeat(n - 1)}) = x`, 512],
  ])("%s may nest up to a limit, and one message says so above it", (_, text, limit) => {
    expect(codes(text(limit))).toEqual([]);
    expect(codes(text(limit + 1))).toEqual(["MTL1011"]);
    expect(codes(`${text(50_000)}\nmodel m`)).toEqual(["MTL1011"]);
  });

  it("of an accepted text can be walked recursively", () => {
    let nodes = 0;
    visit(read(`input x = ${"-".repeat(400)}${"(".repeat(64)}1${")".repeat(64)}`).spec, () => {
      nodes++;
    });
    expect(nodes).toBeGreaterThan(460);
  });

  it("counts each expression by itself, however long the file", () => {
    const rules = Array.from({ length: 600 }, (_, i) => `drop r${i} when a + b * c == d and e`).join("\n");
    const sums = Array.from({ length: 600 }, (_, i) => `k${i}: a + b + c`).join("\n");
    expect(codes(`rules r {\n${rules}\n}\nloss {\n${sums}\n}`)).toEqual([]);
  });
});

describe("long texts", () => {
  it.each(hostileTexts)("of %s are read to their end", (_, text) => {
    // How long they take is measured by `npm run bench -- hostile`; what takes for ever meets the test's own limit.
    const { diagnostics } = read(text);
    expect(diagnostics.every(({ span }) => span.start <= span.end && span.end <= text.length)).toBe(true);
  });

  it("do not repeat one mistake for each of its symptoms", () => {
    expect(codes(`${"}".repeat(10)}\nmodel a`)).toHaveLength(10);
    expect(codes("loss {\nmodel a")).toEqual(["MTL1007"]);
  });
});
