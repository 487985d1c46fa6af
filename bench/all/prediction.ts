/**
 * Answers: census MMoE in one process from raw rows and from columns, beside onnxruntime in Node and PyTorch on arrays that are ready;
 * and a file of rows predicted by `mtlc predict`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { type Predictor } from "../../src/runtime/jobs/predict/predictor.js";
import { train } from "../../src/runtime/jobs/train.js";
import { columnForms, measure, part, readRows, type Row, specPath } from "../predict.js";
import { type Ratio, ratioOf, ratioText } from "../ratios.js";
import { counted, median, note, projectRoot } from "../report.js";
import type { AllOptions } from "./options.js";
import type { Section } from "./parts.js";
import { runProcess } from "./processes.js";
import { type Entrant, onnxInNode, openReadyArrays } from "./ready-arrays.js";
import { syntheticOf } from "./workloads.js";

const sizes = [1, 100, 1_000, 10_000] as const;

/** Seconds of a cell of a round. */
const cellSeconds = 0.4;

export async function* measurePrediction(options: AllOptions): AsyncGenerator<Section> {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-bench-answers-"));
  try {
    note("\ntraining census MMoE for 20 steps");
    const artifact = join(folder, "census");
    await train({ spec: join(projectRoot, specPath), output: artifact, steps: 20, targets: ["onnx"] });
    // The slice in the repository has not quite as many.
    const slice = readRows(join(projectRoot, specPath));
    const rows = [...slice, ...slice, ...slice].slice(0, 2 * Math.max(...sizes));
    const predictor = await loadPredictor(artifact);
    const single = await loadPredictor(artifact, { oneThread: true });
    const ours = [...ourEntrants(predictor, rows), ...ourEntrants(single, rows, ", one thread")];
    const entrants = [...ours, ...(await openReadyArrays(artifact, rows))];
    const found = await measureCells(entrants, options.rounds);
    for (const { close } of entrants) await close();
    predictor.close();
    single.close();
    yield answersSection(found, options.rounds);
    const file = await predictFile(folder, options);
    if (file !== undefined) yield file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same rows in three forms, their parts cut before the clock starts. */
function ourEntrants(predictor: Predictor, rows: readonly Row[], how = ""): readonly Entrant[] {
  const entrant = (name: string, call: (from: number, size: number) => () => unknown): Entrant => ({
    name: `mtlc, ${name}${how}`,
    time: (size, seconds) => Promise.resolve(measure(call, rows.length, size, seconds)[0]),
    close: () => Promise.resolve(),
  });
  return [
    ...columnForms(rows).map(([form, columns]) =>
      entrant(form, (from, size) => {
        const some = part(columns, from, size);
        return () => predictor.predictColumns(some);
      }),
    ),
    entrant("rows as records", (from, size) => {
      const some = rows.slice(from, from + size);
      return () => predictor.predict(some);
    }),
  ];
}

/** Milliseconds by entrant, size and round. */
type Cells = ReadonlyMap<string, readonly (readonly number[])[]>;

async function measureCells(entrants: readonly Entrant[], rounds: number): Promise<Cells> {
  const found = new Map<string, number[][]>(entrants.map(({ name }) => [name, sizes.map(() => [])]));
  for (let round = 1; round <= rounds; round++)
    for (const [at, size] of sizes.entries())
      for (const { name, time } of entrants) {
        const taken = await time(size, cellSeconds);
        found.get(name)?.[at]?.push(taken);
        note(`round ${round}: ${size} rows, ${name} ${microseconds(taken)} µs`);
      }
  return found;
}

export function answersSection(found: Cells, rounds: number): Section {
  const ready = found.get(onnxInNode);
  const ratio = (at: number, times: readonly number[]): Ratio | undefined => ratioOf(times, ready?.[at] ?? []);
  const cell = (name: string, at: number, times: readonly number[]): string => {
    const time = microseconds(median(times));
    const beside = name === onnxInNode ? undefined : ratio(at, times);
    return beside === undefined ? time : `${time}, ${ratioText(beside)}`;
  };
  return {
    title: "Predictions in one process: census MMoE",
    table: [
      [
        "µs a call, and its time ÷ onnxruntime's in Node",
        ...sizes.map((size) => `${size.toLocaleString("en-US")} rows`),
      ],
      ...[...found].map(([name, times]) => [name, ...times.map((each, at) => cell(name, at, each))]),
    ],
    lines: [
      `Medians of calls, medians of ${counted(rounds, "round")} in turn (ratios: least–most). mtlc's times hold the encoding of raw columns; the arrays of onnxruntime and PyTorch are encoded before.`,
      "Calls return when the rows are predicted. Of 512 rows and more a thread beside the caller predicts a part, unless it says one thread; onnxruntime and PyTorch have a thread for each core.",
    ],
  };
}

function microseconds(milliseconds: number): string {
  const value = 1000 * milliseconds;
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/** `mtlc predict` of the training rows of the synthetic workload, from the start of the process to its end. */
async function predictFile(folder: string, options: AllOptions): Promise<Section | undefined> {
  const workload = syntheticOf(options);
  const file = workload?.files?.train[0];
  if (workload === undefined || file === undefined) return undefined;
  note("\ntraining the synthetic MMoE for 20 steps");
  const artifact = join(folder, "synthetic");
  await train({ spec: join(projectRoot, workload.spec), output: artifact, steps: 20, ...workload.files });
  const command = [join(projectRoot, "bin", "mtlc.js"), "predict", artifact, file];
  const runs: { seconds: number; peak: number }[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const output = join(folder, "scores.parquet");
    const {
      seconds,
      peak = NaN,
      status,
      stderr,
    } = await runProcess(process.execPath, [...command, "--output", output, "--quiet"]);
    if (status !== 0) throw new Error(stderr);
    rmSync(output);
    note(`round ${round}: mtlc predict ${seconds.toFixed(1)} s`);
    runs.push({ seconds, peak });
  }
  const { rows } = JSON.parse(readFileSync(join(artifact, "fitted.json"), "utf8")) as { rows: number };
  const rates = runs.map(({ seconds }) => rows / seconds);
  const text = (rate: number): string => Math.round(rate).toLocaleString("en-US");
  return {
    title: "A Parquet file predicted by `mtlc predict`",
    table: [
      ["", "rows/s", "of the rounds", "seconds", "peak MB"],
      [
        `${rows.toLocaleString("en-US")} rows of the synthetic workload`,
        text(median(rates)),
        `${text(Math.min(...rates))}–${text(Math.max(...rates))}`,
        median(runs.map(({ seconds }) => seconds)).toFixed(1),
        Math.round(Math.max(...runs.map(({ peak }) => peak)) / 1e6).toLocaleString("en-US"),
      ],
    ],
    lines: ["Parquet in, Parquet out, from the start of the process to its end."],
  };
}
