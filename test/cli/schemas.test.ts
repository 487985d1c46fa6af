import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runGraph } from "../../src/cli/commands/graph/run.js";
import { graphText } from "../../src/cli/commands/graph/view.js";
import { verbs } from "../../src/cli/commands/index.js";
import { documentVersions } from "../../src/cli/documents.js";
import { diagnosticsVersion } from "../../src/compiler/diagnostics/index.js";
import { manifestSchema } from "../../src/runtime/artifact/manifest.js";
import { root, runCli } from "./run-cli.js";

/** Every JSON document that a command prints, and every file of an artifact, against the schemas that the package ships. */
const schemas = join(root, "grammar/schemas");
// `mtlc.schema.json` is of a file that people write.
const names = readdirSync(schemas)
  .filter((file) => file !== "mtlc.schema.json")
  .map((file) => file.replace(/\.json$/, ""));
const folder = mkdtempSync(join(tmpdir(), "mtlc-schemas-"));
const validators = new Map<string, ValidateFunction>();
/** Documents that were seen valid, by format. */
const seen = new Set<string>();
/** Commands that printed some. */
const ran = new Set<string>();

function schemaOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(schemas, `${name}.json`), "utf8")) as Record<string, unknown>;
}

/** What is wrong with a document by the schema of its format; nothing when it is valid. */
function problemsOf(document: unknown): unknown {
  const { format } = document as { readonly format?: string };
  const name = String(format).replace(/^mtlc-/, "");
  const validate = validators.get(name === "artifact" ? "manifest" : name);
  if (validate === undefined) return `no schema for the format ${String(format)}`;
  seen.add(name);
  return validate(document) ? undefined : validate.errors;
}

function expectValid(document: unknown): void {
  const problems = problemsOf(document);
  expect(problems, JSON.stringify(document).slice(0, 2000)).toBe(undefined);
}

interface Ran {
  readonly code: number | null;
  readonly documents: readonly Record<string, unknown>[];
}

/** Runs a command with `--format json`, and validates each document that it prints. */
async function run(
  words: readonly string[],
  { lines = false, input = "" }: { readonly lines?: boolean; readonly input?: string } = {},
): Promise<Ran> {
  const format = words.includes("--ask-tell") ? [] : ["--format", "json"];
  const { code, out, err } = await runCli([...words, ...format], { cwd: folder, input });
  const texts = lines ? out.trim().split("\n") : [out];
  const documents = texts.map((text): Record<string, unknown> => {
    try {
      return JSON.parse(text) as Record<string, unknown>;
    } catch {
      throw new Error(`mtlc ${words.join(" ")} prints no JSON: ${out.slice(0, 500)}\n${err}`);
    }
  });
  documents.forEach(expectValid);
  ran.add(words[0] ?? "");
  return { code, documents };
}

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const spec = (name: string): string => join(root, "specs/examples", name);
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

