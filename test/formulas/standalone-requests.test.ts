import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assignArm } from "../../src/compiler/serving/index.js";
import { compileText, root } from "../semantics/compile.js";
import { createModuleFolder, type Standalone } from "./module-folder.js";

const folder = createModuleFolder();
const now = 1_793_836_800;

async function moduleOf(name: string, text: string): Promise<Standalone> {
  const { model, diagnostics } = compileText(`model ${name}\n${text}`);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return folder.write(name, model);
}

const timed = `signals { s: number >= 0 }
attributes { listed_at: time, brand: text }
params { w: 1 in [0, 2], fixed: 3 }
fusion score = s * w
rules home {
  boost fresh when age(listed_at) < 20d by 2
  cap   shown at most 10 of brand per day
}
rank page = top 3 by score with home
`;
const item = { id: "a", s: 1, listed_at: "2026-11-01", brand: "b" };
const sound = { candidates: [item], now };

describe("a request to the standalone module", () => {
  it("is answered when it is sound", async () => {
    const { rank } = await moduleOf("sound", timed);
    expect(rank(sound)).toMatchObject({ kind: "ranked", items: [{ id: "a", score: 2 }] });
    expect(rank({ ...sound, candidates: [{ ...item, id: 7 }] })).toMatchObject({ items: [{ id: "7" }] });
  });

  it("is refused, and never thrown, for whatever else it is", async () => {
    const { rank, score, explain } = await moduleOf("refusing_all", timed);
    const faults: readonly (readonly [unknown, string, string])[] = [
      [undefined, "request", "type"],
      [null, "request", "type"],
      [[], "request", "type"],
      [{ now }, "candidates", "missing"],
      [{ now, candidates: "a" }, "candidates", "type"],
      [{ now, candidates: [null] }, "candidates", "type"],
      [{ now, candidates: [1] }, "candidates", "type"],
      [{ candidates: [item] }, "now", "missing"],
      [{ ...sound, now: "2026-11-05" }, "now", "type"],
      [{ ...sound, now: new Date(now * 1000) }, "now", "type"],
      [{ ...sound, now: NaN }, "now", "outside"],
      [{ ...sound, now: now * 1000 }, "now", "outside"],
      [{ ...sound, candidates: [{ ...item, id: undefined }] }, "id", "missing"],
      [{ ...sound, candidates: [{ ...item, id: {} }] }, "id", "type"],
      [{ ...sound, candidates: [{ ...item, listed_at: now * 1000 }] }, "listed_at", "type"],
      [{ ...sound, ids: ["a", "b"] }, "ids", "type"],
      [{ ...sound, values: [] }, "values", "type"],
      [{ ...sound, seed: -1 }, "seed", "outside"],
      [{ ...sound, seed: 1.5 }, "seed", "outside"],
      [{ ...sound, seed: "1" }, "seed", "type"],
      [{ ...sound, request: { hour: 3 } }, "request", "type"],
      [{ ...sound, tail: "x" }, "tail", "type"],
      [{ ...sound, tail: [null, 5] }, "tail", "type"],
      [{ ...sound, sources: [] }, "sources", "type"],
      [{ ...sound, params: { w: NaN } }, "params.w", "outside"],
      [{ ...sound, params: { w: -5 } }, "params.w", "outside"],
      [{ ...sound, params: { w: "2" } }, "params.w", "type"],
      [{ ...sound, params: { W: 2 } }, "params.W", "unknown"],
      [{ ...sound, params: { fixed: 2 } }, "params.fixed", "outside"],
      [{ ...sound, params: 3 }, "params", "type"],
      [{ ...sound, arms: { none: "a" } }, "arms.none", "unknown"],
      [{ ...sound, permits: {} }, "permits", "type"],
      [{ ...sound, parms: {} }, "parms", "unknown"],
    ];
    for (const [request, input, reason] of faults)
      for (const ask of [rank, score, (given: unknown) => explain(given, "a", "score")]) {
        // Only formulas count for `score` and `explain`, and none reads the time.
        if (input === "listed_at" && ask !== rank) continue;
        expect(ask(request), JSON.stringify(request)).toMatchObject({ kind: "refused", input, reason });
      }
    expect(rank(sound, "pages")).toMatchObject({ kind: "refused", input: "ranking", reason: "unknown" });
    expect(explain(sound, "a", "scores")).toMatchObject({ kind: "refused", input: "formula", reason: "unknown" });
    expect(explain(sound, "b", "score")).toBeUndefined();
  });

  it("whose permits are not numbers is refused", async () => {
    const { rank } = await moduleOf("permits", timed);
    const permits = (held: unknown) => ({ held: () => held, pace: () => 1 });
    expect(rank({ ...sound, permits: permits(Infinity) })).toMatchObject({ items: [{ id: "a" }] });
    expect(rank({ ...sound, permits: permits(0) })).toMatchObject({ kind: "ranked", items: [] });
    for (const held of [NaN, -1, undefined, "5"])
      expect(rank({ ...sound, permits: permits(held) })).toMatchObject({
        kind: "refused",
        input: expect.stringContaining("home.shown") as unknown,
      });
  });

  it('with the identifiers 1 and "1" has one candidate twice', async () => {
    const { rank } = await moduleOf("twice", timed);
    const candidates = [
      { ...item, id: 1 },
      { ...item, id: "1" },
    ];
    expect(rank({ ...sound, candidates })).toEqual({ kind: "duplicate", id: "1" });
    expect(rank({ ...sound, candidates, ids: ["x", "y"] })).toMatchObject({ items: [{ id: "x" }, { id: "y" }] });
  });
});

