import { describe, expect, it } from "vitest";
import { applySafeFixes } from "../../src/compiler/diagnostics/index.js";
import { compileSpec, type Compilation } from "../../src/compiler/compile.js";
import { phaseIn } from "../../src/compiler/editions/index.js";
import { layers, losses } from "../../src/compiler/builtins/index.js";
import { createMemoryHost, noSettings, type SpecSettings } from "../../src/compiler/host.js";
import { createLanguage, language, newestEdition, type Language } from "../../src/compiler/semantics/index.js";
import { stdReleases } from "../../src/compiler/std/index.js";
import { messagesOf, smallSpec } from "../semantics/compile.js";

/** A synthetic later language: renamed built-ins and an option, a first word on its way out, another standard library. */
const later: Language = createLanguage({
  editions: [2026, 2027, 2028].map((edition) => ({ edition, changes: [] })),
  rows: [
    ...layers.map((row) =>
      row.name !== "mlp"
        ? row
        : {
            ...row,
            formerly: [{ name: "perceptron", since: 2027, removed: 2028 }],
            parameters: row.parameters.map((parameter) =>
              parameter.name === "dropout" ? { ...parameter, formerly: [{ name: "drop", since: 2027 }] } : parameter,
            ),
          },
    ),
    ...losses.map((row) =>
      row.name === "bce" ? { ...row, formerly: [{ name: "log_loss", since: 2027, removed: 2028 }] } : row,
    ),
    { name: "huber", deprecated: { since: 2027, instead: "write `mse`, without `delta`" } },
  ],
  declarations: [{ name: "bottom", formerly: [{ name: "table", since: 2028 }] }],
  std: new Map([...stdReleases, [2028, { mmoe: "tower t_ctr = mlp(x, [2])\ntower t_cvr = mlp(x, [2])\n" }]]),
});

function compile(
  text: string,
  options: {
    readonly files?: Readonly<Record<string, string>>;
    readonly language?: Language;
    readonly settings?: SpecSettings;
  } = {},
): Compilation {
  const { files = {}, language: chosen = later, settings = noSettings } = options;
  const host = { ...createMemoryHost({ ...files, "m.mtl": text }), settings: () => settings };
  return compileSpec("m.mtl", host, { language: chosen });
}

const codes = ({ diagnostics }: Compilation): readonly string[] => diagnostics.map(({ code }) => code);

const old = smallSpec({
  network: "input x = [age]\ntower t = perceptron(x, [8], drop: 0.1)",
  rest: "loss {\n  ctr: 2 * log_loss\n  ctcvr: log_loss\n}",
});
const current = smallSpec({
  network: "input x = [age]\ntower t = mlp(x, [8], dropout: 0.1)",
  rest: "loss {\n  ctr: 2 * bce\n  ctcvr: bce\n}",
});

describe("the edition of a file", () => {
  it("is the newest unless the file or its project says one", () => {
    expect(codes(compile(old))).toEqual(["MTL1023", "MTL1022", "MTL1023", "MTL1023"]);
    expect(codes(compile(`edition: 2026\n${old}`))).toEqual([]);
    expect(codes(compile(old, { settings: { ...noSettings, edition: 2026 } }))).toEqual([]);
  });

  it("goes before that of the project", () => {
    const settings = { ...noSettings, edition: 2026 };
    expect(codes(compile(`edition: 2027\n${old}`, { settings }))).toEqual(Array(4).fill("MTL1022"));
  });

  it("belongs to a file: what is imported keeps its own", () => {
    const network = "edition: 2026\n\nfeatures { age: numeric }\ninput x = [age]\ntower t = perceptron(x, [8])\n";
    const spec = smallSpec({ features: 'import "./network.mtl"', network: "" });
    expect(messagesOf(compile(`edition: 2028\n${spec}`, { files: { "network.mtl": network } }))).toBe("");
    const moved = compile(`edition: 2026\n${spec}`, { files: { "network.mtl": network.replace("2026", "2028") } });
    expect(moved.diagnostics.map(({ code, span }) => [code, span.file])).toEqual([["MTL1023", "network.mtl"]]);
  });

  it("is one error where this mtlc does not know it, whatever else is in the file", () => {
    const result = compile(`edition: 2031\n${old}\ntower broken = whatever(x)\n`);
    expect(codes(result)).toEqual(["MTL1020"]);
    expect(result.model).toBeUndefined();
    expect(messagesOf(result)).toContain("a newer mtlc may know it");
  });

  it("is first, and once", () => {
    expect(codes(compile(`${current}\nedition: 2026\n`))).toEqual(["MTL1021"]);
    const twice = compile(`edition: 2026\nedition: 2027\n${current}`);
    expect(codes(twice)).toEqual(["MTL1021"]);
    expect(messagesOf(twice)).toContain("a file has one `edition:` line");
    expect(messagesOf(compile(`// A comment.\nedition: 2026\n${current}`))).toBe("");
  });

  it("leaves the word as a name", () => {
    const spec = smallSpec({
      features: "features { edition: numeric }",
      network: "input x = [edition]\ntower t = mlp(x, [8])",
    });
    expect(messagesOf(compile(`edition: 2026\n${spec}`))).toBe("");
    expect(
      messagesOf(compile(`${current}\nparams {\n  edition: 2026 in [1, 3000]\n}\nfusion f = ctr ^ edition\n`)),
    ).toBe("");
  });

  it("is not part of what the model is", () => {
    expect(compile(`edition: 2026\n${current}`).hash).toBe(compile(current).hash);
  });
});

