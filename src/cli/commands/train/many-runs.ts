/** What `--runs` and `--vary` ask for, checked before anything is loaded. */
import type { RunSettings } from "../../../runtime/runs/types.js";
import { createFailure } from "../../../runtime/failure.js";

interface ManyOptions {
  readonly runs: number | undefined;
  readonly vary: readonly string[] | undefined;
}

/** Whether a call asks for several runs, or for one in the way of several. */
export function isOfMany({ runs, vary }: ManyOptions): boolean {
  return runs !== undefined || vary !== undefined;
}

/** The values of a number that runs differ in. */
export interface Varied {
  readonly name: string;
  readonly values: readonly number[];
}

/** `lr=1e-4,1e-3`: a name and its values. Throws a {@link Failure} (MTL8041) when a text is not that, or a name comes twice. */
export function readVaried(texts: readonly string[]): readonly Varied[] {
  const found = texts.map((text): Varied => {
    const [, name = "", list = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const values = list.split(",").map((each) => (each.trim() === "" ? NaN : Number(each)));
    if (name === "" || values.some((value) => !Number.isFinite(value)))
      throw createFailure("MTL8041", { text, problem: "it should be a name and numbers with commas between them" });
    if (new Set(values).size < values.length)
      throw createFailure("MTL8041", { text, problem: "it has one number twice" });
    return { name: name.trim(), values };
  });
  const twice = found.find(({ name }, at) => found.findIndex((other) => other.name === name) < at);
  if (twice !== undefined)
    throw createFailure("MTL8041", {
      text: twice.name,
      problem: "the name is given twice; put all its numbers into one list",
    });
  return found;
}

/** Seed by seed all combinations of the numbers, so that more seeds are more runs at the end: `count` seeds from `seed` on. */
export function planRuns(seed: number, count: number, varied: readonly Varied[]): readonly RunSettings[] {
  const settings = varied.reduce<readonly Readonly<Record<string, number>>[]>(
    (all, { name, values }) => all.flatMap((numbers) => values.map((value) => ({ ...numbers, [name]: value }))),
    [{}],
  );
  return Array.from({ length: count }, (_, k) => (seed + k) % 2 ** 32).flatMap((each) =>
    settings.map((numbers): RunSettings => (varied.length === 0 ? { seed: each } : { seed: each, numbers })),
  );
}
