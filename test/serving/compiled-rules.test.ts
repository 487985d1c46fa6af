import { describe, expect, it } from "vitest";
import { createEvaluator, readInputs, type Frame } from "../../src/compiler/formulas/index.js";
import type { FormulaExpression, ServingModel } from "../../src/compiler/model/index.js";
import {
  createKeyTable,
  noneShown,
  planRank,
  type PermitSnapshot,
  rankCandidates,
  type RankInput,
} from "../../src/compiler/ranking/index.js";
import { createRanker } from "../../src/compiler/serving/index.js";
import { keyValues } from "../../src/compiler/serving/key-values.js";
import { compileText } from "../semantics/compile.js";
import { createRandom } from "../formulas/random-formula.js";

const now = 1_793_836_800;

const head = `model shop
signals {
  ctr: P(click)
  cvr: P(buy | click)
}
attributes {
  price:     number(yuan)? >= 0
  quality:   number? in [0, 1]
  brand:     text?
  category:  text
  tags:      texts?
  listed_at: time?
  member:    bool?
  shape:     vector(3)?
}
request { city: text, keep: number in [1, 5] }
params { lift: 1.5 in [1, 3] }
fusion base = ctr * (0.05 + cvr)
fusion score = base * (1 + minmax(coalesce(price, 0)))
`;

const conditions = [
  'brand == "a"',
  'brand != "b"',
  'brand in ["a", "c"]',
  "category == city",
  'lower(category) == "x"',
  '"p" in tags',
  "quality < 0.3",
  "quality >= 0.5 and not member",
  "member or price > 50",
  "age(listed_at) < 7d",
  "base > 0.1",
  "missing(price)",
  "percentile(ctr) > 0.8",
];
const keys = ["brand", "category", "tags", "[brand, category]", "[tags, brand]", "member", "[quality, tags, category]"];

function randomRules(random: () => number): string {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] as string;
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const soft = (): string => pick(["", " soft: 1", " soft: 2", " otherwise: relax"]);
  const kinds: readonly (() => string)[] = [
    () => `drop NAME when ${pick(conditions)}${pick(["", " missing: keep"])}`,
    () =>
      `boost NAME when ${pick(conditions)} by ${pick(["lift", "1.2", "0.7", "1 + 0.5 * ctr"])}${pick(["", " missing: apply"])}`,
    () => `suppress NAME when ${pick(conditions)} by ${pick(["last", "0.5", "drop", "0.5 * cvr"])}`,
    () =>
      `spread NAME at most ${pick(["1", "2", "keep"])} of ${pick(keys)} in ${4 + upTo(5)}${soft()}${pick(["", ` when ${pick(conditions)}`])}`,
    () =>
      `explore NAME when ${pick(conditions)} at least ${upTo(3)} in top ${5 + upTo(10)}${pick(["", " epsilon: 0.3", " successes: ctr trials: cvr"])}${soft()}`,
    () => `pin NAME when ${pick(conditions)} at ${upTo(8)}`,
    () => `dedupe NAME of ${pick(["brand", "[brand, category]", "tags"])}`,
    () => `cap NAME at most 100 of ${pick(keys)} per day${pick(["", ` when ${pick(conditions)}`])}`,
    () => `pace NAME at most 100 of ${pick(keys)} per day`,
    () => `${pick(["mmr", "dpp"])} NAME of ${pick(["shape", "brand", "tags"])}`,
  ];
  const rules = Array.from({ length: upTo(10) }, (_, i) =>
    (kinds[Math.floor(random() * kinds.length)] as () => string)().replace("NAME", `r${i}`),
  );
  return `rules some {\n${rules.map((rule) => `  ${rule}\n`).join("")}}\nrank page = top 12 by score with some\n`;
}

function randomCandidates(random: () => number, count: number): readonly Readonly<Record<string, unknown>>[] {
  const maybe = <T>(value: T): T | undefined => (random() < 0.15 ? undefined : value);
  const of = (letters: string): string => letters[Math.floor(random() * letters.length)] as string;
  return Array.from({ length: count }, (_, i) => ({
    id: `i${i}`,
    ctr: random() < 0.3 ? 0.5 : random(),
    cvr: random(),
    price: maybe(100 * random()),
    quality: maybe(Math.round(10 * random()) / 10),
    brand: maybe(of("abcdefgh")),
    category: of("xyzXw"),
    tags: maybe([..."pqr"].filter(() => random() < 0.4)),
    listed_at: maybe(now - 86_400 * 20 * random()),
    member: maybe(random() < 0.5),
    shape: maybe([random() - 0.5, random() - 0.5, random() - 0.5]),
  }));
}

