import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openData } from "../../src/runtime/data/index.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { inspectData } from "../../src/runtime/train/inspect/inspect.js";
import { createRandom } from "../random.js";

/** What is said of data that can be read and teaches nothing, or the wrong thing. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-inspect-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Row = Readonly<Record<string, string | number>>;

function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  return [names.join(","), ...rows.map((row) => names.map((name) => row[name]).join(","))].join("\n") + "\n";
}

/** Impressions of 50 users and 40 items; clicks follow neither. */
function impressions(count: number, seed: number, change: (row: Row, i: number) => Row = (row) => row): Row[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const click = Number(random() < 0.3);
    const row = {
      user: `u${Math.floor(random() * 50)}`,
      item: `i${Math.floor(random() * 40)}`,
      price: Math.round(random() * 1e6) / 1e4,
      click,
      buy: click && Number(random() < 0.4),
      weight: 1,
    };
    return change(row, i);
  });
}

const spec = `model shop
data {
  train: "train.csv"
  test: "test.csv"
  group: user
}
features {
  user: categorical(embed: 4)
  item: categorical(embed: 4)
  price: numeric
}
labels {
  click: event
  buy: event within click
}
input x = [user, item, price]
task ctr: P(click) = sigmoid(logit(x))
task cvr: P(buy | click) = sigmoid(logit(x))
loss {
  ctr: bce
  cvr: bce
}
`;

interface Files {
  readonly spec?: string;
  readonly train: readonly Row[];
  /** Rows, or the text of the file. */
  readonly test?: readonly Row[] | string;
}

let folders = 0;
/** The warnings about files, as `code: message`. */
async function warningsOf({ spec: text = spec, train, test = impressions(300, 99) }: Files): Promise<string[]> {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  writeFileSync(join(folder, "m.mtl"), text);
  writeFileSync(join(folder, "train.csv"), csv(train));
  writeFileSync(join(folder, "test.csv"), typeof test === "string" ? test : csv(test));
  const { model } = loadSpec(join(folder, "m.mtl"));
  const look = async (): Promise<string[]> => {
    const data = await openData(model, { specPath: join(folder, "m.mtl") });
    const found = [...data.warnings, ...inspectData(model, data)];
    for (const dataset of [data.train, data.validation, data.test]) dataset?.close();
    return found.map(({ code, message }) => `${code}: ${message}`);
  };
  const found = await look();
  // Rows that were just encoded, and those of the cache.
  expect(await look()).toEqual(found);
  return found;
}

