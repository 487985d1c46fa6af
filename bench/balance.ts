/** What balancing costs: steps of census MMoE, two tasks, plain and under each balance, in turn. */
import { join } from "node:path";
import { balances } from "../src/compiler/builtins/index.js";
import type { Model } from "../src/compiler/model/index.js";
import { openData } from "../src/runtime/data/index.js";
import { createProgram } from "../src/runtime/engine/create-program.js";
import { selectEngine } from "../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../src/runtime/engine/state.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { machine, median, note, option, print, printTable, projectRoot } from "./report.js";
import { trainOurs } from "./train.js";

export const summary = "what a balanced step costs beside a plain one";

/** `--seconds N` a measurement (3), `--rounds N` (3), `--all` for every balance and not only `pcgrad` and `uncertainty`. */
export async function run(words: readonly string[]): Promise<void> {
  const seconds = Number(option(words, "seconds", "3"));
  const rounds = Number(option(words, "rounds", "3"));
  const { engine } = await selectEngine({ environment: process.env });
  const spec = join(projectRoot, "specs/census/mmoe.mtl");
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
  const found = new Map<string, number[]>(wanted.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++)
    for (const name of wanted) {
      const program = createProgram(balanced(model, name), data.fitted);
      const session = await engine.open(program, { trainBatch: batch, functions: ["train"] });
      try {
        await fillSession(session, program.state, initialReader(1));
        const { rowsPerSecond } = trainOurs(session, program, dataset, batch, seconds);
        found.get(name)?.push(rowsPerSecond);
        note(`round ${round}: ${name} ${Math.round(rowsPerSecond / 1000)}k rows/s`);
      } finally {
        session.close();
      }
    }
  dataset.close();
  const speed = (name: string): number => median(found.get(name) ?? []);
  print(`\ncensus MMoE, two tasks, batch ${batch}, ${engine.name}`);
  printTable([
    ["balance", "rows/s", "ms per step", "× fixed"],
    ...wanted.map((name) => [
      name,
      Math.round(speed(name)).toLocaleString("en-US"),
      ((1000 * batch) / speed(name)).toFixed(2),
      (speed("fixed") / speed(name)).toFixed(2),
    ]),
  ]);
  print(`\nmedian of ${rounds} rounds of ${seconds} s after warm-up, the balances in turn; ${machine()}`);
}

/** The model under a balance with its defaults, "on" the representation or the parameters where it says so. */
function balanced(model: Model, words: string): Model {
  const [method = "", , on] = words.split(" ");
  const row = balances.find(({ name }) => name === method);
  const defaults = Object.fromEntries((row?.parameters ?? []).map((each) => [each.name, each.default ?? null]));
  const given = "on" in defaults ? { ...defaults, on: on ?? "representation" } : defaults;
  return { ...model, loss: { ...model.loss, balance: { method, arguments: given } } };
}
