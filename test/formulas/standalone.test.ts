import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createEvaluator, readInputs } from "../../src/compiler/formulas/index.js";
import { createRanker } from "../../src/compiler/serving/index.js";
import { compileFile, compileText, root } from "../semantics/compile.js";
import { servingFiles } from "../targets/serving-files.js";
import { createModuleFolder } from "./module-folder.js";
import { createRandom, now, randomCandidates, shopInputs } from "./random-formula.js";

const folder = createModuleFolder();
const { write } = folder;

const spec = `model shop

${shopInputs.declarations}
request {
  country: text
}

fusion value = (ctr + 0.01) * (alpha + cvr) * (beta + price)^0.3 * if(campaign == "a_b", 1.5, 1)
fusion score = value / (10 + rank(stay * rate)) * if(country == "JP", 2, 1)

rules home {
  drop   off    when brand == "ä"
  boost  fresh  when age(listed) < 300d by 1.5
  spread brands at most 2 of brand in 5
}

rank page = top 10 by score with home
`;

describe("the standalone module", () => {
  it("scores and ranks with the bits of mtlc itself, and explains", async () => {
    const { model, hash } = compileText(spec);
    if (model?.serving === undefined) throw new Error("no model");
    const { serving } = model;
    const made = await write("shop", model);
    expect(made.model).toEqual({ name: "shop", hash });
    const candidates = randomCandidates(createRandom(3), 200, shopInputs) as readonly { readonly id: string }[];
    const request = { candidates, values: { country: "JP" }, now, params: { beta: 2 } };
    const params = new Map([["beta", 2]]);
    const read = readInputs(serving, { candidates, request: request.values, now, params });
    if (read.kind === "refused") throw new Error("refused");
    const evaluator = createEvaluator(read.frame);
    const scored = made.score(request);
    expect(scored.kind).toBe("scored");
    for (const { name, value } of serving.fusions)
      expect(scored.items.map(({ scores }) => scores[name])).toEqual([...evaluator.numbers(value)]);

    const [declared] = serving.ranks;
    if (declared === undefined) throw new Error("no ranking");
    const ids = candidates.map(({ id }) => id);
    const own = createRanker(serving, declared).rank({
      request: "r",
      seed: 1,
      ids,
      candidates,
      values: request.values,
      now,
      params,
    });
    const list = made.rank({ ...request, request: "r", seed: 1 });
    expect(list).toMatchObject({ kind: "ranked", items: { length: 10 } });
    expect(JSON.stringify(list)).toBe(JSON.stringify(own));
    expect(made.explain(request, "item0", "value")).toMatchObject({
      kind: "product",
      parts: [
        { part: "ctr + 0.01" },
        { part: "alpha + cvr" },
        { part: "(beta + price)^0.3" },
        { part: 'if(campaign == "a_b", 1.5, 1)' },
      ],
    });
  });

  it("refuses what is of another type, by candidate and input", async () => {
    const { model } = compileText(spec);
    if (model === undefined) throw new Error("no model");
    const made = await write("refusing", model);
    const [first] = randomCandidates(createRandom(3), 1, shopInputs);
    const request = { candidates: [{ ...first, ctr: "high" }], values: { country: "JP" }, now };
    expect(made.score(request)).toEqual({
      kind: "refused",
      id: "item0",
      input: "ctr",
      reason: "type",
      expected: "a number in [0, 1]",
    });
    expect(made.score({ ...request, values: {} })).toMatchObject({ kind: "refused", input: "country" });
  });

  it("has no import, no eval, and no text of the spec in its code", async () => {
    const hostile = '"] }; globalThis.hacked = true; //';
    const { model } = compileText(
      `model m\nattributes { brand: text, __proto__: number in [0, 1], constructor: number in [0, 1] }\nsignals { ctr: P(click) }\n` +
        `fusion score = ctr * if(brand == ${JSON.stringify(hostile)} or brand == "</script>", 2, 1) * (1 + __proto__) * (1 + constructor)\n`,
    );
    if (model === undefined) throw new Error("no model");
    const made = await write("hostile", model);
    const text = readFileSync(join(folder.path, "hostile/serving/index.js"), "utf8");
    expect(text).not.toMatch(/^\s*import\b|\bimport\s*\(|\beval\b|new Function|\brequire\s*\(/m);
    expect(text).not.toContain("</script>");
    const generated = text.slice(text.indexOf("function evaluateFormulas"), text.indexOf("export const model"));
    expect(generated).not.toMatch(/brand|hacked|script|proto|constructor/);
    const candidates = [{ id: "a", ctr: 0.5, brand: hostile, ["__proto__"]: 0.5, constructor: 0.5 }];
    const result = made.score({ candidates, now });
    expect(result).toMatchObject({ kind: "scored", items: [{ id: "a", scores: { score: 0.5 * 2 * 1.5 * 1.5 } }] });
    expect("hacked" in globalThis).toBe(false);
    // Without the properties of its own, the candidate has none of the values.
    expect(made.score({ candidates: [{ id: "a", ctr: 0.5, brand: "x" }], now })).toMatchObject({
      items: [],
      leftOut: [{ id: "a", input: "__proto__", reason: "missing" }],
    });
  });

  it("needs nothing of Node, and is the same bytes for the same model", async () => {
    const { model } = compileText(spec);
    if (model === undefined) throw new Error("no model");
    expect(servingFiles(model)).toEqual(servingFiles(model));
    await write("bare", model);
    const [candidate] = randomCandidates(createRandom(3), 1, shopInputs);
    const request = { candidates: [candidate], values: { country: "JP" }, now };
    const program = `const { log } = console;
for (const name of ["process", "Buffer", "global", "setImmediate", "navigator", "structuredClone", "fetch"])
  delete globalThis[name];
const { rank } = await import("./bare/serving/index.js");
log(rank(${JSON.stringify(request)}).kind);
`;
    writeFileSync(join(folder.path, "bare.mjs"), program);
    const { stdout, stderr } = spawnSync(process.execPath, ["bare.mjs"], { cwd: folder.path });
    expect(`${stdout.toString()}${stderr.toString()}`).toBe("ranked\n");
  });

  it("has types that the compiler takes", async () => {
    const { model } = compileFile(join(root, "specs/examples/feed.mtl"));
    if (model === undefined) throw new Error("no model");
    await write("typed", model);
    const use = `import { explain, rank, score, type Candidate } from "./serving/index.js";
const one: Candidate = { id: "a", ctr: 0.1, cvr: 0.2, stay: 3, item_price: 9, brand: "b", listed_at: "2026-01-01", quality: 0.5 };
const request = { candidates: [one], now: 0, params: { alpha: 0.1 } };
const scored = score(request);
export const value: number | undefined = scored.kind === "scored" ? scored.items[0]?.scores.score : undefined;
export const list = rank(request, "feed_page");
export const why = explain(request, "a", "score");
`;
    writeFileSync(join(folder.path, "typed/use.ts"), use);
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--types", ""];
    const result = spawnSync(process.execPath, [compiler, ...flags, "use.ts"], { cwd: join(folder.path, "typed") });
    expect(result.stdout.toString()).toBe("");
    expect(result.status).toBe(0);
  });
});
