/** The values of features as the files have them, before they become ids or scaled numbers: of the first rows of a role. */
import { dirname, resolve } from "node:path";
import { isListFeature } from "../../../compiler/model/feature-lists.js";
import { listSql } from "./lists.js";
import { categorySql } from "./missing.js";
import { openCacheFolder } from "../batches/cache.js";
import { withDatabase } from "../files/database.js";
import { compileFinite } from "../expressions/expression-sql.js";
import { type DataRole, openRole, type RoleOptions } from "../roles.js";
import type { DataSpec } from "../uses.js";
import { float64Of, listOf, textReader } from "./vectors.js";

/** The values of one feature, in the order of the rows. */
export type FeatureValues =
  /** Finite numbers; nulls are left out. */
  | { readonly kind: "numbers"; readonly rows: number; readonly values: readonly number[] }
  /** How often each text occurs; of a bag or a sequence, each of its values, and how many rows have how many. */
  | {
      readonly kind: "texts";
      readonly rows: number;
      readonly counts: ReadonlyMap<string, number>;
      readonly lengths?: readonly number[];
    };

/** By feature, the values of at most `limit` rows from the first on; undefined when the role has no files. */
export async function readFeatureValues(
  spec: DataSpec,
  options: RoleOptions & { readonly signal?: AbortSignal },
  role: DataRole,
  limit: number,
): Promise<ReadonlyMap<string, FeatureValues> | undefined> {
  const folder = await openCacheFolder(dirname(resolve(options.specPath)));
  return withDatabase({ folder, signal: options.signal }, async (database) => {
    const data = await openRole(database, spec, options, role);
    if (data === undefined) return undefined;
    const { relation } = data;
    const list = spec.features.map((feature, i) => {
      const { source, kind } = feature;
      if (isListFeature(feature)) return `${listSql(feature, relation)} AS f${i}`;
      if (kind === "categorical") return `CAST(${categorySql(feature, relation.columns).sql} AS VARCHAR) AS f${i}`;
      return `coalesce(${compileFinite(source, relation.columns)}, 'nan') AS f${i}`;
    });
    const numbers = spec.features.map((): number[] => []);
    const counts = spec.features.map(() => new Map<string, number>());
    const lengths = spec.features.map((): number[] => []);
    const count = (at: number, text: string | null): void => {
      const own = counts[at];
      if (text !== null && own !== undefined) own.set(text, (own.get(text) ?? 0) + 1);
    };
    let rows = 0;
    const query = `SELECT ${["1", ...list].join(", ")} FROM ${relation.sql} LIMIT ${limit}`;
    for await (const chunk of database.stream(query)) {
      for (const [i, feature] of spec.features.entries()) {
        const vector = chunk.getColumnVector(i + 1);
        if (isListFeature(feature)) {
          const bags = listOf(vector);
          const text = textReader(bags.elements);
          for (let row = 0; row < chunk.rowCount; row++) {
            const start = bags.start(row);
            const length = bags.length(row);
            lengths[i]?.push(length);
            for (let at = start; at < start + length; at++) count(i, text(at));
          }
        } else if (feature.kind === "categorical") {
          const text = textReader(vector);
          for (let row = 0; row < chunk.rowCount; row++) count(i, text(row));
        } else {
          const values = float64Of(vector);
          for (let row = 0; row < chunk.rowCount; row++) {
            const value = values[row] ?? NaN;
            if (!Number.isNaN(value)) numbers[i]?.push(value);
          }
        }
      }
      rows += chunk.rowCount;
    }
    return new Map(
      spec.features.map((feature, i): [string, FeatureValues] => {
        const { name, kind } = feature;
        if (kind === "numeric" || kind === "bucket") return [name, { kind: "numbers", rows, values: numbers[i] ?? [] }];
        const texts = { kind: "texts", rows, counts: counts[i] ?? new Map<string, number>() } as const;
        return [name, isListFeature(feature) ? { ...texts, lengths: lengths[i] ?? [] } : texts];
      }),
    );
  });
}
