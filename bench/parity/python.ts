/** Programs in Python with what targets emit, all cases in one process. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { batchLayout } from "../../src/compiler/model/index.js";
import { layoutOf } from "../../test/targets/torch/layout.js";
import { projectRoot } from "../report.js";
import { filesOf, type Heads, type ParityCase } from "./cases.js";
import { type Answer, type Runner, targetNamed } from "./runner.js";
import { python, pythonHas } from "../../test/python.js";

/** Work for a program in Python, and how what it says becomes an answer. */
export interface PythonJobs {
  /** What goes to standard input. */
  readonly input: string;
  /** An answer for each case, of what was written to standard output. */
  readonly read: (output: string) => readonly Answer[];
}

/** All cases in one process of Python. */
export function pythonRunner(
  name: string,
  modules: string,
  script: string,
  jobs: (cases: readonly ParityCase[], folder: string) => PythonJobs,
): Runner {
  return {
    name,
    absent: async () => {
      const missing = modules.split(", ").filter((each) => !pythonHas(each));
      return missing.length === 0 ? undefined : `${python} has no ${missing.join(", ")} (MTLC_PYTHON names another)`;
    },
    run: async (cases, folder) => {
      const { input, read } = jobs(cases, folder);
      const answer = spawnSync(python, [join(projectRoot, script)], {
        input,
        encoding: "utf8",
        maxBuffer: 2 ** 30,
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
      });
      if (answer.status !== 0) throw new Error(`${name}: ${answer.stderr.split("\n").slice(-6).join("\n")}`);
      return read(answer.stdout);
    },
  };
}

export function writeAll(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

export function parseLines<T extends Answer = Heads>(output: string): readonly T[] {
  return output
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

export function savedModelJobs(cases: readonly ParityCase[], folder: string): PythonJobs {
  const lines: string[] = [];
  const prepared = cases.map((made, i): number | string => {
    const files = filesOf(targetNamed("savedmodel"), made);
    if (typeof files === "string") return files;
    writeAll(join(folder, `saved-${i}`), files);
    const feeds = Object.entries(made.feeds).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]);
    lines.push(`${JSON.stringify({ folder: join(folder, `saved-${i}`), feeds: Object.fromEntries(feeds) })}\n`);
    return lines.length - 1;
  });
  return {
    input: lines.join(""),
    read: (output) => {
      const found = parseLines<Answer>(output);
      return prepared.map((at) => (typeof at === "string" ? at : (found[at] ?? "error: there is no answer")));
    },
  };
}

export function torchJobs(cases: readonly ParityCase[], folder: string): PythonJobs {
  const jobs: unknown[] = [];
  const prepared = cases.map((made, i): number | string => {
    const files = filesOf(targetNamed("torch"), made);
    if (typeof files === "string") return files;
    const path = join(folder, `package-${i}`);
    writeAll(path, files);
    const { size, ids, numbers } = made.batch;
    const layout = batchLayout(made.model);
    const matrix = (data: Int32Array | Float32Array, width: number) => ({ shape: [size, width], data: [...data] });
    const order = Array.from({ length: size }, (_, row) => row);
    const zeros = matrix(new Float32Array(size * layout.labels.length), layout.labels.length);
    const batch = {
      ids: matrix(ids, layout.idWidth),
      numbers: matrix(numbers, layout.numberWidth),
      labels: zeros,
      known: zeros,
      weights: { shape: [size], data: Array<number>(size).fill(1) },
      // One list of all rows, for batches of models whose losses are over lists.
      groups: { shape: [size], data: Array<number>(size).fill(0) },
      lists: { shape: [1, size], data: order },
      rows: { shape: [size], data: order },
    };
    jobs.push({ package: path, steps: 0, batches: [batch], layout: layoutOf(made.model) });
    return jobs.length - 1;
  });
  return {
    input: JSON.stringify(jobs),
    read: (output) => {
      const found = JSON.parse(output) as readonly { readonly error?: string; readonly predictions?: Heads }[];
      return prepared.map((at) => {
        if (typeof at === "string") return at;
        const { error, predictions } = found[at] ?? {};
        return predictions ?? `error: ${(error ?? "").trim().split("\n").at(-1) ?? ""}`;
      });
    },
  };
}