/** A request as the interpreter has it: no column is shared, and nothing is compiled. */
function interpreted(
  serving: ServingModel,
  formulas: readonly FormulaExpression[],
  frame: Frame,
  rest: Pick<RankInput, "request" | "ids" | "seed" | "permits">,
): RankInput {
  const evaluator = createEvaluator(frame);
  const number = (formula: number): Float64Array => evaluator.numbers(formulas[formula] as FormulaExpression).slice();
  const inputs = new Map(serving.inputs.map((input) => [input.name, input]));
  return {
    ...rest,
    now,
    number,
    passing: number,
    key: (name) => createKeyTable(keyValues(frame, name, inputs.get(name)?.type === "bool")),
    tuples: new Map(),
    vectors: (name) => ({ rows: frame.vectors.get(name) ?? [], dimension: 3 }),
    offset: 0,
    tail: noneShown,
    shown: noneShown,
  };
}

const scarce: PermitSnapshot = {
  held: (rule, key) => (rule.length + key.length) % 4,
  pace: (_, key) => 1 + (key.length % 3) / 4,
};

/** A seed of random numbers and how many specs of it the checker took. */
const wanted = 20;

describe("a ranking's compiled formulas and rules", () => {
  it(`give what the interpreter gives, bit for bit (${wanted} specs of random rules)`, () => {
    const random = createRandom(20_261_128);
    let taken = 0;
    let explained = 0;
    for (let tries = 0; taken < wanted && tries < 20 * wanted; tries++) {
      const { model } = compileText(`${head}${randomRules(random)}`);
      const serving = model?.serving;
      const [rank] = serving?.ranks ?? [];
      if (serving === undefined || rank === undefined) continue;
      taken++;
      const ranker = createRanker(serving, rank);
      const plan = planRank(serving, rank);
      for (const count of [40, 3, 25]) {
        const candidates = randomCandidates(random, count);
        const read = readInputs(serving, { candidates, now, request: { city: "x", keep: 2 } });
        if (read.kind !== "frame") throw new Error(`refused: ${read.input}`);
        const ids = candidates.map(({ id }) => String(id));
        for (const permits of [undefined, scarce]) {
          const request = { request: `q${tries}`, ids, seed: 7, ...(permits === undefined ? {} : { permits }) };
          const list = ranker.rankFrame({ ...request, now }, read.frame);
          const input = interpreted(serving, plan.formulas, read.frame, {
            ...request,
            permits: permits ?? { held: () => Infinity, pace: () => 1 },
          });
          const outcome = rankCandidates(plan, input);
          const items = Array.from(outcome.list, (row) => ({ id: ids[row], score: outcome.scores[row] }));
          expect(list.items.map(({ id, score }) => ({ id, score }))).toEqual(items);
          expect([list.relaxed, list.spent, list.searchTruncated]).toEqual([
            outcome.relaxed,
            outcome.spent,
            outcome.searchTruncated,
          ]);
          expect(list.nonFinite).toEqual(outcome.nonFinite.map((row) => ids[row]));
          // An explanation comes after other requests: what it reads must still be its own.
          ranker.rankFrame({ ...request, now, ids: ids.slice(0, 1) }, oneRow(serving, candidates));
          for (const [row, id] of ids.entries()) {
            const candidate = list.explain(id);
            expect(candidate?.score).toBe(outcome.scores[row]);
            const last = candidate?.steps.at(-1);
            if (last !== undefined) {
              // Steps multiply in turn, where the score takes the product of a set's boosts at once.
              expect(last.after).toBeCloseTo(candidate?.score ?? NaN, 9);
              explained++;
            }
          }
        }
      }
    }
    expect(taken).toBe(wanted);
    expect(explained).toBeGreaterThan(50);
  });
});

function oneRow(serving: ServingModel, candidates: readonly Readonly<Record<string, unknown>>[]): Frame {
  const read = readInputs(serving, { candidates: candidates.slice(0, 1), now, request: { city: "y", keep: 1 } });
  if (read.kind !== "frame") throw new Error(`refused: ${read.input}`);
  return read.frame;
}
