/** What trees need no library for, and the one line where they need it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, loadPredictor, train } from "../../src/index.js";
import { writeArtifact } from "../../src/runtime/artifact/index.js";
import { Failure } from "../../src/runtime/failure.js";
import { lowerSpec } from "../../src/runtime/jobs/compile.js";
import { loadLightGbm } from "../../src/runtime/trees/library.js";

const models = join(import.meta.dirname, "models");
const known = JSON.parse(readFileSync(join(models, "missing_nan.json"), "utf8")) as {
  readonly rows: readonly (readonly (number | null)[])[];
  readonly sums: readonly number[];
};

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-trees-"));
  process.env["MTLC_LIGHTGBM"] = join(root, "missing", "lib_lightgbm.so");
  writeFileSync(join(root, "train.csv"), "a,b,c,d,y\n1,2,3,4,5\n,2,3,4,5\n");
  writeFileSync(
    join(root, "m.mtl"),
    `model m
data { train: csv("train.csv") }
features { [a, b, c, d]: numeric }
labels { y: amount }
task amount: E(y) = trees(a, b, c, d)
loss { amount: mse }
`,
  );
});
afterAll(() => {
  delete process.env["MTLC_LIGHTGBM"];
  rmSync(root, { recursive: true, force: true });
});

const messageOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (error: unknown) =>
      error instanceof Failure ? `${error.diagnostics[0]!.code}: ${error.diagnostics[0]!.message}` : String(error),
  );

describe("without LightGBM's library", () => {
  it("training says what is missing and what installs it", async () => {
    expect(await messageOf(train({ spec: join(root, "m.mtl") }))).toMatch(
      /^MTL7365: making trees needs LightGBM's library: .*lib_lightgbm\.so does not load \(.*\); `mtlc doctor --install` installs it$/,
    );
    expect(await loadLightGbm({ MTLC_CACHE: root })).toEqual({ kind: "unavailable", problem: "it is not installed" });
  });

  it("an artifact without trees is not compiled", async () => {
    expect(await messageOf(compile({ spec: join(root, "m.mtl"), output: join(root, "out") }))).toBe(
      "MTL7366: compiling to an artifact is not for trees: `mtlc train` makes the trees",
    );
  });

  it("an artifact predicts what LightGBM does", async () => {
    const { spec, fitted, program } = await lowerSpec({ spec: join(root, "m.mtl") });
    const content = {
      sources: spec.sources,
      model: spec.model,
      fitted,
      program,
      graphText: "",
      trees: new Map([["amount", readFileSync(join(models, "missing_nan.txt"), "utf8")]]),
      trained: true,
    };
    await writeArtifact(join(root, "artifact"), content);
    const predictor = await loadPredictor(join(root, "artifact"));
    // Numbers of rows are float32; what that changes no split notices, but for the far ends.
    const rows = known.rows.map(([a, b, c, d]) => ({ a: a!, b: b!, c: c!, d: d! }));
    const { amount } = predictor.predict(rows);
    expect([...amount!]).toEqual(known.sums.map(Math.fround));
    await writeArtifact(join(root, "other"), {
      ...content,
      trees: new Map([["amount", content.trees.get("amount")!.replace("feature_names=a b", "feature_names=b a")]]),
    });
    expect(await messageOf(loadPredictor(join(root, "other")))).toMatch(/its columns are not those of the model/);
  });
});
