/**
 * Learning to rank on MovieLens 100k: one network under a loss on single rows and under losses over lists. A list is what a
 * user rated, a rating of 4 or 5 is relevant. Five parts of each user's ratings take turns: one tests, the next says when
 * to stop and how much to penalize, the others train; so each seed has a test of its own.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "../src/runtime/jobs/train.js";
import { createDraws } from "../src/runtime/tune/index.js";
import { machine, mean, note, option, print, printTable, sharedData } from "./report.js";

export const summary = "NDCG@10 on MovieLens 100k: losses over lists beside a loss on single rows";

const parts = 5;
const metric = "ndcg(at: 10)";
/** Half the width of a 95 % interval in standard errors, of five values (Student's t, four degrees of freedom). */
const halfWidth = 2.776;

interface Rating {
  readonly user: string;
  readonly item: string;
  readonly like: 0 | 1;
  readonly part: number;
}

interface Measured {
  /** By part: NDCG@10 on what stopped the training, and on what nothing was chosen by. */
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

/** `--losses a,b` (`bce,bpr,lambdarank`), `--l2 a,b` (`4e-5,1e-4,4e-4`): each loss takes what is best for it on validation data. */
export async function run(words: readonly string[]): Promise<void> {
  const file = sharedData("ml-100k/ml-100k.inter");
  if (file === undefined) return note("MovieLens 100k is not there: ../shared/data/ml-100k/ml-100k.inter");
  const losses = option(words, "losses", "bce,bpr,lambdarank").split(",");
  const penalties = option(words, "l2", "4e-5,1e-4,4e-4").split(",");
  const folder = mkdtempSync(join(tmpdir(), "mtlc-ltr-"));
  try {
    writeParts(folder, readRatings(file));
    const rows: string[][] = [];
    const found = new Map<string, readonly { readonly l2: string; readonly measured: Measured }[]>();
    for (const loss of losses) {
      const tried: { readonly l2: string; readonly measured: Measured }[] = [];
      for (const l2 of penalties) {
        const measured = await measure(folder, loss, l2);
        note(`${loss}, l2 ${l2}: validation ${mean(measured.validation).toFixed(4)}`);
        tried.push({ l2, measured });
      }
      found.set(loss, tried);
    }
    const [first = ""] = losses;
    for (const loss of losses) {
      const best = bestOf(found.get(loss));
      const base = bestOf(found.get(first));
      rows.push([loss, best.l2, interval(best.measured.test), difference(best, base)]);
      for (const each of found.get(loss) ?? []) {
        const same = found.get(first)?.find(({ l2 }) => l2 === each.l2) ?? base;
        rows.push([`  at ${each.l2}`, "", interval(each.measured.test), difference(each, same)]);
      }
    }
    print();
    printTable([["loss", "l2", `test ${metric}`, `less ${first}`], ...rows]);
    print(`\nmean and 95 % interval over ${parts} seeds, each with a test part of its own; ${machine()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readRatings(file: string): readonly Rating[] {
  const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
  const byUser = new Map<string, { readonly item: string; readonly like: 0 | 1 }[]>();
  for (const line of lines) {
    const [user = "", item = "", rating = ""] = line.split("\t");
    const rated = byUser.get(user) ?? [];
    byUser.set(user, rated);
    rated.push({ item, like: Number(rating) >= 4 ? 1 : 0 });
  }
  const { uniform } = createDraws(17);
  return [...byUser].flatMap(([user, rated]) =>
    rated
      .map((each) => ({ ...each, key: uniform() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ item, like }, place) => ({ user, item, like, part: place % parts })),
  );
}

function writeParts(folder: string, ratings: readonly Rating[]): void {
  for (let part = 0; part < parts; part++) {
    const roleOf = (each: Rating): string =>
      each.part === part ? "test" : each.part === (part + 1) % parts ? "validation" : "train";
    for (const role of ["train", "validation", "test"]) {
      const rows = ratings.filter((each) => roleOf(each) === role);
      const lines = rows.map(({ user, item, like }) => `${user},${item},${like}`);
      writeFileSync(join(folder, `${role}-${part}.csv`), `user_id,item_id,like\n${lines.join("\n")}\n`);
    }
  }
}

async function measure(folder: string, loss: string, l2: string): Promise<Measured> {
  const validation: number[] = [];
  const test: number[] = [];
  for (let part = 0; part < parts; part++) {
    const spec = join(folder, "ltr.mtl");
    writeFileSync(spec, specOf(loss, l2, part));
    const { history, evaluation } = await train({ spec });
    validation.push(Math.max(...history.map((each) => each.evaluation?.heads["pref"]?.[metric] ?? NaN)));
    test.push(evaluation?.heads["pref"]?.[metric] ?? NaN);
  }
  return { validation, test };
}

function specOf(loss: string, l2: string, part: number): string {
  return `model ltr
data {
  train: csv("train-${part}.csv"), validation: csv("validation-${part}.csv"), test: csv("test-${part}.csv")
  group: user_id
}
features { user_id: categorical, item_id: categorical }
labels { like: event }
table user = embedding(user_id, 16)
table item = embedding(item_id, 16)
table user_bias = embedding(user_id, 1)
table item_bias = embedding(item_id, 1)
task pref: P(like) = sigmoid(dot(user, item) + user_bias + item_bias)
loss { pref: ${loss}, l2: ${l2} * l2(embeddings) }
train {
  optimizer: adam(lr: 0.01), batch: 2048, epochs: 40, seed: ${part + 1}
  stop: early(metric: ndcg(pref, at: 10), patience: 3)
}
metrics { pref: ndcg(at: 10) }
`;
}

function bestOf(tried: readonly { readonly l2: string; readonly measured: Measured }[] = []): {
  readonly l2: string;
  readonly measured: Measured;
} {
  const [best] = tried.toSorted((a, b) => mean(b.measured.validation) - mean(a.measured.validation));
  if (best === undefined) throw new Error("no loss was tried");
  return best;
}

function difference(one: { readonly measured: Measured }, other: { readonly measured: Measured }): string {
  if (one === other) return "";
  return interval(
    one.measured.test.map((value, part) => value - (other.measured.test[part] ?? NaN)),
    true,
  );
}

/** `0.8378 ± 0.0041`. */
function interval(values: readonly number[], signed = false): string {
  const center = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
  const half = halfWidth * Math.sqrt(variance / values.length);
  return `${signed && center >= 0 ? "+" : ""}${center.toFixed(4)} ± ${half.toFixed(4)}`;
}
