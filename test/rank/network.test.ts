import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/compiler/diagnostics/index.js";
import { compile } from "../../src/runtime/jobs/compile.js";
import { Failure } from "../../src/runtime/failure.js";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { createRanker, type RankAnswer, rankFiles, type ServiceRequest } from "../../src/runtime/rank/index.js";
import { train } from "../../src/runtime/jobs/train.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-rank-network-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [spec, trained, compiled] = ["taste.mtl", "trained", "compiled"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

beforeAll(async () => {
  const lines = Array.from({ length: 240 }, (_, i) => `u${i % 3},i${i % 4},${i % 5},${i % 3 === 0 ? 1 : 0}`);
  writeFileSync(join(folder, "d.csv"), `uid,item,price,click\n${lines.join("\n")}\n`);
  writeFileSync(
    spec,
    `model taste
data { train: "d.csv", test: "d.csv" }
features {
  user:  categorical(column: "uid")
  item:  categorical
  price: numeric(missing: 0)
}
labels { click: event }
request { user: text missing "u0" }
signals { ext: number in [0, 1] missing 0.5 }
tower t = mlp([user, item, price], [8])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
train { optimizer: adam(lr: 0.02), batch: 16, epochs: 20, seed: 1 }
fusion score = ctr * if(user == "nobody", 2, 1)
rank page  = top 3 by score
rank outer = top 3 by ext
`,
  );
  await train({ spec, output: trained, engine: "cpu" });
  await compile({ spec, output: compiled });
}, 60_000);

async function predicted(rows: readonly Record<string, unknown>[]): Promise<readonly number[]> {
  const predictor = await loadPredictor(trained, { engine: "cpu" });
  const { ctr = new Float32Array() } = predictor.predict(rows);
  predictor.close();
  return [...ctr];
}

async function answerOf(
  request: Partial<ServiceRequest>,
  { source = trained, rank = "page" } = {},
): Promise<{ readonly answer: RankAnswer; readonly warnings: readonly string[] }> {
  const warnings: Diagnostic[] = [];
  const ranker = await createRanker(source, { ranking: rank, engine: "cpu", onWarning: (each) => warnings.push(each) });
  try {
    const answer = await ranker.rank({ candidates: [], now: 0, ...request });
    return { answer, warnings: warnings.map(({ code, message }) => `${code} ${message}`) };
  } finally {
    await ranker.close();
  }
}

const scoresOf = ({ answer }: { readonly answer: RankAnswer }): unknown =>
  answer.kind === "ranked"
    ? Object.fromEntries(answer.list.items.map(({ id, score }) => [id, score]))
    : answer.diagnostic.code;

describe("values of the request", () => {
  const candidates = [{ id: "a", item: "i1", price: 2 }];

  it("are the features that candidates do not provide, by feature or by column", async () => {
    const [u0 = NaN, u1 = NaN] = await predicted([
      { uid: "u0", item: "i1", price: 2 },
      { uid: "u1", item: "i1", price: 2 },
    ]);
    expect(u0).toBeGreaterThan(0.8);
    expect(u1).toBeLessThan(0.2);
    expect(scoresOf(await answerOf({ candidates, values: { user: "u0" } }))).toEqual({ a: u0 });
    expect(scoresOf(await answerOf({ candidates, values: { user: "u1" } }))).toEqual({ a: u1 });
    expect(scoresOf(await answerOf({ candidates, values: { uid: "u1" } }))).toEqual({ a: u1 });
    // What the candidate provides is its own.
    const own = candidates.map((each) => ({ ...each, uid: "u1" }));
    expect(scoresOf(await answerOf({ candidates: own, values: { user: "u0" } }))).toEqual({ a: u1 });
  });

  it("have their defaults for the network as for the rules", async () => {
    const [u0] = await predicted([{ uid: "u0", item: "i1", price: 2 }]);
    expect(scoresOf(await answerOf({ candidates }))).toEqual({ a: u0 });
  });
});