describe("inspecting data", () => {
  it("says nothing of sound data", async () => {
    expect(await warningsOf({ train: impressions(1000, 1) })).toEqual([]);
  });

  it("MTL7140: a label that is never known, a condition that never holds", async () => {
    const unknown = await warningsOf({ train: impressions(400, 1, (row) => ({ ...row, buy: "" })) });
    expect(unknown).toEqual([
      "MTL7140: `cvr` learns nothing: whether a row has `buy` is not known in any row of the training data that has `click`",
    ]);
    const never = await warningsOf({ train: impressions(400, 1, (row) => ({ ...row, click: 0, buy: 0 })) });
    expect(never).toEqual([
      "MTL7141: `ctr` can only learn one target value: no row of the training data has `click`",
      "MTL7140: `cvr` learns nothing: no row of the training data has `click`",
    ]);
  });

  it("MTL7140: an amount that is never known; MTL7141: one that is one number", async () => {
    const text = spec
      .replace("buy: event within click", "buy: event within click\n  paid: amount")
      .replace("loss {", "task pay: E(paid) = softplus(logit(x))\nloss {\n  pay: mse");
    const of = (paid: string | number) =>
      warningsOf({
        spec: text,
        train: impressions(300, 1).map((row) => ({ ...row, paid })),
        test: impressions(50, 2).map((row) => ({ ...row, paid: 1 })),
      });
    expect(await of("")).toEqual([
      "MTL7140: `pay` learns nothing: `paid` is not known in any row of the training data",
    ]);
    expect(await of(7)).toEqual([
      "MTL7141: `pay` can only learn one target value: `paid` is 7 in every row of the training data",
    ]);
  });

  it("MTL7141: a label that always holds, where the loss looks", async () => {
    const always = await warningsOf({ train: impressions(400, 1, (row) => ({ ...row, buy: Number(row["click"]) })) });
    expect(always).toEqual([
      "MTL7141: `cvr` can only learn one target value: every row of the training data that has `click` has `buy`",
    ]);
    const all = spec.replace("cvr: bce", "cvr: bce(space: all)");
    expect(
      await warningsOf({ spec: all, train: impressions(400, 1, (row) => ({ ...row, buy: Number(row["click"]) })) }),
    ).toEqual([]);
  });

  it("MTL7142: a split that leaves no row, and a file without rows", async () => {
    const text = spec.replace('test: "test.csv"', "split: split(by: hash(user), 0.8, rest: test)");
    const found = await warningsOf({ spec: text, train: impressions(200, 1, (row) => ({ ...row, user: "u2" })) });
    expect(found[0]).toBe("MTL7142: the split leaves no row for the test data; all 200 rows are training rows");
    const header = `${Object.keys(impressions(1, 1)[0] ?? {}).join(",")}\n`;
    expect(await warningsOf({ train: impressions(200, 1), test: header })).toEqual([
      "MTL7142: the test data has no rows",
    ]);
  });

  it("MTL7143: weights that are all 0", async () => {
    const text = spec.replace("group: user", "group: user\n  weight: weight");
    const found = await warningsOf({ spec: text, train: impressions(200, 1, (row) => ({ ...row, weight: 0 })) });
    expect(found).toEqual([
      "MTL7143: the sample weight `weight` is 0 in all 200 rows of the training data, so nothing is learned",
    ]);
  });

  it("MTL7144: one file on both sides", async () => {
    const text = spec.replace('"test.csv"', '"./train.csv"');
    expect(await warningsOf({ spec: text, train: impressions(300, 1) })).toEqual([
      "MTL7144: `train.csv` is training data and test data: metrics on it do not generalize to other rows",
    ]);
  });

  it("MTL7145: the same rows in another order, and not rows that few columns repeat by nature", async () => {
    const train = impressions(600, 1);
    const found = await warningsOf({ train, test: train.slice(200, 400).reverse() });
    expect(found).toEqual([
      "MTL7145: 100 % of the rows of the test data are also in the training data, label included (training rows repeat each other in 0 %)",
    ]);
    const few = (seed: number) => impressions(600, seed, (row) => ({ ...row, item: "i1", price: 2 }));
    expect((await warningsOf({ train: few(1), test: few(2) })).filter((text) => text.includes("MTL7145"))).toEqual([]);
  });

  it("says nothing of ids as pandas writes them beside a hole: they are those of the whole number", async () => {
    const ids =
      (suffix: string) =>
      (row: Row, i: number): Row => ({
        ...row,
        item: i % 10 === 0 ? "" : `${310_000 + (i % 40)}${suffix}`,
      });
    expect(await warningsOf({ train: impressions(300, 1, ids(".0")), test: impressions(300, 2, ids("")) })).toEqual([]);
  });

  it("MTL7147: a number and a text that give a label away, and not an id of each row", async () => {
    const text = spec.replace("price: numeric", "price: numeric\n  code: categorical\n  row: categorical");
    const leak = (row: Row, i: number): Row => ({
      ...row,
      price: Number(row["click"]) * 10 + (i % 7),
      code: Number(row["click"]) === 1 ? `y${i % 3}` : `n${i % 5}`,
      row: `r${i}`,
    });
    const found = await warningsOf({
      spec: text.replace("[user, item, price]", "[user, item, price, code, row]"),
      train: impressions(1000, 1, leak),
      test: impressions(300, 2, leak),
    });
    expect(found).toEqual([
      "MTL7147: feature `price` by itself predicts `click` with an AUC of 1.0000 on a sample of the training rows",
      "MTL7147: feature `code` by itself predicts `click` with an AUC of 1.0000 on a sample of the training rows",
    ]);
  });

  it("MTL7147: judges each label in the rows in which it is known", async () => {
    // Of every third row nobody knows whether it was bought, and there the price says the opposite.
    const leak = (row: Row, i: number): Row => {
      const buy = Number(i % 2 === 0 || i % 7 === 0);
      return i % 3 === 0
        ? { ...row, buy: "", price: 10 * (1 - buy) + (i % 5) }
        : { ...row, buy, price: 10 * buy + (i % 5) };
    };
    const found = await warningsOf({
      spec: spec.replace("buy: event within click", "buy: event").replace("P(buy | click)", "P(buy)"),
      train: impressions(1000, 1, leak),
      test: impressions(300, 2, leak),
    });
    expect(found.filter((each) => each.startsWith("MTL7147"))).toEqual([
      "MTL7147: feature `price` by itself predicts `buy` with an AUC of 1.0000 on a sample of the training rows",
    ]);
  });

  it("MTL7148: one value, no value, none of the listed values", async () => {
    const text = spec.replace("item: categorical(embed: 4)", 'item: categorical(values: ["I1", "I2"])');
    const same = (row: Row): Row => ({ ...row, user: "u1", price: "" });
    const found = await warningsOf({ spec: text, train: impressions(200, 1, same), test: impressions(200, 2, same) });
    expect(found.filter((each) => each.startsWith("MTL7148"))).toEqual([
      "MTL7148: feature `price` is empty in all 200 rows of the training data",
      "MTL7148: feature `item` has only unknown values in all 200 rows of the training data",
      "MTL7148: feature `user` has one value in all 200 rows of the training data",
    ]);
  });

  it("MTL7149: values that training never saw", async () => {
    const found = await warningsOf({
      train: impressions(400, 1),
      test: impressions(300, 2, (row, i) => ({ ...row, item: i % 10 === 0 ? "i1" : `new${i}` })),
    });
    expect(found).toEqual(["MTL7149: 90 % of the values of feature `item` in the test data are not in its vocabulary"]);
  });
});
