import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as prettier from "prettier";
import { describe, expect, it } from "vitest";
import { format, FormatError } from "../../src/compiler/format/index.js";
import { plugin } from "../../src/compiler/format/prettier-plugin.js";
import { parse, tokenize } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";

const fixtures = join(import.meta.dirname, "../fixtures/syntax");
const names = readdirSync(fixtures).filter((name) => name.endsWith(".mtl"));
const read = (name: string): string => readFileSync(join(fixtures, name), "utf8");

describe.each(names)("%s", (name) => {
  it("has the layout that it had", async () => {
    await expect(await format(read(name))).toMatchFileSnapshot(`../baselines/format/${name}`);
  });

  it("fits into a narrow page", async () => {
    await expect(await format(read(name), { width: 50 })).toMatchFileSnapshot(`../baselines/format/narrow/${name}`);
  });

  it("is done after one pass, at any width", async () => {
    for (const width of [100, 50]) {
      const once = await format(read(name), { width });
      expect(await format(once, { width })).toBe(once);
    }
  });

  it("does not depend on the kind of line breaks, and keeps them and a byte order mark", async () => {
    const unix = await format(read(name));
    const windows = unix.replaceAll("\n", "\r\n");
    expect(await format(read(name).replaceAll("\n", "\r\n"))).toBe(windows);
    expect(await format(windows)).toBe(windows);
    expect(await format(`\uFEFF${read(name)}`)).toBe(`\uFEFF${unix}`);
  });

  it("is canonical for Prettier with its own defaults, as it is for us", async () => {
    const formatted = await format(read(name));
    for (const text of [formatted, formatted.replaceAll("\n", "\r\n"), `\uFEFF${formatted}`])
      expect(await prettier.check(text, { parser: "mtl", plugins: [plugin] })).toBe(true);
  });
});

describe("comments in a definition of a list", () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      "rank r = top 5 by f ties p // a\n  ascending // b\n",
      "rank r = top 5 by f\n  ties p // a\n      ascending // b\n",
    ],
    [
      "rank r = top 5 by f\n with h, // c\n g // d\n ties p\n",
      "rank r = top 5 by f\n  with h, // c\n    g // d\n  ties p\n",
    ],
    [
      "rank r = from i top 3 // a\n by m // b\n then top 3 by f\n",
      "rank r = from i top 3 // a\n      by m // b\n  then top 3 by f\n",
    ],
    [
      "rules r {\n cap x at most 3 of k per // a\n day // b\n}\n",
      "rules r {\n  cap x\n    at most 3\n    of k\n    // a\n    per day // b\n}\n",
    ],
  ];

  it.each(cases)("%j", async (text, expected) => {
    expect(await format(text)).toBe(expected);
    expect(await format(expected)).toBe(expected);
  });

  it("come after any two words that follow each other", async () => {
    const text = read("serving.mtl");
    const tokens = tokenize(createSourceFile("serving.mtl", text));
    for (const [i, token] of tokens.entries()) {
      const next = tokens[i + 1];
      if (next === undefined) continue;
      const [first, second] = [token.span.end, next.span.end];
      const between = `${text.slice(0, first)} // one\n${text.slice(first, second)} // two\n${text.slice(second)}`;
      if (parse(createSourceFile("x.mtl", between)).diagnostics.length > 0) continue;
      const formatted = await format(between);
      expect(formatted.match(/\/\/ one$/m) !== null && formatted.match(/\/\/ two$/m) !== null, between).toBe(true);
    }
  }, 120_000);
});

