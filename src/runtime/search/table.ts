/** The trials as a table that other tools read: a row each, a column for each dimension and each metric. */
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { withDatabase } from "../data/files/database.js";
import { quoteName, quoteText } from "../data/files/sql.js";
import type { SearchResult, SearchTrial } from "./result.js";

interface Column {
  readonly name: string;
  readonly type: "BIGINT" | "DOUBLE" | "VARCHAR" | "BOOLEAN";
  readonly valueOf: (trial: SearchTrial) => string | number | boolean | undefined;
}

/** Writes the table as Parquet, whole or not at all. */
export async function writeTrials(
  file: string,
  { dimensions, trials, front, best }: Pick<SearchResult, "dimensions" | "trials" | "front" | "best">,
): Promise<void> {
  const columns: readonly Column[] = [
    { name: "trial", type: "BIGINT", valueOf: ({ trial }) => trial },
    { name: "state", type: "VARCHAR", valueOf: ({ state }) => state },
    { name: "seed", type: "BIGINT", valueOf: ({ seed }) => seed },
    ...dimensions.map(({ name, choices, whole }): Column => ({
      name,
      type: choices !== undefined ? "VARCHAR" : whole === true ? "BIGINT" : "DOUBLE",
      valueOf: ({ values }) => values[name],
    })),
    ...metricsOf(trials).map(([head, metric]): Column => ({
      name: head === "" ? metric : `${head}.${metric}`,
      type: "DOUBLE",
      valueOf: ({ heads }) => heads[head]?.[metric],
    })),
    { name: "epochs", type: "BIGINT", valueOf: ({ epochs }) => epochs },
    { name: "steps", type: "BIGINT", valueOf: ({ steps }) => steps },
    {
      name: "on_front",
      type: "BOOLEAN",
      valueOf: ({ trial }) => front?.includes(trial) ?? trial === best?.trial,
    },
    { name: "reason", type: "VARCHAR", valueOf: ({ reason }) => reason },
    { name: "seconds", type: "DOUBLE", valueOf: ({ seconds }) => seconds },
  ];
  const temporary = `${file}.new-${process.pid}`;
  try {
    await withDatabase({ folder: dirname(file) }, async (database) => {
      await database.load(
        "trials",
        columns.map(({ valueOf }, i) => ({
          name: `c${i}`,
          values: trials.map((trial) => textOf(valueOf(trial))),
        })),
      );
      const list = columns.map(({ name, type }, i) => `CAST(c${i} AS ${type}) AS ${quoteName(name)}`);
      await database.run(`COPY (SELECT ${list.join(", ")} FROM trials) TO ${quoteText(temporary)} (FORMAT parquet)`);
    });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

function textOf(value: string | number | boolean | undefined): string | null {
  return value === undefined ? null : String(value);
}

/** Every metric that any trial has, by head, in the order of their first trial. */
function metricsOf(trials: readonly SearchTrial[]): readonly (readonly [head: string, metric: string])[] {
  const found = new Map<string, readonly [string, string]>();
  for (const { heads } of trials)
    for (const [head, { rows: _, ...metrics }] of Object.entries(heads))
      for (const metric of Object.keys(metrics)) found.set(JSON.stringify([head, metric]), [head, metric]);
  return [...found.values()];
}
