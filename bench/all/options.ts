/** What the words after `npm run bench -- all` say. */
import { option, UsageError } from "../report.js";

export const partNames = ["training", "accuracy", "end-to-end", "prediction", "ranking", "start", "scale"] as const;

export type PartName = (typeof partNames)[number];

export interface AllOptions {
  readonly parts: readonly PartName[];
  readonly rounds: number;
  /** Of a turn of training. */
  readonly seconds: number;
  /** Training rows of the synthetic workload. */
  readonly rows: number;
  /** Folder with its files; empty: they are made. */
  readonly synthetic: string;
  /** Seeds of each contender in the part `accuracy`. */
  readonly seeds: number;
  readonly write: boolean;
}

/** Throws a {@link UsageError} for a part that there is not and a number that is not one. */
export function readOptions(words: readonly string[]): AllOptions {
  const number = (name: string, fallback: string): number => {
    const value = Number(option(words, name, fallback));
    if (value > 0) return value;
    throw new UsageError(`--${name} is a number above 0`);
  };
  const only = option(words, "only", "");
  // Growth takes longer than all else.
  const wanted = only === "" ? partNames.filter((name) => name !== "scale") : only.split(",");
  const unknown = wanted.filter((name) => !partNames.some((part) => part === name));
  if (unknown.length > 0) throw new UsageError(`--only ${unknown.join(",")}: the parts are ${partNames.join(", ")}`);
  return {
    parts: partNames.filter((name) => wanted.includes(name)),
    rounds: number("rounds", "5"),
    seconds: number("seconds", "4"),
    rows: number("rows", "300000"),
    synthetic: option(words, "synthetic", ""),
    seeds: number("seeds", "5"),
    write: words.includes("--write"),
  };
}