beforeAll(async () => {
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  for (const name of names) validators.set(name, ajv.compile(schemaOf(name)));
  cpSync(spec("tuning"), join(folder, "tuning"), { recursive: true });
  const made = await run(["init", "shop"]);
  expect(made.code).toBe(0);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("schemas of JSON documents", () => {
  it("are there for every document, and for no other", () => {
    const files = ["manifest", "metrics", "run"];
    expect(names.toSorted()).toEqual([...Object.keys(documentVersions), "diagnostics", ...files].toSorted());
  });

  it.each(names)("%s has the identity of its version, and says that nothing else is allowed", (name) => {
    const { $id, title, description } = schemaOf(name);
    const versions: Readonly<Record<string, number>> = { ...documentVersions, diagnostics: diagnosticsVersion };
    expect([$id, typeof title, typeof description]).toEqual([
      `urn:mtlc:schema:${name}:${versions[name] ?? 1}`,
      "string",
      "string",
    ]);
    const open: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      if ("properties" in node && !("additionalProperties" in node)) open.push(path);
      for (const [key, item] of Object.entries(node)) visit(item, `${path}/${key}`);
    };
    visit(schemaOf(name), "");
    expect(open).toEqual([]);
  });

  it("are one with the schema that manifests are read by", () => {
    const { $schema: _, ...own } = manifestSchema;
    expect(schemaOf("manifest")).toMatchObject(own);
    expect(schemaOf("compile")["$defs"]).toEqual({ manifest: own });
  });

  it("refuse a member that they do not know", async () => {
    const { documents } = await run(["check", "shop/model.mtl"]);
    expect(problemsOf({ ...documents[0], extra: 1 })).toMatchObject([{ keyword: "additionalProperties" }]);
    expect(problemsOf({ ...documents[0], version: 2 })).toMatchObject([{ keyword: "const" }]);
  });
});

describe("output of", () => {
  it("check: a clean spec, warnings, errors with fixes, and a wrong command line", async () => {
    write(
      "bad.mtl",
      "model m\nfeatures { age: numeric }\nlabels { click: event }\ntask t: P(clik) = sigmoid(logit(agee))\n",
    );
    write(
      "warned.mtl",
      readFileSync(join(folder, "shop/model.mtl"), "utf8").replace(/^model \w+/m, "$&\nlabels { never_used: event }"),
    );
    const bad = await run(["check", "bad.mtl"]);
    expect(bad.code).toBe(1);
    expect(bad.documents[0]).toMatchObject({ format: "mtlc-diagnostics", version: 1 });
    await run(["check", "warned.mtl"]);
    expect((await run(["check", "missing.mtl"])).code).toBe(1);
    expect((await run(["check", "shop/model.mtl", "--frmat"])).code).toBe(2);
  });

  it("train, eval, predict, compile and data", { timeout: 480_000 }, async () => {
    const train = ["train", "shop/model.mtl", "-o", "out", "-q"];
    expect((await run([...train, "--epochs", "2"])).code).toBe(0);
    const again = await run([...train, "--epochs", "2", "--resume"]);
    expect(again.documents[0]).toMatchObject({ alreadyTrained: true });
    const warm = await run(["train", "shop/model.mtl", "-o", "warm", "-q", "--epochs", "1", "--warm-start", "out"]);
    expect(warm.documents[0]).toMatchObject({ warmStart: { artifact: "out" } });
    for (const file of ["manifest.json", "metrics.json", "run.json"]) expectValid(read(join("out", file)));
    const many = await run(
      ["train", "shop/model.mtl", "-o", "many", "-q", "--epochs", "1", "--engine", "cpu"].concat([
        "--vary",
        "lr=1e30,1e-3",
        "--runs",
        "2",
      ]),
    );
    expect(many.code).toBe(1);
    const counted = { count: 2, interval: {}, values: [expect.any(Number), expect.any(Number)] };
    expect(many.documents[0]).toMatchObject({ settings: [{}, { runs: [2, 4], heads: { ctr: { auc: counted } } }] });
    expectValid(read("many/runs.json"));
    await run(["train", "shop/model.mtl", "--profile", "trace.json", "-q", "--engine", "cpu"]);
    await run(["eval", "out", "-q"]);
    await run(["compare", "out", "out", "-q"]);
    await run(["predict", "out", "shop/test.csv", "-o", "scores.csv", "-q"]);
    expect((await run(["predict", "out", "none.csv", "-o", "none-scores.csv", "-q"])).code).toBe(1);
    await run(["compile", "shop/model.mtl", "-o", "compiled", "-q"]);
    await run(["compile", "shop/model.mtl", "--stats", "-q"]);
    await run(["compile", "out", "-o", "emitted", "--target", "tfjs,savedmodel", "-q"]);
    expectValid(read("emitted/targets.json"));
    await run(["compile", "out", "-o", "packaged", "--target", "torch", "-q"]);
    await run(["import", "packaged/torch", "-o", "imported", "-q"]);
    const asked = await run(["targets", "shop/model.mtl"]);
    expect(asked.documents[0]).toMatchObject({
      targets: expect.arrayContaining([
        expect.objectContaining({ name: "javascript", refusals: [expect.anything()] }),
      ]) as unknown,
    });
    await run(["data", "shop/model.mtl", "-q"]);
    await run(["data", "out", "-q", "--test", "shop/train.csv"]);
    await run(["cost", "out"]);
    await run(["diff", "out", spec("feed.mtl")]);
    await run(["diff", "out", "shop/model.mtl"]);
    // A compiled artifact does not know its data.
    expect((await run(["eval", "compiled", "-q"])).code).toBe(1);
  });

  it("an event that never happens: metrics without a value", { timeout: 300_000 }, async () => {
    write("never.csv", `age,click\n${Array.from({ length: 40 }, (_, i) => `${i},0\n`).join("")}`);
    write(
      "never.mtl",
      'model m\ndata { train: csv("never.csv"), test: csv("never.csv") }\nfeatures { age: numeric }\nlabels { click: event }\ninput x = [age]\ntower t = mlp(x, [4])\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\nmetrics { ctr: [auc] }\ntrain { epochs: 1 }\n',
    );
    const { documents } = await run(["train", "never.mtl", "-o", "never", "-q"]);
    expect(documents[0]).toMatchObject({ undefinedMetrics: [{ head: "ctr", metrics: ["auc"] }] });
    await run(["data", "never.mtl", "-q"]);
  });

  it("search: one metric, a front, and what cannot be searched", { timeout: 480_000 }, async () => {
    write("few.csv", `age,click\n${Array.from({ length: 60 }, (_, i) => `${i},${i % 3 === 0 ? 1 : 0}\n`).join("")}`);
    write(
      "few.mtl",
      'model m\ndata { train: "few.csv", split: split(0.5) }\nfeatures { age: numeric }\nlabels { click: event }\ntower t = mlp([age], [search [2, 4]])\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\nmetrics { ctr: [auc, logloss] }\ntrain { optimizer: adam(lr: search 1e-3..1e30 log = 0.01), epochs: 1 }\n',
    );
    const search = ["search", "few.mtl", "--trials", "3", "--engine", "cpu", "-q", "-o"];
    const one = await run([...search, "searched", "--metric", "auc(ctr)"]);
    expect(one.documents[0]).toMatchObject({ ended: "done", best: { patch: expect.any(String), evaluation: {} } });
    const two = await run([...search, "front", "--metric", "auc(ctr)", "logloss(ctr)"]);
    expect(two.documents[0]).toHaveProperty("front");
    expect((await run([...search, "none"])).code).toBe(1);
    expect((await run([...search, "none", "--metric", "auc(ctr)", "--time", "soon"])).code).toBe(2);
  });

  it("init from a data file", async () => {
    await run(["init", "--from", "shop/train.csv", "guessed"]);
    expect((await run(["init", "shop"])).code).toBe(1);
  });

  it("cost, doc, graph, explain, doctor and fmt", { timeout: 300_000 }, async () => {
    const specs = readdirSync(join(root, "specs/examples")).filter((file) => file.endsWith(".mtl"));
    await run(["graph", spec("feed.mtl")]);
    for (const file of specs)
      expectValid(JSON.parse(graphText(await runGraph(spec(file), undefined), "json")) as unknown);
    await run(["cost", spec("feed.mtl")]);
    await run(["doc", spec("feed.mtl")]);
    write("part.mtl", "features { age: numeric }\n");
    for (const what of [spec("feed.mtl"), "part.mtl", "MTL4003", "mtl7512"]) await run(["explain", what]);
    expect((await run(["explain", "MTL0000"])).code).toBe(2);
    await run(["doctor"]);
    write("wild.mtl", "model   m\n");
    expect((await run(["fmt", "--check", "wild.mtl"])).code).toBe(1);
    await run(["fmt", "--diff", "wild.mtl", "part.mtl"]);
    await run(["fmt", "wild.mtl"]);
    await run(["migrate", "--diff", "wild.mtl", "part.mtl"]);
    await run(["migrate", "wild.mtl"]);
  });

  it("diff of many files", { timeout: 300_000 }, async () => {
    const git = (...words: readonly string[]): void => {
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...words], { cwd: folder });
    };
    git("init", "-q");
    for (const name of ["old.mtl", "broken.mtl"]) cpSync(spec("feed.mtl"), join(folder, name));
    write("part.mtl", "features { age: numeric }\n");
    git("add", "old.mtl", "broken.mtl", "part.mtl");
    git("commit", "-qm", "first");
    write("old.mtl", readFileSync(join(folder, "old.mtl"), "utf8").replace(/\bseed: *\d+/, "seed: 99"));
    write("broken.mtl", "model m\nlabels { click: event }\ntask t: P(clik) = sigmoid(logit(x))\n");
    write("part.mtl", "features { age: numeric, size: numeric }\n");
    cpSync(spec("feed.mtl"), join(folder, "fresh.mtl"));
    const files = ["old.mtl", "broken.mtl", "part.mtl", "fresh.mtl"];
    const { documents } = await run(["diff", "--git", "HEAD", ...files]);
    expect((documents[0] as { files: { state: string }[] }).files.map(({ state }) => state)).toEqual([
      "compared",
      "failed",
      "part",
      "new",
    ]);
  });

  it("rank: lists, explanations, refusals, experiments and caps; flow", { timeout: 300_000 }, async () => {
    const shop = spec("rules/shop.jsonl");
    const at = ["--at", "2026-11-05"];
    const rules = readdirSync(spec("rules")).filter((file) => file.endsWith(".mtl"));
    for (const file of rules) await run(["rank", spec(join("rules", file)), shop, ...at, "--explain"], { lines: true });
    await run(["rank", spec("fusion/power.mtl"), spec("fusion/hall.jsonl"), "--explain"], { lines: true });
    write(
      "arms.mtl",
      'model m\nsignals { ctr: P(click) }\nattributes { brand: text, quality: number? in [0, 1] }\nrequest { user: text }\nparams { k: 1 in [0, 2] }\nexperiment e { by: user, a: arm(0.5), b: arm(0.5, k: 2) }\nfusion score = ctr ^ k\nrules r {\n  spread brands at most 1 of brand in 3\n  pin first when brand == "none" at 1\n}\nrank page = top 4 by score with r\n',
    );
    const row = (id: string, rest: object): object => ({ id, ctr: 0.2, brand: "x", quality: 0.5, ...rest });
    const candidates = [row("a", {}), row("b", { ctr: 0.1 }), row("c", { brand: "y" }), row("d", { ctr: 0 })];
    const requests = [
      { request: "whole", values: { user: "u" }, candidates },
      { request: "twice", values: { user: "u" }, candidates: [...candidates, row("a", {})] },
      { request: "wrong", values: { user: "u" }, candidates: [row("a", { ctr: 3 })] },
      { request: "odd", values: {}, candidates: [] },
    ];
    write("requests.jsonl", requests.map((each) => `${JSON.stringify(each)}\n`).join(""));
    const answers = await run(["rank", "arms.mtl", "requests.jsonl", "--explain"], { lines: true });
    expect(answers.documents.some((each) => "error" in each)).toBe(true);
    const kept = await run(["rank", "arms.mtl", "requests.jsonl", "--duplicates", "first"], { lines: true });
    expect(kept.documents[1]).toMatchObject({ duplicates: ["a"] });
    await run(["rank", "none.mtl", "requests.jsonl"], { lines: true });
    // Windows far ahead: a store forgets those that are long over.
    const later = ["--at", "2090-11-05", "--store", "permits.db"];
    await run(["rank", spec("rules/flow_control.mtl"), shop, ...later], { lines: true });
    const counted = await run(["flow", "permits.db", "--ended"]);
    expect((counted.documents[0] as { counters: readonly unknown[] }).counters.length).toBeGreaterThan(0);
    await run(["flow", "permits.db", "--top", "1", "--ended"]);
    expect((await run(["flow", "none.db"])).code).toBe(1);
  });

  it("test: those that hold and those that do not", async () => {
    expect((await run(["test", spec("rules")])).code).toBe(0);
    const { code } = await run(["test", join(root, "test/cli/specs/failing_test.mtl")]);
    expect(code).toBe(1);
  });

  it(
    "tune: one objective, a front, a fit, another optimizer, and what it cannot do",
    { timeout: 480_000 },
    async () => {
      const tune = ["tune", "tuning/feed.mtl", "--log", "tuning/log.csv.gz", "--request", "request_id", "-q"];
      const objective = ["--objective", "ndcg@10(value)"];
      await run([...tune, ...objective, "--budget", "12", "--guard", "mean@10(value) >= 0"]);
      const front = await run([...tune, ...objective, "gauc(click)", "--budget", "24", "--plot", "charts"]);
      expect(front.documents[0]).toHaveProperty("front");
      await run([...tune, ...objective, "--method", "stacking", "--label", "value", "--fusion", "worth"]);
      const asked = '{"id": 7, "values": {"a": 0.6}}\nno json\n{"id": 8, "values": {"z": 1}}\n';
      const told = await run([...tune, ...objective, "--ask-tell"], { lines: true, input: asked });
      expect(told.documents.length).toBe(5);
      expect((await run([...tune, "--objective", "ndcg@10(nothing)"])).code).toBe(1);
      expect(existsSync(join(folder, "charts/front.svg"))).toBe(true);
    },
  );

  it("every command that has `--format json`, every document and file", () => {
    const withJson = verbs.filter(({ spec: { options } }) => {
      const format = options["format"];
      return format?.kind === "choice" && format.values.includes("json");
    });
    expect([...ran].toSorted()).toEqual(withJson.map(({ spec: { name } }) => name).toSorted());
    expect([...seen].toSorted()).toEqual(names.map((name) => (name === "manifest" ? "artifact" : name)).toSorted());
  });
});
