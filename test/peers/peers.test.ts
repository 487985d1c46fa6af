/** The configurations of other libraries in specs/peers: their size, what the README says of them, and steps of training each. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { functionOf } from "../../src/runtime/engine/create-program.js";
import { functionInputs } from "../../src/compiler/graph/reads.js";
import { type HostTensor, selectEngine } from "../../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../../src/runtime/engine/state.js";
import { randomFeeds, sizesOf } from "../lower/harness.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { messagesOf, root } from "../semantics/compile.js";

const folder = join(root, "specs/peers");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".mtl"))
  .toSorted();
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");
/** Without what the configurations of one library share. */
const names = files.filter((name) => /^model /m.test(textOf(name)));
const linesOf = (text: string): number => text.trimEnd().split("\n").length;

/** Rows of the README's table: spec, lines there, lines here, exact or not. */
const table = readFileSync(join(folder, "README.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, spec = "", , there = "", here = "", exact = ""] = line.split("|").map((cell) => cell.trim());
    const name = /^\[`(?<name>.+\.mtl)`\]/.exec(spec)?.groups?.["name"];
    return name === undefined ? [] : [{ name, there: Number(there), here: Number(here), exact }];
  });

describe("the configurations of peers", () => {
  it("are 23, of which 21 are said without loss, in a quarter of the lines", () => {
    expect(table.map(({ name }) => name).toSorted()).toEqual(names);
    expect(names).toHaveLength(23);
    expect(table.filter(({ exact }) => exact === "yes").length).toBeGreaterThanOrEqual(21);
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
    const all = sum(files.map((name) => linesOf(textOf(name))));
    expect(all).toBeLessThanOrEqual(1250);
    expect(all).toBeLessThan(sum(table.map(({ there }) => there)) / 4);
  });

  it.each(names)("%s says what is exact, as the README does", (name) => {
    const text = textOf(name);
    const word = /^\/\/\/ (?<word>Exact|Differs)[.:]/m.exec(text)?.groups?.["word"];
    const row = table.find((each) => each.name === name);
    expect(row).toMatchObject({ here: linesOf(text), exact: word === "Exact" ? "yes" : "no" });
  });
});

const { engine } = await selectEngine({ preference: "native", environment: {} }).catch(() =>
  selectEngine({ preference: "wasm", environment: {} }),
);

/** Rows as an engine takes them, of whatever columns the spec reads. */
function rowsFor(model: Model, seed: number): Readonly<Record<string, HostTensor>> {
  const entries = Object.entries(randomFeeds(model, 16, seed)).map(([name, { shape, data }]) => {
    const isWhole = !["numbers", "labels", "known", "weights"].includes(name);
    return [name, { shape, data: isWhole ? Int32Array.from(data) : Float32Array.from(data) }] as const;
  });
  return Object.fromEntries(entries);
}

/** The spec with an eighth of the units and of the numbers of an embedding: what fits together still does. */
function shrunk(text: string): string {
  const eighth = (number: string): string => (Number(number) < 12 ? number : String(Math.round(Number(number) / 8)));
  return text
    .replaceAll(/(?<!boundaries: )\[[\d, \n]+\]/g, (list) => list.replaceAll(/\d+/g, eighth))
    .replaceAll(/(?<=embed: |embedding\([^()]*, |linear\([^()]*, )\d+/g, eighth);
}

describe("two steps of training, with small networks and vocabularies", () => {
  it.each(names)("of %s move everything that is trained", async (name) => {
    const compilation = compileSpec(join(folder, name), { readFile: (path) => shrunk(readFileSync(path, "utf8")) });
    expect(messagesOf(compilation)).toBe("");
    const { model } = compilation;
    if (model === undefined) throw new Error("no model");
    const program = lowerModel(model, sizesOf(model));
    const session = await engine.open(program, {});
    try {
      await fillSession(session, program.state, initialReader(1));
      const trained = program.state.filter(({ role }) => role === "parameter").map((variable) => variable.name);
      const before = session.get(trained);
      for (const seed of [1, 2]) {
        const rows = rowsFor(model, seed);
        const inputs = functionInputs(functionOf(program, "train")).map((input) => input.name);
        const feeds = Object.fromEntries(inputs.map((input) => [input, rows[input] as HostTensor]));
        expect(Number.isFinite(session.run("train", feeds)["loss"]?.data[0])).toBe(true);
      }
      const after = session.get(trained);
      const still = trained.filter((variable) => {
        const now = after.get(variable)?.data ?? [];
        return before.get(variable)?.data.every((value, i) => value === now[i]);
      });
      expect(still).toEqual([]);
    } finally {
      session.close();
    }
  });
});