describe("words on their way out", () => {
  it("mean what they meant, by the phases of an edition", () => {
    expect([2026, 2027, 2028].map((edition) => phaseIn(edition, { since: 2027, removed: 2028 }))).toEqual([
      "valid",
      "deprecated",
      "removed",
    ]);
    expect(compile(`edition: 2026\n${old}`).hash).toBe(compile(current).hash);
    expect(compile(`edition: 2027\n${old}`).hash).toBe(compile(current).hash);
    expect(compile(`edition: 2028\n${old}`).model).toBeUndefined();
  });

  it("are replaced by a safe fix", () => {
    const text = `edition: 2028\n${old}`;
    expect(applySafeFixes("m.mtl", text, compile(text).diagnostics)).toBe(`edition: 2028\n${current}`);
  });

  it("say since when, until when, and what to write", () => {
    const messages = compile(`edition: 2027\n${old}`).diagnostics.map(({ message }) => message);
    expect(messages).toContain("`perceptron` is deprecated since the edition 2027 and removed in 2028; write `mlp`");
    expect(messages).toContain("`drop` is deprecated since the edition 2027; write `dropout`");
    expect(compile(old).diagnostics[0]?.message).toBe(
      "`perceptron` is not part of the language since the edition 2028; write `mlp`",
    );
  });

  it("without a word that takes their place have advice and no fix", () => {
    const spec = smallSpec({
      labels: "labels {\n  stay: amount\n}",
      heads: "task stay: E(stay) = softplus(logit(t))",
      rest: "loss { stay: huber }",
    });
    const { diagnostics } = compile(spec);
    expect(diagnostics.map(({ code, fixes }) => [code, fixes.length])).toEqual([["MTL1022", 0]]);
    expect(diagnostics[0]?.message).toContain("write `mse`, without `delta`");
  });

  it("may be first words of declarations", () => {
    const text = `${current}\ntable deep = mlp(x, [4])\n`;
    const found = compile(text).diagnostics.filter(({ code }) => code === "MTL1022");
    expect(applySafeFixes("m.mtl", text, found)).toContain("\nbottom deep = mlp(x, [4])");
  });

  it("are superseded to names of the spec", () => {
    const text = `${current}\ndef perceptron(z) = mlp(z, [4])\ntower u = perceptron(x)\n`;
    expect(codes(compile(text)).filter((code) => code.startsWith("MTL102"))).toEqual([]);
  });

  it("can be left out by a comment, as any warning", () => {
    const text = `edition: 2027\n${old}`.replace(
      "tower t =",
      "// mtlc-ignore MTL1022: until the next release\ntower t =",
    );
    expect(codes(compile(text))).toEqual(["MTL1022", "MTL1022"]);
  });
});

describe("the language of this mtlc", () => {
  it("has the edition 2026, and no word on its way out", () => {
    expect(language.editions.map(({ edition }) => edition)).toEqual([2026]);
    expect(newestEdition(language)).toBe(2026);
    expect(language.words).toEqual([]);
  });
});

describe("releases of the standard library", () => {
  const spec = (source: string): string =>
    `model m\nimport { mmoe } from ${source}\nfeatures { age: numeric }\nlabels {\n  click: event\n}\ninput x = [age]\ntask ctr: P(click) = sigmoid(logit(t_ctr))\nloss { ctr: bce }\n`;
  const parts = (text: string): number | undefined => compile(text).model?.nodes.length;

  it("are those of the file's edition unless the import names one", () => {
    const [first, third] = [parts(`edition: 2026\n${spec("std")}`), parts(`edition: 2028\n${spec("std")}`)];
    expect(first).not.toBe(third);
    expect(parts(`edition: 2027\n${spec("std")}`)).toBe(first);
    expect(parts(`edition: 2028\n${spec("std 2026")}`)).toBe(first);
    expect(parts(spec("std"))).toBe(third);
  });

  it("are told where there is none of the name", () => {
    expect(messagesOf(compile(spec("std 2027")))).toContain(
      "`std 2027` is not a version of the standard library; there is `std 2026` and `std 2028`",
    );
    expect(messagesOf(compile(spec("std 2028").replace("mmoe", "ple")))).toContain("`std` does not declare `ple`");
  });
});
