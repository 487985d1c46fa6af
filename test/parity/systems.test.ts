/**
 * Systems of the field beside independent programs: each `systems/NAME.py` says in PyTorch, from the paper's formulas, what
 * `systems/NAME.mtl` says, and takes the same steps by PyTorch's own Adam in float64, from our first weights over the same rows.
 * Run with `MTLC_PYTHON`, else `python3`; skipped without torch. `MTLC_PARITY=1` prints how far apart the losses are after 1, 10
 * and 100 steps, and the last.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GraphFunction, Program } from "../../src/compiler/graph/index.js";
import { philoxUniform } from "../../src/compiler/graph/philox.js";
import { splitState } from "../../src/runtime/artifact/index.js";
import { openData } from "../../src/runtime/data/index.js";
import { createProgram, functionOf } from "../../src/runtime/engine/create-program.js";
import { type Engine, selectEngine } from "../../src/runtime/engine/index.js";
import { fillSession, holdState, initialReader } from "../../src/runtime/engine/state.js";
import { createFeeds } from "../../src/runtime/measure/feeds.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { lossNames } from "../../src/runtime/train/loop.js";
import { createRandom } from "../lower/harness.js";
import { python, pythonHasFor } from "../python.js";

const hasTorch = pythonHasFor("systems are not compared with PyTorch", "torch");

const folder = join(import.meta.dirname, "systems");
const systems = readdirSync(folder)
  .filter((file) => file.endsWith(".mtl") && file !== "rows.mtl")
  .map((file) => file.replace(/\.mtl$/, ""));

const [batch, steps] = [64, 100];
const compared = [1, 10, 100];
/** Of a loss, relative to it. */
const tolerance = 1e-4;
/** What is as good as 0 of a penalty. */
const tiny = 1e-6;

/** 99 batches and one that is filled up; requests of 1 to 9 rows, of which none goes on in the next batch. */
function csv(): string {
  const random = createRandom(30);
  const below = (limit: number): number => Math.floor(random() * limit);
  const lines: string[] = [];
  for (let request = 0; lines.length < 99 * batch + 37; request += 1) {
    const left = (lines.length >= 99 * batch ? 37 : batch) - (lines.length % batch);
    for (let rows = Math.min(left, 1 + below(9)); rows > 0; rows -= 1) {
      const [user, item, x, y] = [below(10), below(10), random() * 4 - 2, random() * 4 - 2];
      const history = Array.from({ length: below(6) }, () => below(10));
      const liking = x + (history.includes(item) ? 1.5 : 0) + ((user + item) % 3) - 1;
      const click = random() < 1 / (1 + Math.exp(0.7 - liking)) ? 1 : 0;
      const buy = click === 1 && random() < 1 / (1 + Math.exp(-1 - y)) ? 1 : 0;
      const delay = buy === 1 ? (-2 * Math.log(1 - random())).toFixed(3) : "";
      const spent = click === 1 ? Math.exp(random() * 2 - 1 + 0.4 * x).toFixed(3) : "0";
      const times = [delay, (random() * 10).toFixed(3), spent];
      const items = history.map((each) => `i${each}`).join("|");
      lines.push([`u${user}`, `i${item}`, items, x.toFixed(4), y.toFixed(4), click, buy, ...times, request].join(","));
    }
  }
  return `user,item,history,x,y,click,buy,delay,elapsed,spent,request\n${lines.join("\n")}\n`;
}

type Losses = Readonly<Record<string, number>>;

interface Opened {
  readonly program: Program;
  readonly seed: number;
  readonly run: (engine: Engine) => Promise<readonly Losses[]>;
}

/** The spec over the rows; `run` takes the steps and returns the losses of each. */
async function open(name: string, rows: string): Promise<Opened> {
  const specPath = join(folder, `${name}.mtl`);
  const { model } = loadSpec(specPath);
  const data = await openData(model, { specPath, roles: ["train"], train: [rows] });
  const program = createProgram(model, data.fitted);
  const lists = model.loss.terms.some(({ by }) => by !== undefined);
  const { seed } = model.train;
  return {
    program,
    seed,
    run: async (engine) => {
      const session = await engine.open(program, { trainBatch: batch, functions: ["train"] });
      try {
        await fillSession(session, program.state, initialReader(seed));
        const train = functionOf(program, "train");
        if (data.train === undefined) throw new Error("there are no rows");
        const feeds = createFeeds(train, data.train.layout);
        const losses: Losses[] = [];
        for (const each of data.train.batches({ size: batch, pad: true, ...(lists ? { lists: "whole" } : {}) })) {
          const outputs = session.run("train", feeds(each));
          losses.push(Object.fromEntries(lossNames(train).map((loss) => [loss, outputs[loss]?.data[0] ?? NaN])));
        }
        return losses;
      } finally {
        session.close();
        data.train?.close();
      }
    },
  };
}

