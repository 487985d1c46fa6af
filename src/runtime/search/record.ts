/** What a search leaves in its folder while it goes: what it is, and each training that is over. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { entriesOf, replaceFile } from "../artifact/directory.js";
import { createFailure } from "../failure.js";
import { checkWritable, makeOutputFolder } from "../outputs.js";
import type { TrialOutcome } from "./trial.js";

/** What decides the trials of a search. Their number is not in it: more may follow. */
export interface SearchIdentity {
  /** Of mtlc. */
  readonly version: string;
  /** Hash of the spec's files. */
  readonly spec: string;
  /** Hash of the rows that are trained and measured on. */
  readonly data: string;
  readonly method: string;
  readonly seed: number;
  readonly metrics: readonly string[];
  /** After which shares of a training trials are compared; none without halving. */
  readonly shares: readonly number[];
  /** Absent: of float32. */
  readonly products?: "bfloat16";
}

/** The file that says which search a folder holds. */
const identityFile = "search.json";

/** The trainings of trials that are over, by number and rung. */
export interface SearchRecord {
  /** How many are known. */
  readonly count: number;
  readonly known: (trial: number, rung: number) => TrialOutcome | undefined;
  readonly add: (trial: number, rung: number, outcome: TrialOutcome) => Promise<void>;
  /** Notes of which trial `best` is the artifact, and removes that of another one. */
  readonly claimBest: (trial: number) => Promise<void>;
}

/** That a search can be recorded in `folder`, before the work. Throws a {@link Failure} (MTL8008) where it cannot. */
export function checkRecord(folder: string): Promise<void> {
  return checkWritable(join(folder, identityFile));
}

/**
 * Opens the record of a search in `folder`, empty or with what the same search has left there. Throws a {@link Failure} where another
 * search or something else is in it; `force` removes a search.
 */
export async function openRecord(
  folder: string,
  identity: SearchIdentity,
  options: { readonly force: boolean },
): Promise<SearchRecord> {
  makeOutputFolder(folder);
  const entries = await entriesOf(folder);
  const own = entries.includes(identityFile) ? await readIdentity(folder) : undefined;
  if (entries.length > 0 && own === undefined) throw createFailure("MTL7416", { folder, what: undefined });
  if (own !== undefined && options.force) {
    for (const entry of searchEntries) await rm(join(folder, entry), { recursive: true, force: true });
  } else if (own !== undefined) {
    const what = difference(own, identity);
    if (what !== undefined) throw createFailure("MTL7416", { folder, what });
  }
  const trials = join(folder, trialsFolder);
  makeOutputFolder(trials);
  await replaceFile(join(folder, identityFile), `${JSON.stringify(identity, undefined, 2)}\n`);
  const known = new Map<string, TrialOutcome>();
  for (const name of await entriesOf(trials)) {
    const key = /^(\d+)(?:\.(\d+))?\.json$/.exec(name);
    if (key !== null) known.set(keyOf(Number(key[1]), Number(key[2] ?? 0)), await readOutcome(join(trials, name)));
  }
  return {
    count: known.size,
    known: (trial, rung) => known.get(keyOf(trial, rung)),
    add: async (trial, rung, outcome) => {
      known.set(keyOf(trial, rung), outcome);
      const rungText = rung === 0 ? "" : `.${rung}`;
      const name = `${String(trial).padStart(4, "0")}${rungText}.json`;
      await replaceFile(join(trials, name), `${JSON.stringify(outcome, undefined, 2)}\n`);
    },
    claimBest: async (trial) => {
      const note = join(trials, bestFile);
      const text = `${JSON.stringify({ trial })}\n`;
      if ((await readFile(note, "utf8").catch(() => "")) === text) return;
      await rm(join(folder, "best"), { recursive: true, force: true });
      await replaceFile(note, text);
    },
  };
}

const trialsFolder = "trials";
/** The file in it that says which trial is trained again. */
const bestFile = "best.json";
/** What a search may leave. */
const searchEntries = [identityFile, trialsFolder, "runs", "trials.parquet", "best", "best.mtl"] as const;

async function readIdentity(folder: string): Promise<SearchIdentity | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(join(folder, identityFile), "utf8"));
    return typeof found === "object" && found !== null && "method" in found ? (found as SearchIdentity) : undefined;
  } catch {
    return undefined;
  }
}

async function readOutcome(path: string): Promise<TrialOutcome> {
  // Files are written whole, so that one that is there is what `add` wrote.
  return JSON.parse(await readFile(path, "utf8")) as TrialOutcome;
}

function difference(old: SearchIdentity, identity: SearchIdentity): string | undefined {
  const words: Readonly<Record<keyof SearchIdentity, string>> = {
    version: "the version of mtlc",
    spec: "the spec",
    data: "the data",
    method: "`--method`",
    seed: "`--seed`",
    metrics: "`--metric`",
    shares: "`--halving`, or the number of times that trials are compared",
    products: "`--products`",
  };
  const [key] = (Object.keys(words) as (keyof SearchIdentity)[]).filter(
    (each) => JSON.stringify(old[each]) !== JSON.stringify(identity[each]),
  );
  return key === undefined ? undefined : words[key];
}

function keyOf(trial: number, rung: number): string {
  return `${trial}.${rung}`;
}
