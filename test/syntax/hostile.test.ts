import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { visit, parse, type ParseResult } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";

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
  const size = 20_000;

  it.each([
    ["opening brackets", "(".repeat(size)],
    ["closing brackets", "}".repeat(size)],
    ["names", "a ".repeat(size)],
    ["keywords", "task ".repeat(size)],
    ["broken entries", `loss {\n${"a = b\n".repeat(size)}}`],
    ["broken declarations", "tower = mlp(\n".repeat(size)],
    ["unclosed blocks", "loss {\n".repeat(size)],
    ["unclosed texts", '"\n'.repeat(size)],
    ["one unclosed text", `input x = "${"a} ".repeat(size)}`],
    ["unknown characters", "§ ".repeat(size)],
    ["unknown characters in a list", `input x = [${"§, ".repeat(size)}]`],
    ["commas", `input x = [${",".repeat(size)}]`],
    ["commas in a block", `loss { ${",".repeat(size)} }`],
    ["missing commas", `input x = [${"a ".repeat(size)}]`],
    ["rules on one line", `rules r { ${"drop x wen ".repeat(size)} }`],
    ["numbers", `input x = [${"1__0, ".repeat(size)}]`],
    ["a number", `input x = ${"1".repeat(size)}`],
    ["comments", "/// doc\n".repeat(size)],
    ["backslashes", `input x = "${"\\".repeat(size)}`],
    ["dots", `input x = a${".".repeat(size)}`],
    ["colons", ":".repeat(size)],
  ])("of %s take time in proportion", (_, text) => {
    const part = text.slice(0, text.length / 2);
    let half = milliseconds(() => read(part));
    let whole = milliseconds(() => read(text));
    // A quadratic step would make it four times as long every time; small times say nothing, and neither does a busy moment.
    for (let tries = 0; tries < 4 && whole > 400 && whole / half >= 3.5; tries++) {
      half = Math.min(
        half,
        milliseconds(() => read(part)),
      );
      whole = Math.min(
        whole,
        milliseconds(() => read(text)),
      );
    }
    if (whole > 400) expect(whole / half).toBeLessThan(3.5);
    expect(whole).toBeLessThan(6_000);
  });

  it("do not repeat one mistake for each of its symptoms", () => {
    expect(codes(`${"}".repeat(10)}\nmodel a`)).toHaveLength(10);
    expect(codes("loss {\nmodel a")).toEqual(["MTL1007"]);
  });
});

describe("speed", () => {
  it("a spec of 2,000 lines parses in under 100 ms once warm", () => {
    const feed = readFileSync(join(import.meta.dirname, "../fixtures/syntax/feed.mtl"), "utf8");
    const copies = Math.ceil(2_000 / feed.split("\n").length);
    const source = createSourceFile("big.mtl", feed.repeat(copies));
    expect(source.lineStarts.length).toBeGreaterThan(2_000);
    const times = Array.from({ length: 12 }, () => milliseconds(() => parse(source))).slice(5);
    expect(parse(source).diagnostics).toEqual([]);
    // The best of several: other processes share the machine.
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

function milliseconds(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