/** Tensors by their logical names, as training starts. */
function firstWeights(
  { state }: Program,
  seed: number,
): Readonly<Record<string, { shape: readonly number[]; data: number[] }>> {
  const parameters = state.filter(({ role }) => role === "parameter");
  const values = splitState(parameters, holdState(parameters, initialReader(seed)));
  return Object.fromEntries([...values].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]));
}

/** The normal numbers of each gate with noise, in the order of the spec: [steps][batch · experts]. */
function noiseOf(train: GraphFunction, seed: number): readonly (readonly (readonly number[])[])[] {
  const draws = train.nodes.flatMap((node) => (node.op === "random" ? [node.attributes] : []));
  const gates = Array.from({ length: draws.length / 2 }, (_, gate) => draws.slice(2 * gate, 2 * gate + 2));
  return gates.map((pair) =>
    Array.from({ length: steps }, (_, step) => {
      const [radius = [], angle = []] = pair.map(({ stream, shape }) => [
        ...philoxUniform(seed, stream, step, batch * Number(shape[1])),
      ]);
      return radius.map((u, i) => Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * (angle[i] ?? 0)));
    }),
  );
}

/** Of each step; or why there are none. */
type Answer = { readonly losses: readonly Losses[] } | { readonly error: string };

/** The largest of a step's losses, relative to the other program's. */
function differenceOf(own: Losses, other: Losses): number {
  expect(Object.keys(own).toSorted()).toEqual(Object.keys(other).toSorted());
  const each = Object.entries(other).map(
    ([loss, value]) => Math.abs((own[loss] ?? NaN) - value) / Math.max(Math.abs(value), tiny),
  );
  return Math.max(...each);
}

describe.skipIf(!hasTorch)("PyTorch in float64, written from the paper, has the loss of", () => {
  let root: string;
  let rows: string;
  let engine: Engine;
  let answers: Readonly<Record<string, Answer>>;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "mtlc-systems-"));
    process.env["MTLC_CACHE_DIR"] = join(root, "cache");
    rows = join(root, "rows.csv");
    writeFileSync(rows, csv());
    // XLA would compile each program; what the engines compute is compared elsewhere.
    ({ engine } = await selectEngine({ environment: { MTLC_ENGINE: "wasm", ...process.env } }));
    const jobs: Record<string, unknown> = {};
    for (const name of systems) {
      const { program, seed } = await open(name, rows);
      jobs[name] = { weights: firstWeights(program, seed), noise: noiseOf(functionOf(program, "train"), seed) };
    }
    const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, "systems.py")], {
      input: JSON.stringify({ rows, batch, systems: jobs }),
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(stderr);
    answers = JSON.parse(stdout) as Readonly<Record<string, Answer>>;
  }, 120_000);
  afterAll(() => {
    delete process.env["MTLC_CACHE_DIR"];
    rmSync(root, { recursive: true, force: true });
  });

  it.each(systems)(
    "%s after 1, 10 and 100 steps",
    async (name) => {
      const answer = answers[name];
      if (answer === undefined || "error" in answer) throw new Error(answer?.error ?? "no answer");
      const { run } = await open(name, rows);
      const ours = await run(engine);
      const differences = compared.map((step) => differenceOf(ours[step - 1] ?? {}, answer.losses[step - 1] ?? {}));
      if (process.env["MTLC_PARITY"] !== undefined) {
        const loss = ours[steps - 1]?.["loss"] ?? NaN;
        const shown = differences.map((difference) => difference.toExponential(0));
        console.info([name.padEnd(18), ...shown, loss.toFixed(6)].join("  "));
      }
      expect([ours.length, answer.losses.length]).toEqual([steps, steps]);
      for (const difference of differences) expect(difference).toBeLessThan(tolerance);
      // Both have learned something.
      expect(Math.abs((ours[99]?.["loss"] ?? NaN) / (ours[0]?.["loss"] ?? NaN) - 1)).toBeGreaterThan(0.01);
    },
    60_000,
  );
});
