/**
 * Learning to rank on MovieLens 100k: one network under a loss on single rows and under losses over lists, and LambdaMART. A list
 * is what a user rated, a rating of 4 or 5 is relevant. Five parts of each user's ratings take turns: one tests, the next says
 * when to stop and which settings to take, the others train; so each seed has a test of its own, which nothing is chosen by.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "../src/runtime/jobs/train.js";
import { createDraws } from "../src/runtime/statistics/index.js";
import { withInterval } from "./papers/numbers.js";
import { machine, mean, note, option, print, printTable, sharedData } from "./report.js";

export const summary = "NDCG@10 on MovieLens 100k: losses over lists beside a loss on single rows, and trees";

const parts = 5;
const metric = "ndcg(at: 10)";

interface Rating {
  readonly user: string;
  readonly item: string;
  readonly like: 0 | 1;
  readonly part: number;
}

/** NDCG@10 of one run: on what stopped the training, and on what nothing was chosen by. */
interface Measured {
  readonly validation: number;
  readonly test: number;
}

/** How much a user's rows count while training: NDCG counts each user once, however many rows it has. */
const weightings = ["rows", "root", "user"] as const;
type Weighting = (typeof weightings)[number];

/** What each loss chooses among for itself. */
interface Setting {
  readonly dim: string;
  readonly l2: string;
  readonly lr: string;
  /** Each row once, by 1 / √rows of its user, or by 1 / rows, so that each user counts once. */
  readonly by: Weighting;
}

/** A loss with what it measured: by part, a run of each setting. */
interface Tried {
  readonly loss: string;
  readonly runs: readonly (readonly (Measured & { readonly setting: string })[])[];
}

/**
 * `--losses "bce; bpr(max_pairs: 1000)"`, with `trees` for LambdaMART; `--dim`, `--l2`, `--lr` and `--by` (rows, root, user: how a
 * user's rows are weighted): each seed of each loss takes of all combinations the one that is best on its validation part.
 */
