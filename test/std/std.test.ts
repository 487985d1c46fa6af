import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { format } from "../../src/compiler/format/index.js";
import { stdNames, stdReleases } from "../../src/compiler/std/index.js";
import { compileText, messagesOf, root } from "../semantics/compile.js";

const folder = join(root, "specs/std");
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".mtl"))
  .map((name) => name.replace(/\.mtl$/, ""))
  .toSorted();
const textOf = (name: string): string => readFileSync(join(folder, `${name}.mtl`), "utf8");

const networks = ["single", "shared_bottom", "omoe", "mmoe", "cgc", "ple"];
const heads = ["esmm", "division"];
const macros = ["masknet"];

function spec(imports: string, rest = ""): string {
  return `model m

import { ${imports} } from std

features {
  user: categorical(hash: 100, embed: 4)
  item: categorical(hash: 100, embed: 4)
}

labels {
  click: event
  buy:   event within click
}

input x = [user, item]
${rest}`;
}

/** The hashes of every release, as they were when it came out or got another block: a block that needs another text comes with the next one. */
const released: Readonly<Record<number, string>> = {
  2026: "980c46760f7357fec1de279ca516c25e4b0b9f9f92ad659e6e4639f1c6b3a3e6",
};

describe("the standard library", () => {
  it("has releases whose texts never change", () => {
    const hashes = [...stdReleases].map(([release, texts]) => [
      release,
      createHash("sha256")
        .update(JSON.stringify(Object.entries(texts).toSorted()))
        .digest("hex"),
    ]);
    expect(Object.fromEntries(hashes)).toEqual(released);
  });

  it("is bundled as it is in specs/std", async () => {
    const lines = names.map((name) => `  ${name}: ${JSON.stringify(textOf(name))},`);
    const text = [
      "// Made from specs/std by test/std/std.test.ts; `npm run accept` writes it again.",
      "",
      "/** The text of each block by its name. */",
      "export const stdTexts: Readonly<Record<string, string>> = {",
      ...lines,
      "};",
      "",
    ].join("\n");
    await expect(text).toMatchFileSnapshot(join(root, "src/compiler/std/texts.ts"));
    expect(stdNames).toEqual(names);
    expect([...networks, ...heads, ...macros].toSorted()).toEqual(names);
  });

  it.each(names)("%s is in canonical layout and says what it reads and gives", async (name) => {
    expect(await format(textOf(name))).toBe(textOf(name));
    expect(textOf(name)).toMatch(/^\/\/ [^]*Reads[^]*gives/);
  });

  it.each(networks.flatMap((network) => heads.map((head) => `${network}, ${head}`)))("%s make a model", (imports) => {
    const result = compileText(spec(imports));
    expect(messagesOf(result)).toBe("");
    expect(result.model?.heads.map((head) => head.name).toSorted()).toEqual(["ctcvr", "ctr", "cvr"]);
  });

  it("gives masked blocks of any width", () => {
    const blocks = "bottom one = mask_block(norm(x), x, 5)\nbottom two = mask_block(one, x, 3, ratio: 1)\n";
    const heads = "task ctr: P(click) = sigmoid(logit([one, two]))\nloss { ctr: bce }\n";
    const result = compileText(spec("masknet", blocks + heads).replace("  buy:   event within click\n", ""));
    expect(messagesOf(result)).toBe("");
    const layers = result.model?.nodes.filter(({ layer }) => layer === "mlp");
    expect(layers?.map(({ arguments: args }) => args["widths"])).toEqual([[16, 8], [5], [8, 5], [3]]);
  });

  it("gives what can be overridden, removed and added to", () => {
    const result = compileText(
      spec("mmoe, esmm", "override experts pool[16] = mlp(x, [32])\nremove loss ctr\ntrain { epochs: 3 }\n"),
    );
    expect(messagesOf(result)).toBe("");
    expect(result.model?.nodes.find(({ id }) => id === "pool")).toMatchObject({ replicas: 16, shape: [32] });
    expect(result.model?.loss.terms.map(({ head }) => head)).toEqual(["ctcvr"]);
  });

  it("is the same model as the text of its blocks", () => {
    const imported = compileText(spec("mmoe, esmm"));
    const written = compileText(
      spec("mmoe, esmm").replace("import { mmoe, esmm } from std\n", "") + textOf("mmoe") + textOf("esmm"),
    );
    expect(imported.hash).toBeDefined();
    expect(imported.hash).toBe(written.hash);
  });

  it("may be imported by a file that others import", () => {
    const result = compileText(spec("esmm", 'import "./network.mtl"\n'), {
      "network.mtl": "import { ple } from std\n",
    });
    expect(messagesOf(result)).toBe("");
    expect(result.model).toBeDefined();
  });

  it("says what it does not have, and what is missing from a block", () => {
    expect(messagesOf(compileText(spec("mmeo, esmm")))).toContain(
      "`std` does not declare `mmeo`; did you mean `mmoe`?",
    );
    const missing = compileText(spec("mmoe, esmm").replace("input x =", "input z ="));
    expect(messagesOf(missing)).toMatch(/is called `x`[\s\S]*<std>\/2026\/mmoe\.mtl:4/);
  });

  it("gives no warnings about parts of a block that a spec does not use", () => {
    const result = compileText(spec("mmoe", "task ctr: P(click) = sigmoid(logit(t_ctr))\nloss { ctr: bce }\n"));
    expect(result.diagnostics.filter(({ span }) => span.file.startsWith("<std>"))).toEqual([]);
  });
});