/** Texts and their layout. */
const layouts: Readonly<Record<string, readonly [text: string, laidOut: string]>> = {
  "an empty file stays empty": ["  \n\n", ""],
  "a file of comments stays one": ["// a\n\n\n// b", "// a\n// b\n"],
  "spaces are set": ["input   x=[ a,b ]", "input x = [a, b]\n"],
  "powers have no spaces, other operators do": ["input x = a ^ - b*c", "input x = a^-b * c\n"],
  "one empty line at most": ["model a\n\n\n\ninput x = b", "model a\n\ninput x = b\n"],
  "a block on one line stays there when it fits": ["loss {a:b,c:d}", "loss { a: b, c: d }\n"],
  "a block on several lines stays there, without commas": ["loss {\na: b, ccc: d,}", "loss {\n  a:   b\n  ccc: d\n}\n"],
  "features, labels, params, rules and tests have a line each": [
    'features { a: b } labels { c: event } params { d: 1 } rules r { drop e } test "f" { expect g }',
    'features {\n  a: b\n}\nlabels {\n  c: event\n}\nparams {\n  d: 1\n}\nrules r {\n  drop e\n}\ntest "f" {\n  expect g\n}\n',
  ],
  "empty blocks are short": ["loss {\n\n}\nrules r { }", "loss {}\nrules r {}\n"],
  "keys, names and types are in columns": [
    "task a: P(click) = x\ntask longer: P(buy | click) = y\nchain z = a * longer",
    "task  a:      P(click)       = x\ntask  longer: P(buy | click) = y\nchain z = a * longer\n",
  ],
  "an empty line ends the columns": [
    "input a = x\ninput bbb = y\n\ninput cc = z",
    "input a   = x\ninput bbb = y\n\ninput cc = z\n",
  ],
  "columns too far apart are left unchanged": [
    `input a = x\ninput ${"b".repeat(40)} = y`,
    `input a = x\ninput ${"b".repeat(40)} = y\n`,
  ],
  "a long list has an item a line and a last comma": [
    `input x = [${"f(a_long_name), ".repeat(9)}b]`,
    `input x = [\n${"  f(a_long_name),\n".repeat(9)}  b,\n]\n`,
  ],
  "a long row of names is filled": [
    `input x = [${"a_long_name, ".repeat(9)}n_1..n_9]`,
    `input x = [\n  ${"a_long_name, ".repeat(7).trim()}\n  a_long_name, a_long_name, n_1 .. n_9,\n]\n`,
  ],
  "groups of features are in columns, long ones by themselves": [
    `features { n_1..n_3: numeric, [a,b]:bag(max:3), [${"a_name, ".repeat(4)}b]: numeric }`,
    `features {\n  n_1 .. n_3: numeric\n  [a, b]:     bag(max: 3)\n  [${"a_name, ".repeat(4)}b]: numeric\n}\n`,
  ],
  "what is left out follows on its line": [
    "input x = [a..b  but c , features but[d]]",
    "input x = [a .. b but c, features but [d]]\n",
  ],
  "comments in groups are kept": [
    "features {\n n_1 // one\n .. n_2: numeric\n [a, // two\n b]: bag\n}",
    "features {\n  n_1 .. n_2: // one\n    numeric\n  [\n    a, // two\n    b,\n  ]: bag\n}\n",
  ],
  "a long row of numbers is filled": [
    `input x = [${Array.from({ length: 40 }, (_, i) => i).join(", ")}]`,
    `input x = [\n  ${Array.from({ length: 27 }, (_, i) => i).join(", ")},\n  ${Array.from({ length: 13 }, (_, i) => i + 27).join(", ")},\n]\n`,
  ],
  "a long formula begins on the next line, operators first": [
    `fusion score = ${"a_long_name * ".repeat(8)}b`,
    `fusion score =\n  a_long_name\n${"  * a_long_name\n".repeat(7)}  * b\n`,
  ],
  "trailing commas on one line go": ["input x = f(a, [b, c,],)", "input x = f(a, [b, c])\n"],
  "texts keep what they say": ['import "a\\u{41}\\n\\"é\\u{7}"', 'import "aA\\n\\"é\\u{7}"\n'],
  "comments stay beside what they are about": [
    "model a // one\n// two\ninput x = [ // three\n  a, // four\n  // five\n  b\n  // six\n]\n// seven",
    "model a // one\n// two\ninput x = [\n  // three\n  a, // four\n  // five\n  b,\n  // six\n]\n// seven\n",
  ],
  "comments at braces stay there": ["loss { // one\n a: b\n // two\n}", "loss { // one\n  a: b\n  // two\n}\n"],
  "comments in empty places are kept": [
    "loss { // one\n // two\n}\ninput x = f( // three\n)",
    "loss { // one\n  // two\n}\ninput x = f(\n  // three\n)\n",
  ],
  "doc comments stay on what they document": [
    "loss {\n/// one\na: b // not\n\n/// two\nc: d }",
    "loss {\n  /// one\n  a: b // not\n\n  /// two\n  c: d\n}\n",
  ],
};

describe("layout", () => {
  it.each(Object.entries(layouts))("%s", async (_, [text, laidOut]) => {
    expect(await format(text)).toBe(laidOut);
    expect(await format(laidOut)).toBe(laidOut);
  });
});

describe("a text that does not parse", () => {
  it("is refused with what is wrong", async () => {
    const failure = await format("loss { a: }").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure).toMatchObject({ reason: "syntax", diagnostics: [{ code: "MTL1006" }] });
  });
});

describe("the Prettier plugin", () => {
  it("gives the same layout through Prettier itself", async () => {
    const text = read("fusion.mtl");
    const through = await prettier.format(text, { filepath: "fusion.mtl", plugins: [plugin], printWidth: 100 });
    expect(through).toBe(await format(text));
  });

  it("shows Prettier where a text is broken", async () => {
    const run = prettier.format("model a\nloss { a: }", { parser: "mtl", plugins: [plugin] });
    await expect(run).rejects.toMatchObject({ loc: { start: { line: 2, column: 10 } } });
  });
});

describe("the deepest texts that parse", () => {
  it.each([
    ["brackets", `input x = ${"(".repeat(64)}1${")".repeat(64)}\n`],
    ["records", `input x = ${"{ a: ".repeat(64)}1${" }".repeat(64)}\n`],
    ["sums", `input x = 1${" + 1".repeat(512)}\n`],
    ["powers", `input x = 1${"^1".repeat(512)}\n`],
    ["signs", `input x = ${"-".repeat(512)}1\n`],
    ["members", `input x = a${".b".repeat(512)}\n`],
  ])("of %s are formatted", async (_, text) => {
    const once = await format(text);
    expect(await format(once)).toBe(once);
  });
});