describe("a spec that declares `id`", () => {
  const text =
    "signals { id: number in [0, 1], p: P(click) }\nfusion score = p * (1 + id)\nrank page = top 3 by score\n";

  it("gives identifiers apart, in `ids`", async () => {
    const { rank } = await moduleOf("own_id", text);
    const candidates = [
      { id: 0.5, p: 0.2 },
      { id: 0.5, p: 0.4 },
    ];
    expect(rank({ candidates, now })).toEqual({ kind: "duplicate", id: "0.5" });
    const { items } = rank({ candidates, now, ids: ["x", "y"] });
    expect(items.map(({ id }) => id)).toEqual(["y", "x"]);
    expect(items[0]?.score).toBeCloseTo(0.6, 12);
  });
});

const experiment = `signals { s: number in [0, 1] }
attributes { p: number in [0, 100] }
request { user_id: text }
params { beta: 1 in [0, 3] }
experiment heavier {
  by:      user_id
  control: arm(0.5)
  heavy:   arm(0.5, beta: 2)
}
fusion score = s * (1 + p)^beta
rank feed = top 3 by score
`;

describe("experiments of the standalone module", () => {
  const candidates = [{ id: "a", s: 0.5, p: 3 }];

  it("divide requests as mtlc does", async () => {
    const { model } = compileText(`model divided\n${experiment}`);
    const declared = model?.serving?.experiments[0];
    if (model === undefined || declared === undefined) throw new Error("no experiment");
    const { rank, score } = await folder.write("divided", model);
    const seen = new Set<string>();
    for (let user = 0; user < 50; user++) {
      // A number is the unit that its text is.
      for (const user_id of [user, String(user)]) {
        const arm = assignArm(declared, String(user)).name;
        const value = arm === "heavy" ? 8 : 2;
        const request = { candidates, values: { user_id }, now };
        expect(rank(request)).toMatchObject({ items: [{ score: value }], arms: { heavier: arm } });
        expect(score(request)).toMatchObject({ items: [{ scores: { score: value } }], arms: { heavier: arm } });
        seen.add(arm);
      }
    }
    expect(seen.size).toBe(2);
  });

  it("take an arm by name, no arm without a unit, and parameters above both", async () => {
    const { rank } = await moduleOf("forced", experiment);
    const request = { candidates, values: { user_id: "u" }, now };
    expect(rank({ ...request, arms: { heavier: "heavy" } })).toMatchObject({ items: [{ score: 8 }] });
    expect(rank({ ...request, arms: { heavier: "control" } })).toMatchObject({ items: [{ score: 2 }] });
    expect(rank({ ...request, arms: { heavier: "heavy" }, params: { beta: 0 } })).toMatchObject({
      items: [{ score: 0.5 }],
    });
    expect(rank({ candidates, now })).toMatchObject({ items: [{ score: 2 }], arms: {} });
    expect(rank({ ...request, arms: { heavier: "heavier" } })).toMatchObject({ kind: "refused", reason: "unknown" });
    expect(rank({ ...request, values: { user_id: { uid: 1 } } })).toMatchObject({ kind: "refused", input: "user_id" });
  });

  it("are in the types, which the compiler takes", async () => {
    const text = experiment.replace("p: number", "id: text, p: number").replace("feed", "page");
    await moduleOf("typed_arms", text);
    const use = `import { rank, type Candidate } from "./serving/index.js";
const one: Candidate = { id: "a", s: 0.1, p: 2 };
const list = rank({ candidates: [one], values: { user_id: 7 }, now: Date.now() / 1000, arms: { heavier: "heavy" } }, "page");
export const arm: "control" | "heavy" | undefined = list.kind === "ranked" ? list.arms.heavier : undefined;
// @ts-expect-error There is no such arm.
rank({ candidates: [one], values: { user_id: 7 }, now: 0, arms: { heavier: "heaviest" } });
`;
    writeFileSync(join(folder.path, "typed_arms/use.ts"), use);
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--types", ""];
    const result = spawnSync(process.execPath, [compiler, ...flags, "use.ts"], {
      cwd: join(folder.path, "typed_arms"),
    });
    expect(result.stdout.toString()).toBe("");
    expect(result.status).toBe(0);
  });
});
