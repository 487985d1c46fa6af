/**
 * Training by a package for PyTorch beside ours, from the same first weights over the same batches. Run with `MTLC_PYTHON`, else `python3`;
 * skipped without torch. `MTLC_ALL=1` takes all shipped specs and 100 steps instead of some and 4.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInterpreter, initialize, type Interpreter } from "../../../src/compiler/graph/index.js";
import type { Model } from "../../../src/compiler/model/index.js";
import { torch } from "../../../src/compiler/targets/torch/index.js";
import { distance, type Feeds, inputsOf, randomFeeds } from "../../lower/harness.js";
import { shippedModels } from "../../shipped-models.js";
import { layoutOf } from "./layout.js";
import { type Answer, drawing, hasTorch, runTool, takeSteps, writePackage, type WrittenPackage } from "./packages.js";
import { python } from "../../python.js";

const emptyProgram = { state: [], functions: [] };

const all = process.env["MTLC_ALL"] === "1";
const steps = all ? 100 : 4;
const rows = 24;
const batches = 4;

/** Networks, losses, penalties and features of every kind, and small ones. */
const few = [
  "aitm",
  "bpr",
  "categories",
  "comment_and_share",
  "dbmtl",
  "din",
  "esmm",
  "home",
  "lambdarank",
  "pepnet",
  "two_tower",
  "watch_time",
  "zhihu",
].map((name) => `examples/${name}.mtl`);

/** Penalties of tables of which a step moves the rows that it touches: of one feature, of lists, of many, of a table that is shared. */
const sparse = ["comment_and_share", "home", "half_shared"].map((name) => `examples/${name}.mtl, sparse`);

const carried = shippedModels.flatMap(([name, model]) =>
  torch.refusals({ model, program: emptyProgram }).length === 0 ? [name] : [],
);
const chosen = [...(all ? carried : few), ...sparse];

let root: string;
const packages = new Map<string, WrittenPackage>();
const answers = new Map<string, Answer>();

describe.skipIf(!hasTorch)("packages for PyTorch", () => {
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "mtlc-torch-"));
    const jobs = chosen.map((name) => {
      const [file = "", embeddings] = name.split(", ");
      const folder = join(root, `package-${name.replace(/\W/g, "_")}`);
      const made = writePackage(file, folder, embeddings === "sparse" ? embeddings : undefined);
      packages.set(name, made);
      const feeds = Array.from({ length: batches }, (_, step) => feedsOf(made.model, step));
      return { package: made.folder, steps, batches: feeds, layout: layoutOf(made.model) };
    });
    takeSteps(jobs).forEach((each, i) => answers.set(chosen[i] ?? "", each));
  }, 600_000);
  it("are formatted and without a finding of ruff", ({ skip }) => {
    const found = ["check", "format --check"].map((words) => runTool("ruff", [...words.split(" "), "-q", root], root));
    skip(found[0] === undefined, `${python} has no ruff`);
    expect(found).toEqual(["", ""]);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(chosen)(
    "predict and take steps as ours do: %s",
    (name) => {
      const { model, program } = packages.get(name)!;
      const answer = answers.get(name)!;
      expect(answer.error).toBeUndefined();
      const first = new Map(program.state.map((each) => [each.name, initialize(each, model.train.seed)]));
      const run = (fn: string, interpreter: Interpreter, step: number): ReturnType<Interpreter["run"]> => {
        const inputs = new Set(inputsOf(program, fn));
        const feeds = Object.entries(feedsOf(model, step)).filter(([input]) => inputs.has(input));
        return interpreter.run(fn, Object.fromEntries(feeds));
      };
      const predicted = run("predict", createInterpreter(program, first), 0);
      for (const [head, { data }] of Object.entries(predicted))
        expect([head, distance([...data], answer.predictions[head] ?? []) < 1e-5]).toEqual([head, true]);
      if (drawing.has(name)) return;
      const interpreter = createInterpreter(program, first);
      expect(answer.losses).toHaveLength(steps);
      answer.losses.forEach((losses, step) => {
        const outputs = run("train", interpreter, step);
        for (const [title, value] of Object.entries(losses)) {
          const ours = (outputs[`loss/${title}`] ?? outputs[`penalty/${title}`])?.data[0] ?? NaN;
          if (!(Math.abs(value - ours) <= 1e-4 * Math.max(1e-3, Math.abs(ours))))
            expect.fail(`${title} of step ${step + 1} is ${value}, ours ${ours}`);
        }
      });
    },
    600_000,
  );
  it.runIf(all)("are typed", { timeout: 600_000 }, ({ skip }) => {
    // A package takes seconds.
    for (const { folder } of few.flatMap((name) => packages.get(name) ?? [])) {
      const files = readdirSync(folder).filter((file) => file.endsWith(".py"));
      const found = runTool("mypy", ["--ignore-missing-imports", "--cache-dir", join(root, "types"), ...files], folder);
      skip(found === undefined, `${python} has no mypy`);
      expect([folder, found]).toEqual([folder, ""]);
    }
  });
});

/** The rows of a step: some batches again and again. */
function feedsOf(model: Model, step: number): Feeds {
  return randomFeeds(model, rows, (step % batches) + 1);
}
