/** What is read for training, validation and test: which files, which part of a split, which columns. */
import { dirname, resolve } from "node:path";
import type { LabelModel } from "../../compiler/model/model.js";
import { readingOf } from "../../compiler/model/reading.js";
import type { Span } from "../../compiler/text/index.js";
import type { Database } from "./files/database.js";
import { type FileRequest, identityOf, pathsOf, requestOfArguments, requestOfSource } from "./files/files.js";
import { createRelation, type Relation, sampleRelation, type SplitPart } from "./files/relation.js";
import type { ColumnUse } from "./files/columns.js";
import { checkSource, openSource } from "./files/source.js";
import { columnUses, type DataSpec, metricColumns, usedColumns } from "./uses.js";

export type DataRole = "train" | "validation" | "test";

/** Where the files of a spec are, and what replaces them. */
export interface RoleOptions {
  /** Path of the spec: its folder is where its paths start, and where the cache is. */
  readonly specPath: string;
  /** Files in place of the spec's, relative to the working directory; an empty list: the role has no data. */
  readonly train?: readonly string[];
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
  /** Whether the files must have the columns of labels, sample weight and group. `optional`: null, 1 and none without. */
  readonly labels?: "required" | "optional";
  /** The column whose values make the lists of the training data; absent: its groups, if any. */
  readonly lists?: string;
  /** File that will be written; data that is read from it is refused. */
  readonly output?: string;
}

/** A column that is read under its own name, and who reads it as a message says it. */
export interface ColumnName {
  readonly column: string;
  readonly user: string;
  /** Default `value`. */
  readonly needs?: ColumnUse["needs"];
  /** Where the spec names it; absent: nowhere. */
  readonly span?: Span;
}

/** The rows of one role, checked. */
export interface RoleData {
  readonly role: DataRole;
  readonly relation: Relation;
  /** Labels that the files have. */
  readonly labels: readonly LabelModel[];
  readonly weight: string | undefined;
  readonly group: string | undefined;
  /** The column of lists, where it is not that of groups; only of training data. */
  readonly lists: string | undefined;
  /** The columns that metrics group rows by, where they are not that of groups; none of training data. */
  readonly groupedBy: readonly string[];
  /** Whether a split gives it only some rows of its files. */
  readonly isPart: boolean;
  /** What distinguishes the rows, for the cache. */
  readonly identity: unknown;
}

/** The files of a role and, of a split, its part; undefined when nothing is named for the role. */
function requestOf(
  spec: DataSpec,
  options: RoleOptions,
  role: DataRole,
): { readonly request: FileRequest; readonly part: SplitPart | undefined } | undefined {
  const { split } = spec.data;
  const own = spec.data[role];
  const given = options[role];
  const takesRest = split?.rest === role && given === undefined && own === undefined;
  const source = takesRest ? spec.data.train : own;
  const paths = takesRest ? options.train : given;
  const part: SplitPart | undefined =
    split === undefined
      ? undefined
      : takesRest
        ? { split, part: "rest" }
        : role === "train"
          ? { split, part: "train" }
          : undefined;
  if (paths?.length === 0) return undefined;
  if (paths !== undefined) return { request: requestOfArguments(paths, source ?? readingOf(spec.data)), part };
  if (source === undefined) return undefined;
  return { request: requestOfSource(source, dirname(resolve(options.specPath))), part };
}

/**
 * Finds the files of a role and checks that they have the columns that the spec reads, and those in `kept`, which the
 * relation then holds as the files have them; undefined when no files are named for the role.
 */
export async function openRole(
  database: Database,
  spec: DataSpec,
  options: RoleOptions,
  role: DataRole,
  kept: readonly ColumnName[] = [],
): Promise<RoleData | undefined> {
  const asked = requestOf(spec, options, role);
  if (asked === undefined) return undefined;
  const { request, part } = asked;
  const source = await openSource(database, request);
  if (options.output !== undefined) {
    // It knows the targets of artifacts, which those that open data do not need.
    const { refuseOverwrite } = await import("../outputs.js");
    const paths = source.files.flatMap(({ file }) => pathsOf(file)).map(({ path }) => path);
    refuseOverwrite(options.output, paths);
  }
  const isOptional = options.labels === "optional";
  const has = (column: string): boolean => source.column(column) !== undefined;
  const labels = isOptional
    ? spec.labels.filter((label) => columnUses([], [label], []).every(({ column }) => has(column)))
    : spec.labels;
  const keep = (column: string | undefined): string | undefined =>
    column === undefined || (isOptional && !has(column)) ? undefined : column;
  const weight = keep(spec.data.weight);
  const group = keep(spec.data.group);
  const lists = role === "train" && options.lists !== group ? options.lists : undefined;
  const groupedBy = role === "train" ? [] : metricColumns(spec).filter((column) => !isOptional || has(column));
  const { span } = source;
  const named = columnNames(spec, { weight, group, lists, groupedBy, part }).map((name) => ({
    ...name,
    span: name.span ?? span,
  }));
  const uses = columnUses(spec.features, labels, named);
  const keptUses = kept.map((name): ColumnUse => ({ needs: "value", span, ...name }));
  checkSource(source, [...uses, ...keptUses], role === "train");
  const keptNames = [...new Set(kept.map(({ column }) => column))];
  const whole = createRelation(source, usedColumns(uses), part, keptNames);
  const sample = role === "train" ? spec.data.sample : undefined;
  const negative = sample === undefined ? undefined : labels.find(({ name }) => name === sample.label);
  const relation =
    sample === undefined || negative === undefined ? whole : sampleRelation(whole, sample, negative.source);
  const files = await Promise.all(source.files.flatMap(({ file }) => pathsOf(file)).map(identityOf));
  const sampled = sample === undefined ? [] : [sample, columnsOfLabel(negative)];
  const identity = [files, source.files.map(({ file }) => [file.format, file.options]), part, ...sampled];
  return { role, relation, labels, weight, group, lists, groupedBy, isPart: part !== undefined, identity };
}

/** What decides whether a row is a negative, without its location in the text. */
function columnsOfLabel(label: LabelModel | undefined): unknown {
  return JSON.parse(JSON.stringify(label?.source ?? null, (key, part: unknown) => (key === "span" ? undefined : part)));
}

function columnNames(
  { data: { places } }: DataSpec,
  {
    weight,
    group,
    lists,
    groupedBy,
    part,
  }: Pick<RoleData, "weight" | "group" | "lists" | "groupedBy"> & { readonly part: SplitPart | undefined },
): ColumnName[] {
  return [
    ...(weight === undefined ? [] : [{ column: weight, user: "the sample weight", ...places?.weight }]),
    ...(group === undefined ? [] : [{ column: group, user: "`group`", ...places?.group }]),
    ...(lists === undefined ? [] : [{ column: lists, user: "`by` of a loss" }]),
    ...groupedBy.map((column) => ({ column, user: "`by` of a metric" })),
    ...(part?.split.by ?? []).map((column) => ({ column, user: "`split`", ...places?.split })),
  ];
}