export async function run(words: readonly string[]): Promise<void> {
  const file = sharedData("ml-100k/ml-100k.inter");
  if (file === undefined) return note("MovieLens 100k is not there: ../shared/data/ml-100k/ml-100k.inter");
  const losses = option(words, "losses", "bce; bpr; lambdarank; trees").split(/;\s*/);
  const list = (name: string, otherwise: string): readonly string[] => option(words, name, otherwise).split(",");
  const settings = list("dim", "16,32").flatMap((dim) =>
    list("l2", "4e-5,7e-5,1e-4,1.5e-4").flatMap((l2) =>
      list("lr", "0.006,0.017").flatMap((lr) =>
        weightings
          .filter((by) => list("by", weightings.join()).includes(by))
          .map((by): Setting => ({ dim, l2, lr, by })),
      ),
    ),
  );
  const folder = mkdtempSync(join(tmpdir(), "mtlc-ltr-"));
  try {
    writeParts(folder, readRatings(file), extraColumns(file));
    const tried: Tried[] = [];
    for (const loss of losses) {
      tried.push(await tryLoss(folder, loss, settings));
      note(`${loss}: validation ${mean(bestRuns(tried.at(-1)).map(({ validation }) => validation)).toFixed(4)}`);
    }
    print();
    const [first] = tried;
    printTable([
      ["loss", `test ${metric}`, `less ${first?.loss ?? ""}`, "settings that seeds took: dim l2 lr by"],
      ...tried.map((each) => [
        each.loss,
        withInterval(testsOf(each), 4),
        each === first
          ? ""
          : withInterval(
              testsOf(each).map((value, part) => value - (testsOf(first)[part] ?? NaN)),
              4,
              true,
            ),
        [...new Set(bestRuns(each).map(({ setting }) => setting))].join(", "),
      ]),
    ]);
    print(`\nmean and 95 % interval over ${parts} seeds, each with a test part of its own; ${machine()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryLoss(folder: string, loss: string, settings: readonly Setting[]): Promise<Tried> {
  const runs: (Measured & { readonly setting: string })[][] = [];
  for (let part = 0; part < parts; part++) {
    const found: (Measured & { readonly setting: string })[] = [];
    if (loss === "trees") found.push({ ...(await measure(folder, treesSpec(part))), setting: "" });
    else
      for (const setting of settings)
        found.push({
          ...(await measure(folder, networkSpec(loss, setting, part))),
          setting: Object.values(setting).join(" "),
        });
    runs.push(found);
  }
  return { loss, runs };
}

/** Of each part the run that is best on its validation data. */
function bestRuns(tried: Tried | undefined): readonly (Measured & { readonly setting: string })[] {
  return (tried?.runs ?? []).map((found) => {
    const [best] = found.toSorted((a, b) => b.validation - a.validation);
    if (best === undefined) throw new Error("nothing was tried");
    return best;
  });
}

function testsOf(tried: Tried | undefined): readonly number[] {
  return bestRuns(tried).map(({ test }) => test);
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

/** What trees read besides: `age,gender,occupation` by user, `year,genre` by item. */
interface Extra {
  readonly user: ReadonlyMap<string, string>;
  readonly item: ReadonlyMap<string, string>;
}

function extraColumns(ratings: string): Extra {
  const rows = (ending: string): readonly (readonly string[])[] =>
    readFileSync(ratings.replace(/inter$/, ending), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"));
  return {
    user: new Map(rows("user").map(([id = "", age, gender, occupation]) => [id, `${age},${gender},${occupation}`])),
    item: new Map(
      rows("item").map(([id = "", , year = "", genres = ""]) => [
        id,
        `${/^\d+$/.test(year) ? year : ""},${genres.split(" ")[0] ?? ""}`,
      ]),
    ),
  };
}

function writeParts(folder: string, ratings: readonly Rating[], extra: Extra): void {
  for (let part = 0; part < parts; part++) {
    const roleOf = (each: Rating): string =>
      each.part === part ? "test" : each.part === (part + 1) % parts ? "validation" : "train";
    // What others thought of an item, by the ratings that train.
    const likes = new Map<string, { count: number; likes: number }>();
    for (const each of ratings) {
      if (roleOf(each) !== "train") continue;
      const known = likes.get(each.item) ?? { count: 0, likes: 0 };
      likes.set(each.item, { count: known.count + 1, likes: known.likes + each.like });
    }
    const rowsOf = new Map<string, number>();
    for (const each of ratings) if (roleOf(each) === "train") rowsOf.set(each.user, (rowsOf.get(each.user) ?? 0) + 1);
    for (const role of ["train", "validation", "test"]) {
      const lines = ratings
        .filter((each) => roleOf(each) === role)
        .map((each) => {
          const { user, item, like } = each;
          const own = role === "train" ? 1 : 0;
          const known = likes.get(item) ?? { count: 0, likes: 0 };
          const count = known.count - own;
          // A row that trains leaves itself out.
          const share = (known.likes - own * like + 2.75) / (count + 5);
          const others = `${count},${share.toFixed(5)},${extra.user.get(user) ?? ",,"},${extra.item.get(item) ?? ","}`;
          return `${user},${item},${like},${weights(role === "train" ? rowsOf.get(user) : undefined).join()},${others}`;
        });
      const columns = "user_id,item_id,like,root,user,ratings,share,age,gender,occupation,year,genre";
      writeFileSync(join(folder, `${role}-${part}.csv`), `${columns}\n${lines.join("\n")}\n`);
    }
  }
}

/** By 1 / √rows and by 1 / rows, as multiples of what a user with 80 rows has; rows that do not train count 1. */
function weights(rows = 80): readonly [root: string, user: string] {
  return [Math.sqrt(80 / rows).toFixed(5), (80 / rows).toFixed(5)];
}

async function measure(folder: string, text: string): Promise<Measured> {
  const spec = join(folder, "ltr.mtl");
  writeFileSync(spec, text);
  const { history, evaluation } = await train({ spec });
  const measured = history.map((each) => each.evaluation?.heads["pref"]?.[metric] ?? NaN);
  return { validation: Math.max(...measured), test: evaluation?.heads["pref"]?.[metric] ?? NaN };
}

function dataOf(part: number, by: Weighting): string {
  return `model ltr
data {
  train: csv("train-${part}.csv"), validation: csv("validation-${part}.csv"), test: csv("test-${part}.csv")
  group: user_id${by === "rows" ? "" : `, weight: ${by}`}
}
labels { like: event }
metrics { pref: ndcg(at: 10) }
`;
}

function networkSpec(loss: string, { dim, l2, lr, by }: Setting, part: number): string {
  return `${dataOf(part, by)}
features { user_id: categorical, item_id: categorical }
table user = embedding(user_id, ${dim})
table item = embedding(item_id, ${dim})
table user_bias = embedding(user_id, 1)
table item_bias = embedding(item_id, 1)
task pref: P(like) = sigmoid(dot(user, item) + user_bias + item_bias)
loss { pref: ${loss}, l2: ${l2} * l2(embeddings) }
train {
  optimizer: adam(lr: ${lr}), batch: 2048, epochs: 60, seed: ${part + 1}
  stop: early(metric: ndcg(pref, at: 10), patience: 4)
}
`;
}

/** LambdaMART has no factors of users and items: it reads what is known of both. */
function treesSpec(part: number): string {
  return `${dataOf(part, "rows")}
features { [gender, occupation, genre, item_id]: categorical, [age, year, ratings, share]: numeric }
task pref: score = trees(gender, occupation, genre, item_id, age, year, ratings, share, rounds: 300, lr: 0.05, leaves: 15)
loss { pref: lambdarank }
train { stop: early(metric: ndcg(pref, at: 10), patience: 30), seed: ${part + 1} }
`;
}
