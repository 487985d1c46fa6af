import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { specText } from "../../src/compiler/describe/index.js";
import { openData } from "../../src/runtime/data/index.js";
import { bag, categorical, event, failureOf, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

/** Ali-CCP as it is published, in two files, and as others have made tables and slots of it. */

const fixtures = join(import.meta.dirname, "../fixtures/ali-ccp");
const text = (name: string): string => readFileSync(join(fixtures, name), "utf8");
const pair = {
  "sample_skeleton_train.csv": text("sample_skeleton_train.csv"),
  "common_features_train.csv": text("common_features_train.csv"),
};
const labels = [event("click"), event("buy")];
const listed = (...values: readonly string[]) => ({ vocabulary: { kind: "listed", values } }) as const;
const skeleton = (options = {}) => source("sample_skeleton_train.csv", "ali_ccp", options);
const feature = (field: string, id: string, value: string): string => `${field}\u0002${id}\u0003${value}`;

describe("ali_ccp", () => {
  it("joins each row with its common features, in the order of the skeleton", async () => {
    const features = [
      categorical("101", listed("u1", "u2")),
      categorical("205", listed("i1", "i2", "i3")),
      bag("210", listed("t1", "t2", "t3")),
      numeric("508_value", { missing: -1 }),
    ];
    const { train } = await openIn(folderWith(pair), spec({ train: skeleton() }, features, labels));
    expect(rowsOf(train)).toEqual([
      { ids: [2, 1, 1, 2, -1], numbers: [2.5], labels: [1, 1], weight: 1 },
      { ids: [1, 2, 2, -1, -1], numbers: [-1], labels: [0, 0], weight: 1 },
      { ids: [1, 1, 1, -1, -1], numbers: [expect.closeTo(0.6931, 6)], labels: [1, 0], weight: 1 },
      { ids: [0, 3, -1, -1, -1], numbers: [-1], labels: [0, 0], weight: 1 },
      { ids: [2, 2, 3, -1, -1], numbers: [-1], labels: [0, 0], weight: 1 },
    ]);
  });

  it("reads a field with several values as a bag, with the values as weights", async () => {
    const features = [
      bag("shops", {
        ...listed("c7", "c9"),
        source: { kind: "column", name: "109_14_weighted", span: labels[0]!.span },
        weighted: true,
        max: 2,
      }),
    ];
    const { train } = await openIn(folderWith(pair), spec({ train: skeleton() }, features, labels));
    expect(rowsOf(train).map(({ ids }) => ids)).toEqual([
      [2, -1],
      [1, 2],
      [1, 2],
      [-1, -1],
      [2, -1],
    ]);
    const weights = rowsOf(train).map(({ numbers }) => numbers.map((weight) => Math.round(weight * 1e4) / 1e4));
    expect(weights).toEqual([
      [1.6094, 0],
      [2.3979, 0.6931],
      [2.3979, 0.6931],
      [0, 0],
      [1.6094, 0],
    ]);
  });

  it("takes the common features beside the skeleton, also of a file that a command names", async () => {
    const folder = folderWith({ ...pair, "more/sample_skeleton_test.csv.gz": text("sample_skeleton_test.csv") });
    writeFileSync(join(folder, "common.txt"), pair["common_features_train.csv"]);
    const model = spec(
      { train: skeleton({ common: "common.txt" }) },
      [categorical("101", listed("u1", "u2", "u3"))],
      labels,
    );
    const given = [join(folder, "more/sample_skeleton_test.csv.gz")];
    expect(await failureOf(folder, openIn(folder, model, { test: given }))).toContain(
      "MTL7101: the file `FOLDER/more/common_features_test.csv.gz`",
    );
    const whole = folderWith({
      ...pair,
      "sample_skeleton_test.csv.gz": text("sample_skeleton_test.csv"),
      "common_features_test.csv.gz": text("common_features_test.csv"),
    });
    const { train, test } = await openIn(whole, spec({ train: skeleton() }, model.features, labels), {
      test: [join(whole, "sample_skeleton_test.csv.gz")],
    });
    // The index `aa01` means another user in each pair of files.
    expect(rowsOf(train).map(({ ids }) => ids[0])).toEqual([2, 1, 1, 0, 2]);
    expect(rowsOf(test).map(({ ids }) => ids[0])).toEqual([3, 3]);
  });

  it("keeps the order where rows are many, and reads a field that only training data holds as empty", async () => {
    const rows = Array.from(
      { length: 30_000 },
      (_, row) => `${row},0,0,k${(row * 7919) % 500},1,${feature("205", `i${row % 1000}`, "1.0")}`,
    );
    const common = Array.from({ length: 500 }, (_, key) => `k${key},1,${feature("101", `${key}`, "1.0")}`);
    const folder = folderWith({
      "sample_skeleton_a.csv": `${rows.join("\n")}\n`,
      "common_features_a.csv": `${common.join("\n")}\n`,
      "sample_skeleton_b.csv": `1,0,0,k1,1,${feature("206", "3", "1.0")}\n`,
      "common_features_b.csv": `k1,0,\n`,
    });
    const model = spec(
      { train: source("sample_skeleton_a.csv", "ali_ccp"), test: source("sample_skeleton_b.csv", "ali_ccp") },
      [categorical("101", { vocabulary: { kind: "ids", count: 500 } })],
      [event("click")],
    );
    const { train, test } = await openIn(folder, model);
    expect(rowsOf(train, { size: 30_000 }).map(({ ids }) => ids[0])).toEqual(
      Array.from({ length: 30_000 }, (_, row) => 1 + ((row * 7919) % 500)),
    );
    expect(rowsOf(test)[0]?.ids).toEqual([0]);
  });

  const broken = { ...pair };
  it.each([
    [
      "sample",
      "1,0,0\n",
      "MTL7130: row 1 of `sample_skeleton_train.csv` has `1,0,0`; a line has the form `sample_id,click,buy,",
    ],
    [
      "sample",
      `1,0,0,aa01,1,${feature("205", "i1", "1")}\n2,0,0,aa01,2,${feature("205", "i1", "1")}\u0001206\u0002c9\n`,
      "MTL7130: row 2 of `sample_skeleton_train.csv` has `206\\x02c9`",
    ],
    [
      "common",
      `aa01,1,${feature("101", "u1", "")}\n`,
      "MTL7130: row 1 of `common_features_train.csv` has `101\\x02u1\\x03`",
    ],
    [
      "common",
      `aa01,1,${feature("101", "u1", "1")}\n`,
      "MTL7430: row 1 of `sample_skeleton_train.csv` has the common feature index `bb02`, which `common_features_train.csv` does not have",
    ],
    [
      "common",
      `bb02,0,\naa01,0,\nbb02,0,\n`,
      "MTL7431: rows 1 and 3 of `common_features_train.csv` have one common feature index, `bb02`",
    ],
    ["common", "", "MTL7102: `common_features_train.csv` cannot be read: it is empty"],
  ])("says what is wrong with a %s file of %j", async (part, content, says) => {
    const name = part === "sample" ? "sample_skeleton_train.csv" : "common_features_train.csv";
    const folder = folderWith({ ...broken, [name]: content });
    expect(
      await failureOf(folder, openIn(folder, spec({ train: skeleton() }, [categorical("205")], labels))),
    ).toContain(says);
  });

  it("says which column a spec reads otherwise than the files have it", async () => {
    const folder = folderWith({ ...pair, "rows.csv": pair["sample_skeleton_train.csv"] });
    const open = (field: string, file = skeleton()) =>
      openIn(folder, spec({ train: file }, [categorical(field)], labels));
    expect(await failureOf(folder, open("210"))).toContain("MTL7104");
    expect(await failureOf(folder, open("999"))).toContain("MTL7103: feature `999` needs the column `999`");
    expect(await failureOf(folder, open("205", source("rows.csv", "ali_ccp")))).toContain(
      "MTL7432: the file of common features of `rows.csv` is not known",
    );
  });

  it("is a format of specs, whose `common` is relative to the file that says it", () => {
    const files = {
      "models/esmm.mtl":
        'model m\nimport "../data/aliccp.mtl"\nfeatures { item: categorical(column: "205") }\nlabels { click: event }\ntower t = mlp(item, [4])\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\n',
      "data/aliccp.mtl":
        'data { train: ali_ccp("s.csv", common: "c.csv"), test: ali_ccp("sample_skeleton_test.csv") }\n',
    };
    const { model, diagnostics } = compileSpec("models/esmm.mtl", createMemoryHost(files));
    expect(diagnostics).toEqual([]);
    expect(model?.data.train).toMatchObject({ format: "ali_ccp", options: { common: "../data/c.csv" } });
    expect(model === undefined ? "" : specText(model)).toContain(
      'train: ali_ccp("../data/s.csv", common: "../data/c.csv", nulls: [])',
    );
    expect(model?.data.test?.options).not.toHaveProperty("common");
  });
});

const samples = join(import.meta.dirname, "../../../shared/data/ali-ccp-sample");
const isThere = existsSync(samples);

/** Rows of Ali-CCP in the forms that others gave it; its licence forbids to commit them. */
describe.skipIf(!isThere)(`rows of Ali-CCP, skipped where ${samples} is missing`, () => {
  const open = async (data: string, features: string, events = "click: event, purchase: event within click") => {
    const head = `model m\ndata { ${data} }\nfeatures { ${features} }\nlabels { ${events} }\n`;
    const body = "tower t = mlp(features, [4])\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\n";
    const { model, diagnostics } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": head + body }));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    process.env["MTLC_CACHE_DIR"] = folderWith();
    return openData(model!, { specPath: join(samples, "m.mtl") });
  };

  it.each(["train", "val", "test"])("the table ali_ccp_%s_sample.csv", async (role) => {
    const file = `ali_ccp_${role}_sample.csv`;
    const features =
      '["101", "205", "206", "210", "301", "109_14"]: categorical, [D109_14, D508]: numeric(scale: none)';
    const { train } = await open(`train: csv("${file}")`, features);
    expect(train?.rows).toBe(role === "train" ? 100 : 50);
    expect(rowsOf(train)[0]?.numbers[0]).toBeCloseTo(0.4734, 6);
  });

  it("the tables of AITM, of which one has a header", async () => {
    const names = readFileSync(join(samples, "aitm_train.csv"), "utf8").split("\n")[0]!.split(",");
    const columns = names.map((name) => JSON.stringify(name)).join(", ");
    const features = '["101", "205", "206", "853"]: categorical';
    const { train, test } = await open(
      `train: csv("aitm_train.csv"), test: csv("aitm_test.csv", header: false, columns: [${columns}])`,
      features,
    );
    expect([train?.rows, test?.rows]).toEqual([48, 50]);
  });

  it.each(["train", "test"])("the slots esmm_%s_small.txt", async (role) => {
    const { train } = await open(
      `train: slots("esmm_${role}_small.txt", delimiter: ",", columns: [id, click, buy])`,
      "[slot_101, slot_205]: bag, slot_150_14: bag(max: 500), slot_210: bag",
      "click: event, buy: event within click",
    );
    expect(train?.rows).toBe(10);
    expect(rowsOf(train)[0]?.labels).toEqual(role === "train" ? [1, 1] : [0, 0]);
  });
});
