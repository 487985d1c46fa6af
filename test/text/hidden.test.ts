import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { format } from "../../src/compiler/format/index.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile, encodingFault, findHidden, quote } from "../../src/compiler/text/index.js";

const warningsOf = (text: string): readonly string[] =>
  compileSpec("m.mtl", createMemoryHost({ "m.mtl": text }))
    .diagnostics.filter(({ code }) => code === "MTL6045")
    .map(({ message }) => message);

const specWith = (value: string, comment = ""): string =>
  `model m ${comment}\nfeatures { u: categorical(values: ["${value}", "z"]) }\nlabels { click: event }\n` +
  "task t: P(click) = sigmoid(logit(u))\nloss { t: bce }\n";

describe("characters that nobody sees", () => {
  it.each([
    ["a zero-width space", "a\u200Bb", "U+200B"],
    ["a direction that is turned", "a\u202Eb", "U+202E"],
    ["an isolate", "\u2066a\u2069", "U+2066"],
    ["a mark of direction", "a\u200F", "U+200F"],
    ["a mark of the Arabic letter", "\u061Ca", "U+061C"],
    ["a byte order mark inside", "a\uFEFF", "U+FEFF"],
    ["a soft hyphen", "a\u00ADb", "U+00AD"],
    ["a word joiner", "a\u2060b", "U+2060"],
    ["a letter that has no form", "\u3164", "U+3164"],
    ["a tag", "a\u{E0041}", "U+E0041"],
    ["an escape of terminals", "a\u001B[2J", "U+001B"],
    ["a joiner between letters of the alphabet", "a\u200Db", "U+200D"],
  ])("%s is found in texts and comments", (_, value, name) => {
    expect(warningsOf(specWith(value))[0]).toContain(`this text holds ${name}`);
    expect(warningsOf(specWith("a", `// ${value}`))[0]).toContain(`this comment holds ${name}`);
  });

  it.each([
    ["emoji that are joined", "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}"],
    ["the flag of a region", "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}"],
    ["joiners of Persian and Hindi", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645 \u0915\u094D\u200D\u0937"],
    ["Chinese with its own space", "\u7528\u6237\u3000\u53F7"],
    ["Hebrew, which needs no marks", "\u05E9\u05DC\u05D5\u05DD"],
    ["a tab", "a\tb"],
    ["a presentation of emoji", "\u2764\uFE0F"],
  ])("%s are as they should be", async (_, value) => {
    expect(warningsOf(specWith(value.replace("\t", ""), `// ${value}`))).toEqual([]);
    if (value !== "a\tb") expect(await format(specWith(value))).toContain(value);
  });

  it("a byte order mark may begin a file, and is not one of the characters that trigger a warning", () => {
    expect(findHidden("\uFEFFmodel m")).toEqual([]);
  });

  it("runs are one finding", () => {
    expect(findHidden("a\u200B\u200Bb\u202E")).toEqual([
      { start: 1, end: 3, names: "U+200B U+200B" },
      { start: 4, end: 5, names: "U+202E" },
    ]);
  });

  it("can be kept by a comment that says so", () => {
    expect(
      warningsOf(specWith("a\u200Bb").replace('z"]) }', 'z"]) } // mtlc-ignore MTL6045: names of the source')),
    ).toEqual([]);
  });

  it.each(["\\u{202E}", "\\u{200B}", "\\u{FEFF}", "\\u{FFFD}", "\\u{61C}", "\\u{E0041}", "\\u{1B}"])(
    "formatting keeps the escape %s, and writes the character as one",
    async (escape) => {
      const character = String.fromCodePoint(Number.parseInt(escape.slice(3, -1), 16));
      const text = specWith(`x${escape}y`);
      expect(await format(text)).toContain(`"x${escape}y"`);
      if (character !== "\uFFFD" && character !== "\u001B")
        expect(await format(specWith(`x${character}y`))).toContain(`"x${escape}y"`);
      expect(quote(`x${character}y`)).toBe(`"x${escape}y"`);
    },
  );

  it("any text is in a spec as a literal that reads as it and shows all of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const literal = quote(value);
        expect(encodingFault(literal)).toBeUndefined();
        expect(findHidden(literal)).toEqual([]);
        const { spec, diagnostics } = parse(createSourceFile("m.mtl", `import ${literal}`));
        expect(diagnostics).toEqual([]);
        expect(spec.declarations[0]).toMatchObject({ from: { value } });
      }),
    );
  });
});

describe("texts that were not UTF-8", () => {
  it.each([
    ["Latin-1", Buffer.from("model m // caf\xE9\n", "latin1"), undefined],
    ["GBK", Buffer.from([...Buffer.from("model m // "), 0xd3, 0xc3, 0xbb, 0xa7, 0x0a]), undefined],
    ["UTF-16 with its mark", Buffer.from("\uFEFFmodel m\nfeatures { }\n", "utf16le"), "UTF-16"],
    ["UTF-16 without it", Buffer.from("model m\nfeatures { }\n", "utf16le"), "UTF-16"],
    ["UTF-16, the other way round", Buffer.from("\uFEFFmodel m\nfeatures { }\n", "utf16le").swap16(), "UTF-16"],
    ["half a character at the end", Buffer.from("model m // \u7528").subarray(0, -1), undefined],
  ])("%s is one mistake, and nothing is formatted", async (_, bytes, looksLike) => {
    const text = bytes.toString("utf8");
    const { diagnostics } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": text }));
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL1016"]);
    expect(encodingFault(text)?.looksLike).toBe(looksLike);
    await expect(format(text)).rejects.toMatchObject({ reason: "syntax" });
  });

  it("an import in another encoding is one mistake, at its own place", () => {
    const files = { "m.mtl": 'import "./p.mtl"\n', "p.mtl": "features { age: numeric } // \uFFFD\n" };
    const { diagnostics } = compileSpec("m.mtl", createMemoryHost(files));
    expect(diagnostics.map(({ code, span }) => [code, span.file])).toEqual([["MTL1016", "p.mtl"]]);
  });
});
