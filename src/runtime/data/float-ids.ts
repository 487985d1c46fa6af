/**
 * Ids that were written as fractions: pandas makes a column of whole numbers with a hole in it one of floats, and its CSV
 * has `310100.0` for 310100. The text is another id than `310100`, so files that were written otherwise do not meet.
 */
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import type { Span } from "../../compiler/text/index.js";
import type { Database } from "./database.js";
import { relationSql } from "./source.js";
import type { RoleData } from "./roles.js";
import type { DataSpec } from "./uses.js";

/** Rows at the head of the files that are looked at. */
const lookedAt = 10_000;
/** Share of the values that must look so. */
const enough = 0.9;

interface IdColumn {
  readonly column: string;
  readonly user: string;
  readonly span: Span;
}

/** A warning (MTL7146) of the text columns of ids whose values end in `.0`. */
export async function warnOfFloatIds(
  database: Database,
  spec: DataSpec,
  { relation: { source }, group }: RoleData,
): Promise<readonly Diagnostic[]> {
  const columns = idColumns(spec, group, source.span).filter(({ column }) => source.column(column)?.kind === "text");
  if (columns.length === 0) return [];
  const names = [...new Set(columns.map(({ column }) => column))];
  const counts = names.map((_, i) => {
    const looks = `regexp_full_match(v${i}, '-?[0-9]+\\.0+')`;
    return `count(v${i}), count(*) FILTER (${looks}), min(v${i}) FILTER (${looks})`;
  });
  const [row = []] = await database.rows(
    `SELECT ${counts.join(", ")} FROM (SELECT * FROM ${relationSql(source, names)} LIMIT ${lookedAt})`,
  );
  const found = columns.flatMap((column) => {
    const at = names.indexOf(column.column) * 3;
    const [known, fractions, example] = [Number(row[at]), Number(row[at + 1]), row[at + 2]];
    return known === 0 || fractions < enough * known ? [] : [{ ...column, value: String(example) }];
  });
  const [first, ...others] = found;
  if (first === undefined) return [];
  const { column, user, value, span } = first;
  const whole = value.replace(/\.0+$/, "");
  return [createDiagnostic("MTL7146", { column, user, value, whole, others: others.map((each) => each.column) }, span)];
}

function idColumns({ features, data }: DataSpec, group: string | undefined, span: Span): readonly IdColumn[] {
  const ofFeatures = features.flatMap((feature): IdColumn[] =>
    feature.kind === "categorical" && feature.source.kind === "column"
      ? [{ column: feature.source.name, user: `feature \`${feature.name}\``, span: feature.span }]
      : [],
  );
  const others = [
    ...(group === undefined ? [] : [{ column: group, user: "`group`", span }]),
    ...(data.split?.by ?? []).map((column) => ({ column, user: "`split`", span })),
  ];
  const named = new Set(ofFeatures.map(({ column }) => column));
  return [...ofFeatures, ...others.filter(({ column }) => !named.has(column))];
}
