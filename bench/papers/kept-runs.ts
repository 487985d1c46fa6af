/**
 * Finished runs of a long experiment, in `.mtlc/papers`, so that it can be interrupted and goes on where it was. A file of them
 * that is copied into {@link handedOnFolder} goes on from a clone as well.
 */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../report.js";

/** Runs of experiments whose full form is not complete yet, relative to the project. */
export const handedOnFolder = "bench/papers/runs";

/** Where an experiment keeps what is not committed, relative to the project. */
export function workFolder(experiment: string): string {
  return join(".mtlc", "papers", experiment);
}

export interface KeptRuns<Run> {
  /** Runs that are kept from before. */
  readonly count: number;
  readonly get: (id: string) => Run | undefined;
  readonly add: (id: string, run: Run) => void;
  /** The run of this id: kept from before, or made now and kept. */
  readonly once: (id: string, make: () => Promise<Run>) => Promise<Run>;
}

/**
 * The runs that are kept under `key`: whatever decides what a run measures and is not in its id, such as the hashes of specs
 * and the options. Another key has other runs. `fresh` forgets those of this key.
 */
export function openKeptRuns<Run>(
  experiment: string,
  key: unknown,
  { fresh = false, root = projectRoot }: { readonly fresh?: boolean; readonly root?: string } = {},
): KeptRuns<Run> {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 16);
  const file = join(root, workFolder(experiment), `runs-${digest}.jsonl`);
  mkdirSync(dirname(file), { recursive: true });
  if (fresh) rmSync(file, { force: true });
  const handedOn = fresh ? "" : textOf(join(root, handedOnFolder, `${experiment}-${digest}.jsonl`));
  const text = textOf(file);
  // A line that an interruption cut has no end; it is made again.
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== text) writeFileSync(file, whole);
  const runs = new Map<string, Run>();
  for (const line of `${handedOn}${whole}`.split("\n").filter((each) => each !== "")) {
    const { id, run } = JSON.parse(line) as { readonly id: string; readonly run: Run };
    runs.set(id, run);
  }
  const add = (id: string, run: Run): void => {
    runs.set(id, run);
    appendFileSync(file, `${JSON.stringify({ id, run })}\n`);
  };
  return {
    count: runs.size,
    get: (id) => runs.get(id),
    add,
    once: async (id, make) => {
      const kept = runs.get(id);
      if (kept !== undefined) return kept;
      const run = await make();
      add(id, run);
      return run;
    },
  };
}

/** What a file holds; nothing where there is none. */
function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
