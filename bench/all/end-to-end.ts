/** From a file to a measured model, each a process of its own: seconds, memory, and AUC beside them. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { ratioOf, ratioText } from "../ratios.js";
import { counted, median, note, projectRoot } from "../report.js";
import { peerEnvironment, reasonOf } from "../training/turns.js";
import type { Workload } from "../training/workloads.js";
import type { AllOptions } from "./options.js";
import type { Section } from "./parts.js";
import { type ProcessRun, runProcess } from "./processes.js";
import { syntheticOf } from "./workloads.js";
import { python } from "../../test/python.js";

interface Entrant {
  readonly name: string;
  readonly run: (train: string, test: string) => Promise<ProcessRun>;
  readonly aucOf: (stdout: string) => Readonly<Record<string, number>>;
}

interface EntrantResult {
  readonly name: string;
  readonly seconds: readonly number[];
  readonly peaks: readonly number[];
  readonly auc: Readonly<Record<string, number>>;
}

export async function* measureEndToEnd(options: AllOptions): AsyncGenerator<Section> {
  const workload = syntheticOf(options);
  const train = workload?.files?.train[0];
  const test = workload?.files?.test[0];
  if (workload === undefined || train === undefined || test === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), "mtlc-bench-files-"));
  try {
    const entrants = [...ourEntrants(folder, workload), ...peerEntrants(folder, workload)];
    for (const [kind, ending] of [["Parquet", ".parquet"] as const, ["CSV", ".csv"] as const]) {
      const files = [train, test].map((file) => file.replace(/\.parquet$/, ending));
      note(`\n${kind} to a measured model`);
      yield endToEndSection(kind, await measureFiles(entrants, files, options.rounds), options);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** mtlc as a user runs it: first with nothing encoded, then again. */
function ourEntrants(folder: string, { spec }: Workload): readonly Entrant[] {
  const copy = join(folder, "specs");
  cpSync(join(projectRoot, spec, ".."), copy, {
    recursive: true,
    filter: (path) => !path.startsWith(join(projectRoot, spec, "..", ".mtlc")),
  });
  const train = (trained: string, measured: string): Promise<ProcessRun> => {
    const command = [join(projectRoot, "bin", "mtlc.js"), "train", join(copy, "mmoe.mtl")];
    const paths = ["--train", trained, "--test", measured, "--output", join(folder, "out"), "--force"];
    return runProcess(process.execPath, [...command, ...paths, "--format", "json"]);
  };
  const aucOf = (stdout: string): Readonly<Record<string, number>> => {
    const { heads } = JSON.parse(stdout) as { heads: Readonly<Record<string, { readonly auc: number }>> };
    return Object.fromEntries(Object.entries(heads).map(([head, { auc }]) => [head, auc]));
  };
  const forget = (): void => rmSync(join(copy, ".mtlc"), { recursive: true, force: true });
  return [
    {
      name: "mtlc",
      run: async (...files) => {
        forget();
        return train(...files);
      },
      aucOf,
    },
    { name: "mtlc, rows encoded before", run: train, aucOf },
  ];
}

function peerEntrants(folder: string, { spec, shape }: Workload): readonly Entrant[] {
  const { model } = loadSpec(join(projectRoot, spec));
  const kinds = (kind: string): readonly string[] =>
    model.features.filter((each) => each.kind === kind).map(({ name }) => name);
  const description = join(folder, "model.json");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    description,
    JSON.stringify({
      ...shape,
      embed: 8,
      rate: 1e-3,
      batch: model.train.batch,
      threads: availableParallelism(),
      categories: kinds("categorical"),
      numbers: kinds("numeric"),
      labels: model.labels.map(({ name }) => name),
      heads: model.heads.map(({ name }) => name),
    }),
  );
  const script = join(projectRoot, "bench", "peers", "end_to_end.py");
  const entrant = (name: string, ...words: readonly string[]): Entrant => ({
    name,
    run: (train, test) => runProcess(python, [script, ...words, train, test, description], peerEnvironment()),
    aucOf: (stdout) => (JSON.parse(stdout) as { readonly auc: Readonly<Record<string, number>> }).auc,
  });
  return [
    entrant("PyTorch, Arrow", "torch", "arrow"),
    entrant("PyTorch, pandas", "torch", "pandas"),
    entrant("TensorFlow + XLA, Arrow", "tensorflow", "arrow"),
  ];
}

async function measureFiles(
  entrants: readonly Entrant[],
  [train = "", test = ""]: readonly string[],
  rounds: number,
): Promise<readonly EntrantResult[]> {
  const found = new Map<string, { seconds: number[]; peaks: number[]; auc: Readonly<Record<string, number>> }>();
  const left = new Set<string>();
  for (let round = 1; round <= rounds; round++)
    for (const { name, run, aucOf } of entrants) {
      if (left.has(name)) continue;
      const { seconds, peak, stdout, stderr, status } = await run(train, test);
      if (status !== 0) {
        note(`${name} is left out: ${reasonOf(stderr.split("\n"))}`);
        left.add(name);
        continue;
      }
      const auc = aucOf(stdout);
      const result = found.get(name) ?? { seconds: [], peaks: [], auc };
      found.set(name, result);
      result.seconds.push(seconds);
      if (peak !== undefined) result.peaks.push(peak);
      note(`round ${round}: ${name} ${seconds.toFixed(1)} s, ${megabytes(peak)} MB, ${JSON.stringify(auc)}`);
    }
  return [...found].map(([name, result]) => ({ name, ...result }));
}

export function endToEndSection(
  kind: string,
  results: readonly EntrantResult[],
  { rows, rounds }: Pick<AllOptions, "rows" | "rounds">,
): Section {
  const ours = results.find(({ name }) => name === "mtlc")?.seconds ?? [];
  const heads = Object.keys(results[0]?.auc ?? {});
  return {
    title: `${kind} file to a measured model`,
    table: [
      ["", "seconds", "of the rounds", "mtlc is", "peak MB", ...heads.map((head) => `AUC ${head}`)],
      ...results.map(({ name, seconds, peaks, auc }) => [
        name,
        median(seconds).toFixed(1),
        `${Math.min(...seconds).toFixed(1)}–${Math.max(...seconds).toFixed(1)}`,
        // Times: the ratio of speeds is that of the other's time to ours.
        name === "mtlc" ? "" : ratioText(ratioOf(seconds, ours)),
        peaks.length === 0 ? "" : megabytes(Math.max(...peaks)),
        ...heads.map((head) => auc[head]?.toFixed(4) ?? ""),
      ]),
    ],
    lines: [
      `The synthetic workload with ${rows.toLocaleString("en-US")} training rows and a tenth of them to measure, one epoch, each a process from its start to its end; medians of ${counted(rounds, "round")} in turn.`,
      "mtlc reads, fits, encodes, trains, measures and writes an artifact; the peers read, fit dictionaries, train and measure.",
    ],
  };
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "?" : Math.round(bytes / 1e6).toLocaleString("en-US");
}
