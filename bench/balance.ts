/**
 * What balancing costs: steps of census MMoE, two tasks, plain and under each balance. They take turns on every batch, so that
 * a busy machine disturbs all alike.
 */
import { join } from "node:path";
import { balances } from "../src/compiler/builtins/index.js";
import type { Model } from "../src/compiler/model/index.js";
import { openData } from "../src/runtime/data/index.js";
import { createProgram, functionOf } from "../src/runtime/engine/create-program.js";
import { selectEngine, type Session } from "../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../src/runtime/engine/state.js";
import { createFeeds } from "../src/runtime/measure/feeds.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { machine, median, note, option, print, printTable, projectRoot } from "./report.js";

export const summary = "what a balanced step costs beside a plain one";

interface Balanced {
  readonly name: string;
  readonly session: Session;
  readonly feeds: ReturnType<typeof createFeeds>;
  /** Milliseconds of each step: by the clock, and of the processor for all threads. */
  readonly steps: { readonly clock: number; readonly cpu: number }[];
}

/** `--seconds N` for each balance (5), `--spec FILE`, `--all` for every balance and not only `pcgrad` and `uncertainty`. */
export async function run(words: readonly string[]): Promise<void> {
  const seconds = Number(option(words, "seconds", "5"));
  const { engine } = await selectEngine({ environment: process.env });
  const spec = join(projectRoot, option(words, "spec", "specs/census/mmoe.mtl"));
  const { model } = loadSpec(spec);
  const data = await openData(model, { specPath: spec, roles: ["train"] });
  const dataset = data.train;
  if (dataset === undefined) throw new Error("there is no training data");
  const { batch } = model.train;
  const wanted = [
    "fixed",
    "uncertainty",
    "pcgrad on representation",
    "pcgrad on parameters",
    ...(words.includes("--all")
      ? balances.map(({ name }) => name).filter((name) => !/fixed|uncertainty|pcgrad/.test(name))
      : []),
  ];
  const opened: Balanced[] = [];
  for (const name of wanted) {
    const program = createProgram(balanced(model, name), data.fitted);
    const session = await engine.open(program, { trainBatch: batch, functions: ["train"] });
    await fillSession(session, program.state, initialReader(1));
    opened.push({ name, session, feeds: createFeeds(functionOf(program, "train"), dataset.layout), steps: [] });
    note(`${name}: ready`);
  }
  const end = performance.now() + 1000 * seconds * wanted.length;
  for (let epoch = 0; performance.now() < end; epoch++)
    for (const rows of dataset.batches({ size: batch, pad: true, shuffle: { seed: 1, epoch } }))
      for (const { session, feeds, steps } of opened) {
        const fed = feeds(rows, epoch);
        const [started, used] = [performance.now(), process.cpuUsage()];
        session.run("train", fed);
        const { user, system } = process.cpuUsage(used);
        steps.push({ clock: performance.now() - started, cpu: (user + system) / 1000 });
      }
  dataset.close();
  for (const { session } of opened) session.close();
  const kinds = ["clock", "cpu"] as const;
  const times = ({ steps }: Balanced, kind: "clock" | "cpu"): readonly number[] =>
    steps.slice(warmup).map((step) => step[kind]);
  const fixed = opened.find(({ name }) => name === "fixed");
  if (fixed === undefined) return;
  print(`\n${model.name}, ${model.loss.terms.length} losses, batch ${batch}, ${engine.name}`);
  printTable([
    ["ms per step", "clock", "× fixed", "processor", "× fixed"],
    ...opened.map((each) => [
      each.name,
      ...kinds.flatMap((kind) => {
        const [own, plain] = [median(times(each, kind)), median(times(fixed, kind))];
        return [own.toFixed(2), (own / plain).toFixed(2)];
      }),
    ]),
  ]);
  print(`\nmedians of ${fixed.steps.length - warmup} steps each, in turn on the same batches; ${machine()}`);
}

/** Steps that do not count: the first waits for the compiler. */
const warmup = 5;

/** The model under a balance with its defaults, "on" the representation or the parameters where it says so. */
function balanced(model: Model, words: string): Model {
  const [method = "", , on] = words.split(" ");
  const row = balances.find(({ name }) => name === method);
  const defaults = Object.fromEntries((row?.parameters ?? []).map((each) => [each.name, each.default ?? null]));
  const given = "on" in defaults ? { ...defaults, on: on ?? "representation" } : defaults;
  return { ...model, loss: { ...model.loss, balance: { method, arguments: given } } };
}
