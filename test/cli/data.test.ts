/** `mtlc data`: what it counts, against counts by hand, and its three forms. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DataProfile, type FeatureProfile, profileData, type RoleProfile, train } from "../../src/index.js";
import { runCli } from "./run-cli.js";

const spec = `model shop

data {
  train: "train.csv"
  test: "test.csv"
  group: user
  weight: w
}

features {
  item: categorical
  price: numeric
  tags: bag(separator: "|")
}

labels {
  click: event
  buy: event within click
}

input x = concat(item, price, tags)
tower t_click = mlp(x, [4])
tower t_buy = mlp(x, [4])
task ctr: P(click) = sigmoid(logit(t_click))
task cvr: P(buy | click) = sigmoid(logit(t_buy))

loss {
  ctr: bce
  cvr: bce
}
`;

const trainRows = `user,w,item,price,tags,click,buy
a,1,tea,1,x|y,1,1
a,1,tea,2,x,1,0
a,0,<script>alert(1)</script>,3,,0,0
b,2,cup,,y|x|z,1,0
b,2,,13,x,0,0
c,1,tea,5,,,
,1,tea,5,,,
`;

const test = `user,w,item,price,tags,click,buy
a,1,tea,1,x,1,1
a,1,new,2,q|x,0,0
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-data-"));
  writeFileSync(join(folder, "model.mtl"), spec);
  writeFileSync(join(folder, "train.csv"), trainRows);
  writeFileSync(join(folder, "test.csv"), test);
  writeFileSync(join(folder, "later.csv"), test.replaceAll("tea", "pot"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...words: readonly string[]): ReturnType<typeof runCli> => runCli(["data", ...words], { cwd: folder });

async function profile(): Promise<DataProfile> {
  const { code, out } = await run("model.mtl", "-q", "--format", "json");
  expect(code).toBe(0);
  return JSON.parse(out) as DataProfile;
}

function roleOf({ roles }: DataProfile, name: string): RoleProfile {
  const role = roles.find((each) => each.role === name);
  if (role === undefined) throw new Error(`no ${name} data`);
  return role;
}

function featureOf({ features }: RoleProfile, name: string): FeatureProfile {
  const feature = features.find((each) => each.name === name);
  if (feature === undefined) throw new Error(`no feature ${name}`);
  return feature;
}

describe("the numbers", () => {
  it("are those of a count by hand", async () => {
    const data = roleOf(await profile(), "train");
    expect(data).toMatchObject({ rows: 7, sampledRows: 7, files: ["train.csv"] });
    expect(featureOf(data, "item")).toMatchObject({ kind: "categorical", nulls: 1, distinct: 3, ids: 4 });
    expect(featureOf(data, "item").top?.[0]).toEqual({ value: "tea", count: 4, share: 4 / 6 });
    expect(featureOf(data, "price")).toMatchObject({ nulls: 1, distinct: 5, numbers: { minimum: 1, maximum: 13 } });
    expect(featureOf(data, "price").numbers?.mean).toBeCloseTo(29 / 6, 12);
    expect(featureOf(data, "price").numbers?.histogram).toEqual([1, 1, 1, 0, 2, 0, 0, 0, 0, 0, 0, 1]);
    expect(featureOf(data, "tags")).toMatchObject({
      nulls: 3,
      distinct: 3,
      valuesPerRow: { minimum: 0, maximum: 3 },
      top: [
        { value: "x", count: 4 },
        { value: "y", count: 2 },
        { value: "z", count: 1 },
      ],
    });
    expect(featureOf(data, "tags").valuesPerRow?.mean).toBeCloseTo(1, 12);
    expect(data.labels).toMatchObject([
      { name: "click", kind: "event", nulls: 2, mean: 0.6 },
      { name: "buy", kind: "event", nulls: 2, mean: 0.2 },
    ]);
    // Rows of weight 0 are not learned from: six of seven, three of them clicked.
    expect(data.heads).toMatchObject([
      { name: "ctr", predicts: "P(click)", rows: 6, known: 4, mean: 0.75 },
      { name: "cvr", predicts: "P(buy | click)", rows: 3, known: 3 },
    ]);
    expect(data.heads[1]?.mean).toBeCloseTo(1 / 3, 6);
    expect(data.group).toEqual({
      column: "user",
      groups: 3,
      ungrouped: 1,
      rowsPerGroup: { minimum: 1, p25: 1, median: 2, p75: 3, maximum: 3 },
    });
    expect(data.weight).toMatchObject({ column: "w", minimum: 0, maximum: 2, zeroShare: 1 / 7 });
    expect(data.weight?.mean).toBeCloseTo(8 / 7, 6);
  });

  it("say what of the test data is new", async () => {
    const data = roleOf(await profile(), "test");
    expect(featureOf(data, "item").unseenShare).toBe(0.5);
    expect(featureOf(data, "tags").unseenShare).toBeCloseTo(1 / 3, 12);
  });

  it("of features are those of the first rows when there are more", async () => {
    const { profile: found } = await profileData({ spec: join(folder, "model.mtl"), sample: 2 });
    const data = roleOf(found, "train");
    expect(data).toMatchObject({ rows: 7, sampledRows: 2, labels: [{ nulls: 2 }, { nulls: 2 }] });
    expect(featureOf(data, "item")).toMatchObject({
      nulls: 1,
      distinct: 1,
      top: [{ value: "tea", count: 2, share: 1 }],
    });
    expect(featureOf(data, "price").numbers).toMatchObject({ minimum: 1, mean: 1.5, maximum: 2 });
  });

  it("of an artifact are those of its files, with the ids that it was trained with", async () => {
    const artifact = join(folder, "out");
    await train({ spec: join(folder, "model.mtl"), output: artifact, engine: "cpu", epochs: 1 });
    const own = await profileData({ spec: artifact });
    expect({ format: "mtlc-data", version: 1, ...own.profile }).toEqual(await profile());
    const other = await profileData({ spec: artifact, test: [join(folder, "later.csv")] });
    expect(featureOf(roleOf(other.profile, "test"), "item")).toMatchObject({ ids: 4, unseenShare: 1 });
  });

  it("tell a feature that gives a label away", async () => {
    const rows = Array.from(
      { length: 80 },
      (_, row) => `u,1,i${row % 3},${row % 2 === 0 ? row : -row - 1},,${1 - (row % 2)},0`,
    );
    writeFileSync(join(folder, "given.csv"), `user,w,item,price,tags,click,buy\n${rows.join("\n")}\n`);
    const found = await profileData({ spec: join(folder, "model.mtl"), train: [join(folder, "given.csv")] });
    expect(featureOf(roleOf(found.profile, "train"), "price").auc).toEqual([{ label: "click", auc: 1 }]);
    expect(found.profile.warnings.map(({ code }) => code)).toContain("MTL7147");
  });

  it("warn as training does, with exit code 0", async () => {
    const { warnings } = await profile();
    expect(warnings.map(({ code }) => code)).toContain("MTL7149");
  });
});

describe("the forms", () => {
  it("is a table of text that is the same each time", async () => {
    const first = await run("model.mtl", "-q");
    expect(first).toMatchObject({ code: 0, err: "" });
    await expect(first.out).toMatchFileSnapshot("golden/data.txt");
    expect((await run("model.mtl", "-q")).out).toBe(first.out);
  });

  it("is JSON by the ending of the file, with the keys that are documented", async () => {
    const { code, out } = await run("model.mtl", "-q", "-o", "profile.json");
    expect({ code, out }).toEqual({ code: 0, out: "" });
    const found = JSON.parse(readFileSync(join(folder, "profile.json"), "utf8")) as DataProfile;
    expect(Object.keys(found)).toEqual(["format", "version", "model", "roles", "warnings"]);
    expect(found.roles.map(({ role }) => role)).toEqual(["train", "test"]);
    for (const role of found.roles)
      expect(Object.keys(role).sort()).toEqual(
        ["role", "files", "rows", "sampledRows", "features", "labels", "heads", "group", "weight"].sort(),
      );
  });

  it("says the warnings of the spec aside, as training does", async () => {
    writeFileSync(join(folder, "unused.mtl"), spec.replace("task ctr", "tower t_idle = mlp(x, [4])\ntask ctr"));
    const { code, err } = await run("unused.mtl", "-q");
    expect(code).toBe(0);
    expect(err).toMatch(/warning\[MTL\d+\]: .*t_idle/);
  });

  it("is a page in which no value is markup", async () => {
    const { code, err } = await run("model.mtl", "-q", "-o", "page.html");
    expect({ code, err }).toEqual({ code: 0, err: "wrote page.html\n" });
    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).not.toContain("<script");
    expect(page).toContain("<svg");
  });

  it("never overwrites what it reads", async () => {
    for (const file of ["model.mtl", "train.csv"]) {
      const { code, err } = await run("model.mtl", "-q", "-o", file);
      expect(code).toBe(1);
      expect(err).toContain("MTL8013");
    }
    expect(readFileSync(join(folder, "train.csv"), "utf8")).toBe(trainRows);
  });

  it("says what is missing when no file is named", async () => {
    writeFileSync(join(folder, "none.mtl"), spec.replace(/data \{[^}]*\}\n/, ""));
    const { code, out, err } = await run("none.mtl", "-q");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("MTL7115");
  });
});
