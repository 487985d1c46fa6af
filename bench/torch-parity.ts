/**
 * Training by packages for PyTorch beside mtlc's native engine: from the same first weights over the same batches, by how much each loss
 * differs at most. Python is `MTLC_PYTHON`, else `python3`, and has torch and numpy.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { torch } from "../src/compiler/targets/torch/index.js";
import { selectEngine } from "../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../src/runtime/engine/state.js";
import { type Feeds, hostTensors, inputsOf, randomFeeds } from "../test/lower/harness.js";
import { shippedModels } from "../test/shipped-models.js";
import { layoutOf } from "../test/targets/torch/layout.js";
import {
  type Answer,
  drawing,
  type Job,
  takeSteps,
  type WrittenPackage,
  writePackage,
} from "../test/targets/torch/packages.js";
import { machine, note, option, print, printTable, requirePython, UsageError } from "./report.js";

export const summary = "losses of packages for PyTorch beside ours, step by step, for every spec in specs/";

/** `--steps N` (100), `--rows N` a batch (24), `--specs TEXT`: only paths with it, `--embeddings sparse|dense` instead of the specs' own. */
export async function run(words: readonly string[]): Promise<void> {
  requirePython("torch", "numpy");
  const steps = Number(option(words, "steps", "100"));
  const rows = Number(option(words, "rows", "24"));
  const part = option(words, "specs", "");
  const given = option(words, "embeddings", "");
  const embeddings = given === "sparse" || given === "dense" ? given : undefined;
  const models = shippedModels.toSorted(([a], [b]) => (a < b ? -1 : 1)).filter(([name]) => name.includes(part));
  const table: (readonly string[])[] = [["spec", "steps", "losses", "largest difference", "relative"]];
  const root = mkdtempSync(join(tmpdir(), "mtlc-torch-parity-"));
  try {
    for (const [name, model] of models) {
      const [refusal] = torch.refusals({ model, program: { state: [], functions: [] } });
      if (refusal !== undefined) table.push([name, "refused", "", refusal.what, ""]);
      else if (drawing.has(name)) table.push([name, "draws random numbers", "", "", ""]);
    }
    const carried = models.filter(([name]) => !table.some(([listed]) => listed === name));
    // Some at a time, so that neither side has all batches in memory.
    for (let from = 0; from < carried.length; from += 8) {
      const made = carried.slice(from, from + 8).map(([name, model], index) => {
        const written = writePackage(name, join(root, `package-${from + index}`), embeddings);
        const batches = Array.from({ length: steps }, (_, step) => randomFeeds(model, rows, step + 1));
        return { name, written, batches };
      });
      const jobs = made.map(({ written, batches }): Job => {
        const { model, folder } = written;
        return { package: folder, steps, batches, layout: layoutOf(model) };
      });
      const answers = takeSteps(jobs);
      for (const [index, { name, written, batches }] of made.entries()) {
        const answer = answers[index];
        if (answer?.error !== undefined) throw new UsageError(`${name}: ${answer.error}`);
        table.push([name, String(steps), ...(await compare(written, batches, answer?.losses ?? []))]);
        note(table.at(-1)?.join("  ") ?? "");
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  printTable(table);
  print(`\n${rows} random rows a step, each step with others; float32 on both sides; ${machine()}`);
}

async function compare(
  { program, model }: WrittenPackage,
  batches: readonly Feeds[],
  theirs: Answer["losses"],
): Promise<readonly string[]> {
  const { engine } = await selectEngine({ preference: "native" });
  const session = await engine.open(program);
  let [absolute, relative] = [0, 0];
  try {
    await fillSession(session, program.state, initialReader(model.train.seed));
    const inputs = new Set(inputsOf(program, "train"));
    for (const [step, losses] of theirs.entries()) {
      const outputs = session.run("train", hostTensors(batches[step] ?? {}, inputs));
      for (const [title, value] of Object.entries(losses)) {
        const ours = Number((outputs[`loss/${title}`] ?? outputs[`penalty/${title}`])?.data[0]);
        const difference = Math.abs(value - ours);
        absolute = Math.max(absolute, difference);
        // A loss that is nearly nothing has no relative difference.
        relative = Math.max(relative, difference / Math.max(1e-3, Math.abs(ours)));
      }
    }
  } finally {
    session.close();
  }
  return [String(Object.keys(theirs[0] ?? {}).length), absolute.toExponential(1), relative.toExponential(1)];
}
