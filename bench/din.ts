/** Training a DIN with histories of 50: mtlc, and the same model in PyTorch by hand, in turn. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createMemoryHost } from "../src/compiler/host.js";
import { compileSpec } from "../src/compiler/compile.js";
import type { Model } from "../src/compiler/model/index.js";
import { fittedSizes, openData } from "../src/runtime/data/index.js";
import { createProgram } from "../src/runtime/engine/create-program.js";
import { selectEngine } from "../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../src/runtime/engine/state.js";
import { createDraws } from "../src/runtime/tune/index.js";
import { machine, median, note, option, print, printTable, projectRoot } from "./report.js";
import { trainSteps } from "./training/single-steps.js";
import { copyRows, type WorkloadArrays } from "./workload.js";
import { python } from "../test/python.js";

export const summary = "rows/s of a DIN with sequences of 50: mtlc, PyTorch";

const shape = { batch: 1024, length: 50, user: 64, item: 64, category: 64, hidden: [80, 40], tower: [80, 40] } as const;
const counts = { users: 20_000, items: 50_000, categories: 1_000 } as const;
const rows = 20_480;

interface Measured {
  readonly rowsPerSecond: number;
  readonly loss: number;
}

/** `--seconds N` a measurement (6), `--rounds N` (3). */
export async function run(words: readonly string[]): Promise<void> {
  const seconds = Number(option(words, "seconds", "6"));
  const rounds = Number(option(words, "rounds", "3"));
  for (const lengths of ["full", "mixed"] as const) await measure(lengths, seconds, rounds);
  print(`\nmedian of ${rounds} rounds of ${seconds} s after warm-up, the peers in turn; ${machine()}`);
}

/** `full`: every history has 50 items; `mixed`: from none to 50, each as often. */
async function measure(lengths: "full" | "mixed", seconds: number, rounds: number): Promise<void> {
  const folder = join(projectRoot, ".mtlc", "din");
  const path = join(folder, `${lengths}.csv`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) writeFileSync(path, log(lengths));
  const { engine } = await selectEngine({ environment: process.env });
  const specPath = join(folder, "din.mtl");
  const model = modelOf(spec(`${lengths}.csv`));
  const data = await openData(model, { specPath, roles: ["train"] });
  const dataset = data.train;
  if (dataset === undefined) throw new Error("there is no training data");
  const program = createProgram(model, data.fitted);
  const arrays = copyRows(dataset, rows);
  const { ids } = fittedSizes(data.fitted);
  const sizes = { users: ids["user"] ?? 0, items: ids["item"] ?? 0, categories: ids["category"] ?? 0 };
  const ours = async (): Promise<Measured> => {
    const session = await engine.open(program, { trainBatch: shape.batch, functions: ["train"] });
    try {
      await fillSession(session, program.state, initialReader(1));
      return trainSteps(session, program, dataset, shape.batch, seconds);
    } finally {
      session.close();
    }
  };
  const peers = [
    { name: `mtlc ${engine.name}`, run: ours },
    { name: "PyTorch by hand", run: () => Promise.resolve(trainTorch({ ...sizes, seconds }, arrays)) },
  ];
  const found = new Map<string, number[]>(peers.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++)
    for (const { name, run: train } of peers) {
      const measured = await train();
      if (measured === undefined) continue;
      found.get(name)?.push(measured.rowsPerSecond);
      note(
        `${lengths} ${round}: ${name} ${Math.round(measured.rowsPerSecond).toLocaleString("en-US")} rows/s, loss ${measured.loss.toFixed(4)}`,
      );
    }
  dataset.close();
  const reference = median(found.get("PyTorch by hand") ?? []);
  print(`\nDIN, ${lengths} histories of ${lengths === "full" ? "" : "up to "}50, batch ${shape.batch}`);
  printTable([
    ["", "rows/s", "ms a step", "× PyTorch"],
    ...peers.map(({ name }) => {
      const value = median(found.get(name) ?? []);
      if (Number.isNaN(value)) return [name, "not here", "", ""];
      const ratio = Number.isNaN(reference) ? "" : (value / reference).toFixed(2);
      return [name, Math.round(value).toLocaleString("en-US"), ((1000 * shape.batch) / value).toFixed(1), ratio];
    }),
  ]);
}

function modelOf(text: string): Model {
  const { model, diagnostics } = compileSpec("din.mtl", createMemoryHost({ "din.mtl": text }));
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return model;
}

function spec(file: string): string {
  const { batch, length, user, item, category, hidden, tower } = shape;
  return `
model din
data { train: csv("${file}") }
features {
  user:          categorical(ids: ${counts.users}, embed: ${user})
  item:          categorical(ids: ${counts.items}, embed: ${item})
  category:      categorical(ids: ${counts.categories}, embed: ${category})
  seen:          sequence(max: ${length}, like: item)
  seen_category: sequence(like: category, along: seen)
}
labels { click: event }
input target   = [item, category]
input interest = attend(target, over: [seen, seen_category], hidden: [${hidden.join(", ")}], activation: sigmoid)
tower t        = mlp([user, target, interest], [${tower.join(", ")}], activation: dice)
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
train { optimizer: adam(lr: 1e-3), batch: ${batch}, embeddings: sparse }
`;
}

/** Random histories; a click says something of the first item's category, so that there is something to learn. */
function log(lengths: "full" | "mixed"): string {
  const { uniform } = createDraws(50);
  const below = (count: number): number => Math.floor(uniform() * count);
  const lines = Array.from({ length: rows }, () => {
    const length = lengths === "full" ? shape.length : below(shape.length + 1);
    const seen = Array.from({ length }, () => below(counts.items));
    const item = below(counts.items);
    const click = uniform() < (((seen[0] ?? 0) + item) % 2 === 0 ? 0.7 : 0.2) ? 1 : 0;
    const categories = seen.map((each) => each % counts.categories);
    return [below(counts.users), item, item % counts.categories, seen.join("|"), categories.join("|"), click].join();
  });
  return ["user,item,category,seen,seen_category,click", ...lines, ""].join("\n");
}

function trainTorch(
  given: { readonly users: number; readonly items: number; readonly categories: number; readonly seconds: number },
  data: WorkloadArrays,
): Measured | undefined {
  const folder = join(projectRoot, ".mtlc", "din");
  for (const name of ["ids", "labels"] as const)
    writeFileSync(join(folder, `${name}.bin`), new Uint8Array(data[name].buffer, 0, data[name].byteLength));
  writeFileSync(
    join(folder, "meta.json"),
    JSON.stringify({ ...shape, ...given, rows: data.rows, threads: availableParallelism() }),
  );
  const script = join(projectRoot, "bench", "peers", "torch_din.py");
  const { status, stdout } = spawnSync(python, [script, folder], { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout) as Measured;
  note("PyTorch by hand: Python with torch is not here (`MTLC_PYTHON` names it)");
  return undefined;
}
