/** A workload trained by several contenders in alternating rounds. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { omitUndefined } from "../../src/compiler/text/index.js";
import { note, projectRoot } from "../report.js";
import { contender, type ContenderName } from "./contenders.js";
import { type Measured, startTurns, type Turns } from "./turns.js";
import { type Workload, type WorkloadFacts, writeWorkload } from "./workloads.js";

export interface RoundOptions {
  readonly contenders: readonly ContenderName[];
  readonly rounds: number;
  /** Of a turn. */
  readonly seconds: number;
  /** Whether each trains one epoch from first weights and is measured on the test rows. */
  readonly measuresAuc: boolean;
}

/** What was measured of a contender. */
export interface ContenderResult {
  readonly name: string;
  readonly versions: string;
  /** Seconds from the start of its process to its first steps. */
  readonly firstStep?: number;
  /** Rows per second, of each round. */
  readonly rates: readonly number[];
  /** Of each head after an epoch. */
  readonly auc?: Readonly<Record<string, number>>;
}

export interface WorkloadResult extends WorkloadFacts {
  readonly title: string;
  readonly contenders: readonly ContenderResult[];
  /** The fastest product of matrices of each round, GFLOP/s. */
  readonly gflops: readonly number[];
}

/** Writes the data of a workload for contenders; the folder and what is known of it. */
export async function prepareWorkload(workload: Workload): Promise<{ folder: string; facts: WorkloadFacts }> {
  note(`\n${workload.title}: reading data`);
  const folder = join(projectRoot, ".mtlc", "all", workload.name);
  mkdirSync(folder, { recursive: true });
  const facts = await writeWorkload(workload, folder);
  writeFileSync(join(folder, "workload.json"), JSON.stringify(workload));
  return { folder, facts };
}

/** Starts contenders one after another; says in a line which cannot run here. */
export async function startContenders(names: readonly ContenderName[], folder: string): Promise<readonly Turns[]> {
  const started: Turns[] = [];
  for (const name of names) {
    const turns = await startTurns(contender(name, folder));
    if (typeof turns === "string") note(`${name} is left out: ${turns}`);
    else {
      note(`${name}: warm (${turns.versions})`);
      started.push(forgiving(turns));
    }
  }
  return started;
}

/** One whose process ends early is left out from there on, so that an hour of the others is not lost. */
function forgiving(turns: Turns): Turns {
  let hasEnded = false;
  return {
    ...turns,
    ask: async <Answer>(request: Parameters<Turns["ask"]>[0]) => {
      if (hasEnded) return undefined;
      try {
        return await turns.ask<Answer>(request);
      } catch (error) {
        hasEnded = true;
        note(`${turns.name} is left out from here on: ${(error as Error).message}`);
        return undefined;
      }
    },
  };
}

export async function measureRounds(workload: Workload, options: RoundOptions): Promise<WorkloadResult> {
  const { folder, facts } = await prepareWorkload(workload);
  const started = await startContenders(options.contenders, folder);
  try {
    const auc = options.measuresAuc ? await measureAuc(started) : new Map<string, Readonly<Record<string, number>>>();
    const rates = new Map<string, number[]>(started.map(({ name }) => [name, []]));
    const gflops: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      let fastest = 0;
      for (const turns of rotated(started, round)) {
        const measured = await turns.ask<Measured>({ kind: "measure", seconds: options.seconds });
        if (measured === undefined) continue;
        const rate = measured.rows / measured.seconds;
        rates.get(turns.name)?.push(rate);
        const product = options.measuresAuc
          ? await turns.ask<{ readonly gflops: number }>({ kind: "product" })
          : undefined;
        fastest = Math.max(fastest, product?.gflops ?? 0);
        const sgemm = product === undefined ? "" : `, sgemm ${product.gflops.toFixed(0)} GFLOP/s`;
        note(
          `round ${round + 1}: ${turns.name} ${Math.round(rate / 1000)}k rows/s, loss ${measured.loss.toFixed(4)}${sgemm}`,
        );
      }
      gflops.push(fastest);
    }
    const contenders = started.flatMap(({ name, versions, firstStep }): readonly ContenderResult[] => {
      const measured = rates.get(name) ?? [];
      // It ended before its first turn.
      if (measured.length === 0) return [];
      const found = auc.get(name);
      return [{ name, versions, rates: measured, ...omitUndefined({ firstStep, auc: found }) }];
    });
    return { title: workload.title, ...facts, contenders, gflops };
  } finally {
    for (const turns of started) await turns.close();
  }
}

/** Who goes first changes. */
function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const at = all.length === 0 ? 0 : by % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}

async function measureAuc(started: readonly Turns[]): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const found = new Map<string, Readonly<Record<string, number>>>();
  for (const turns of started) {
    const answer = await turns.ask<{ readonly auc: Readonly<Record<string, number>> }>({
      kind: "epochs",
      epochs: 1,
      seed: 1,
    });
    if (answer === undefined) continue;
    found.set(turns.name, answer.auc);
    const heads = Object.entries(answer.auc).map(([head, value]) => `${head} ${value.toFixed(4)}`);
    note(`an epoch of ${turns.name}: AUC ${heads.join(", ")}`);
  }
  return found;
}