describe("features that nobody provides", () => {
  it("refuse the request by their columns", async () => {
    const { answer } = await answerOf({ candidates: [{ id: "a", Item: "i1", price: 1 }] });
    expect(answer).toMatchObject({ kind: "refused", input: "item", diagnostic: { code: "MTL7210" } });
    expect(answer.kind === "refused" ? answer.diagnostic.message : "").toContain("did you mean `Item`?");
    const none = await answerOf({ candidates: [{ id: "a" }] });
    expect(none.answer.kind === "refused" ? none.answer.diagnostic.message : "").toMatch(/`item`.*`price`/);
  });

  it("refuse it where one candidate has them misspelt", async () => {
    const candidates = [
      { id: "a", item: "i1", price: 1 },
      { id: "b", itme: "i1", price: 1 },
    ];
    expect((await answerOf({ candidates })).answer).toMatchObject({ kind: "refused", id: "b", input: "item" });
  });

  it("refuse rows of a program as well", async () => {
    const messageOf = async (rows: unknown): Promise<string> => {
      try {
        await predicted(rows as readonly Record<string, unknown>[]);
        return "none";
      } catch (error) {
        if (error instanceof Failure) return error.message;
        throw error;
      }
    };
    const row = { uid: "u0", item: "i1", price: null };
    expect(await messageOf([row])).toBe("none");
    expect(await messageOf([{ uid: "u0", item: "i1" }])).toMatch(/^MTL7210: every row is missing `price`/);
    expect(await messageOf([row, { uid: "u0", price: 1, iten: "i1" }])).toMatch(/^MTL7210: row 2 .*`iten`/);
    expect(await messageOf(row)).toMatch(/^MTL7211: .*not one record; write `predict\(\[/);
    expect(await messageOf([row, 3])).toMatch(/^MTL7211: .*a list that holds a number/);
    expect(await messageOf(undefined)).toMatch(/^MTL7211: .*undefined/);
  });

  it("of another type refuse their request and no other", async () => {
    const { answer } = await answerOf({ candidates: [{ id: "a", item: "i1", price: "cheap" }] });
    expect(answer).toMatchObject({ kind: "refused", id: "a", diagnostic: { code: "MTL7113" } });
  });
});

describe("heads that candidates provide", () => {
  it("replace the network's, and that is said once", async () => {
    const [own = NaN] = await predicted([{ uid: "u0", item: "i1", price: 2 }]);
    const candidates = [
      { id: "given", ctr: 0.25 },
      { id: "own", item: "i1", price: 2 },
    ];
    const mixed = await answerOf({ candidates: candidates.map((each) => ({ ...each })), values: { user: "u0" } });
    expect(scoresOf(mixed)).toEqual({ given: 0.25, own });
    expect(mixed.warnings).toEqual([expect.stringMatching(/^MTL7520 candidates provide `ctr`/)]);
    // Where all provide it, nothing is predicted, and features do not matter.
    const all = await answerOf({ candidates: [{ id: "a", ctr: 0.9 }] });
    expect(scoresOf(all)).toEqual({ a: 0.9 });
    expect(all.warnings).toEqual([expect.stringMatching(/^MTL7520/)]);
  });
});

describe("values that are features", () => {
  const rankAll = async (requests: readonly Partial<ServiceRequest>[]): Promise<readonly string[]> => {
    const warnings: string[] = [];
    const ranker = await createRanker(trained, {
      ranking: "page",
      engine: "cpu",
      onWarning: ({ code, message }) => warnings.push(`${code} ${message}`),
    });
    for (const [i, request] of requests.entries())
      await ranker.rank({ candidates: [], now: 0, request: `r${i}`, ...request });
    await ranker.close();
    return warnings.filter((each) => each.startsWith("MTL7521"));
  };
  const given = { candidates: [{ id: "a", ctr: 0.9 }] };
  const needing = { candidates: [{ id: "a", item: "i1" }], values: { uid: "u0", price: 2 } };

  it("are read, by column and by feature, also after a request that needed no network", async () => {
    expect(await rankAll([given, needing])).toEqual([]);
    expect(await rankAll([given, { ...needing, values: { user: "u0", price: 2 } }, given])).toEqual([]);
  });

  it("are told once where nothing reads them, before and after", async () => {
    const wrong = { ...given, values: { prcie: 2 } };
    expect(await rankAll([wrong, needing, { ...needing, values: { ...needing.values, prcie: 2 } }])).toEqual([
      "MTL7521 nothing reads `prcie` of the values of request `r0`",
    ]);
    expect(await rankAll([given, { ...needing, values: { ...needing.values, prcie: 2 } }])).toEqual([
      "MTL7521 nothing reads `prcie` of the values of request `r1`; did you mean `price`?",
    ]);
  });
});

describe("heads that a table provides", () => {
  it("are read as its texts are", async () => {
    const [own = NaN] = await predicted([{ uid: "u0", item: "i1", price: 2 }]);
    const file = join(folder, "given.csv");
    writeFileSync(file, "id,uid,item,price,ctr\na,u0,i1,2,0.25\nb,u0,i1,2,\n");
    const answers: RankAnswer[] = [];
    for await (const each of rankFiles({ source: trained, files: [file], now: 0, seed: 0, engine: "cpu" }))
      answers.push(each);
    expect(scoresOf({ answer: answers[0] as RankAnswer })).toEqual({ a: 0.25, b: own });
  });
});

describe("an artifact that was compiled and not trained", () => {
  it("ranks what reads no head, and what provides them", async () => {
    const outer = await answerOf({ candidates: [{ id: "a", ext: 0.3 }] }, { source: compiled, rank: "outer" });
    expect(scoresOf(outer)).toEqual({ a: 0.3 });
    const given = await answerOf({ candidates: [{ id: "a", ctr: 0.3 }] }, { source: compiled });
    expect(scoresOf(given)).toEqual({ a: 0.3 });
    await expect(answerOf({ candidates: [{ id: "a", item: "i1", price: 1 }] }, { source: compiled })).rejects.toThrow(
      /MTL7206/,
    );
  });
});

it("says how many values training has not seen", async () => {
  const file = join(folder, "new.csv");
  writeFileSync(file, "request,id,uid,item,price\nr1,a,u0,i1,1\nr1,b,u0,i9,1\nr2,a,u7,i8,\n");
  const warnings: Diagnostic[] = [];
  const call = { source: trained, files: [file], now: 0, seed: 0, engine: "cpu" as const };
  const answers: RankAnswer[] = [];
  for await (const each of rankFiles({ ...call, onWarning: (warning) => warnings.push(warning) })) answers.push(each);
  expect(answers.map(({ kind }) => kind)).toEqual(["ranked", "ranked"]);
  expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
    "MTL7522 in 3 rows, 2 values of `item`, 1 value of `user` were not in the training data",
  ]);
});
