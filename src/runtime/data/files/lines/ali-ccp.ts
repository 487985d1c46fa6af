/**
 * Ali-CCP as it is published: a sample skeleton, `sample_id,click,buy,common_feature_index,feature_num,features`, and the common
 * features that many of its rows share, `common_feature_index,feature_num,features`. A feature is `field ␂ id ␃ value`, and
 * features are separated by ␁ (the control characters 1 to 3). DuckDB reads both files and joins them; neither is held as a whole.
 */
import { createFailure } from "../../../failure.js";
import type { Span } from "../../../../compiler/text/index.js";
import { cacheKey, rememberJson } from "../../batches/cache.js";
import type { FileColumn, FileSchema } from "../columns.js";
import type { Database } from "../database.js";
import { type DataFile, identityOf, literalPath, pathsOf } from "../files.js";
import { linesSql, readLines, shortened } from "./line-formats.js";
import { quoteName, quoteText } from "../sql.js";

const [betweenFeatures, afterField, afterId] = ["\u0001", "\u0002", "\u0003"];

/** The two files of a source. */
type Part = "sample" | "common";

/** A field of features, over all rows of the two files. */
interface Field {
  readonly name: string;
  readonly parts: readonly Part[];
  /** No row has the field twice. */
  readonly isSingle: boolean;
}

/** The columns before the features, by their number in a line. */
const leading = {
  sample: ["sample_id", "click", "buy", "common_feature_index", "feature_num"],
  common: ["common_feature_index", "feature_num"],
} as const;
const keyOf = { sample: 4, common: 1 } as const;

/**
 * The columns of both files: all lines are looked at, once for the same files. Throws a {@link Failure} for a line of another
 * form (MTL7130), an index without common features (MTL7430) and one that has them twice (MTL7431).
 */
export async function readAliCcpSchema(database: Database, file: DataFile, span: Span): Promise<FileSchema> {
  const { common } = file;
  if (common === undefined) throw new Error("a sample skeleton was opened without its common features");
  const key = cacheKey(["ali_ccp", 1, ...(await Promise.all(pathsOf(file).map(identityOf)))]);
  const fields = (await rememberJson(database.folder, key, async () => {
    await checkLines(database, "sample", file, span);
    await checkLines(database, "common", common, span);
    await checkKeys(database, file, common, span);
    return readFields(database, file, common, span);
  })) as readonly Field[];
  return {
    file,
    columns: [
      ...leading.sample.map((name): FileColumn => text(name, quoteName(name))),
      ...fields.flatMap((field) => views.map((view) => fieldColumn(field, view))),
    ],
    open: (name) =>
      /^\d+(?:_\d+)?(?:_weighted|_value)?$/.test(name) ? text(name, "CAST(NULL AS VARCHAR)") : undefined,
    scan: (paths) => scanSql(paths, common, fields),
  };
}

/** Rows in the order of the skeleton; what common features nothing reads is not computed, and once for all rows of an index. */
function scanSql(paths: string, common: { readonly path: string }, fields: readonly Field[]): string {
  const shared = fields
    .filter(({ parts }) => parts.includes("common"))
    .flatMap((field) => views.map((view) => `${itemsSql(field.name, view)} AS ${sharedName(field.name, view)}`));
  const commonRows = `(SELECT ${["key", ...shared].join(", ")} FROM ${rowsSql("common", literalPath(common.path))})`;
  const names = fields
    .filter(({ parts }) => parts.includes("common"))
    .flatMap((field) => views.map((view) => `common.${sharedName(field.name, view)}`));
  return (
    `(SELECT ${["sample.*", ...names].join(", ")} FROM ${rowsSql("sample", paths)} AS sample ` +
    `LEFT JOIN ${commonRows} AS common ON sample.key = common.key ORDER BY sample.row)`
  );
}

/** SQL of the lines of one of the files: `row` from 1, `key` that joins them, `features`, and the columns before them. */
function rowsSql(part: Part, paths: string): string {
  const names = leading[part];
  const columns = names.map((name, at) => `pieces[${at + 1}] AS ${quoteName(name)}`);
  const features = `string_split(pieces[${names.length + 1}], ${quoteText(betweenFeatures)})`;
  return (
    `(SELECT row, line, pieces[${keyOf[part]}] AS key, list_filter(${features}, lambda x: x <> '') AS features, ` +
    `${columns.join(", ")} FROM (SELECT row, line, string_split(trim(line), ',') AS pieces FROM ${linesSql(paths)}))`
  );
}

// ------------------------------------------------------------------------------------------------------------ columns

/** What is read of the features of a field: their ids, `id:value` for a weighted bag, or their values. */
const views = ["", "_weighted", "_value"] as const;
type View = (typeof views)[number];

function fieldColumn({ name, parts, isSingle }: Field, view: View): FileColumn {
  const lists = parts.map((part) =>
    part === "sample" ? itemsSql(name, view) : `coalesce(${sharedName(name, view)}, CAST([] AS VARCHAR[]))`,
  );
  const items = lists.reduce((all, list) => `list_concat(${all}, ${list})`);
  if (isSingle) return text(`${name}${view}`, `list_extract(${items}, 1)`);
  return { name: `${name}${view}`, type: { kind: "list", element: "text" }, sqlType: "VARCHAR[]", sql: items };
}

function text(name: string, sql: string): FileColumn {
  return { name, type: { kind: "text" }, sqlType: "VARCHAR", sql };
}

/** The column of the common features that has the items of a field. */
function sharedName(field: string, view: View): string {
  return quoteName(`common ${field}${view}`);
}

/** The items of a field among `features`. */
function itemsSql(field: string, view: View): string {
  const start = quoteText(`${field}${afterField}`);
  const rest = `substr(x, ${[...field].length + 2})`;
  const item = {
    "": `split_part(${rest}, ${quoteText(afterId)}, 1)`,
    _weighted: `replace(${rest}, ${quoteText(afterId)}, ':')`,
    _value: `split_part(${rest}, ${quoteText(afterId)}, 2)`,
  }[view];
  return `list_transform(list_filter(features, lambda x: starts_with(x, ${start})), lambda x: ${item})`;
}

// ------------------------------------------------------------------------------------------------------------- checks

const feature = `[^\u0001-\u0003,]+${afterField}[^\u0001-\u0003,]+${afterId}[^\u0001-\u0003,]+`;

async function checkLines(
  database: Database,
  part: Part,
  { path, shown }: { readonly path: string; readonly shown: string },
  span: Span,
): Promise<void> {
  const names = leading[part];
  const form = `${"[^,]*,".repeat(names.length)}(?:${feature}(?:${betweenFeatures}${feature})*)?`;
  const isBad = `(NOT regexp_full_match(trim(line), ${quoteText(form)}) OR key = '')`;
  const [found] = await readLines(
    database,
    shown,
    span,
    `SELECT count(*), min(row) FILTER (${isBad}), min_by(line, row) FILTER (${isBad}) FROM ${rowsSql(part, literalPath(path))}`,
  );
  const [rows, badRow, badLine] = found ?? [];
  if (badRow !== null && badRow !== undefined)
    throw createFailure(
      "MTL7130",
      {
        file: shown,
        row: Number(badRow),
        found: shortened(visible(wrongPiece(String(badLine), names.length))),
        form: visible(`${names.join(",")},field${afterField}id${afterId}value${betweenFeatures}…`),
      },
      span,
      { help: "lines with pairs `slot:id` are read by `slots`, tables with a header by `csv`" },
    );
  if (Number(rows) === 0) throw createFailure("MTL7102", { file: shown, problem: "it is empty" }, span);
}

/** The first feature of another form; of a line that has not as many values, the line. */
function wrongPiece(line: string, before: number): string {
  const values = line.trim().split(",");
  if (values.length !== before + 1) return line;
  const whole = new RegExp(`^${feature}$`, "u");
  return values[before]?.split(betweenFeatures).find((each) => each !== "" && !whole.test(each)) ?? line;
}

/** Control characters as a message can show them. */
function visible(text: string): string {
  return [betweenFeatures, afterField, afterId].reduce(
    (shown, mark) => shown.replaceAll(mark, `\\x0${mark.charCodeAt(0)}`),
    text,
  );
}

async function checkKeys(
  database: Database,
  file: DataFile,
  common: { readonly path: string; readonly shown: string },
  span: Span,
): Promise<void> {
  const commonRows = rowsSql("common", literalPath(common.path));
  const [twice] = await readLines(
    database,
    common.shown,
    span,
    `SELECT key, min(row) AS first, max(row) FROM ${commonRows} GROUP BY key HAVING count(*) > 1 ORDER BY first LIMIT 1`,
  );
  if (twice !== undefined) {
    const [index, first, second] = twice;
    const rows = { first: Number(first), second: Number(second) };
    throw createFailure("MTL7431", { file: common.shown, index: String(index), ...rows }, span);
  }
  const [lost] = await readLines(
    database,
    file.shown,
    span,
    `SELECT row, key FROM ${rowsSql("sample", literalPath(file.path))} AS sample ` +
      `ANTI JOIN (SELECT key FROM ${commonRows}) AS common ON sample.key = common.key ORDER BY row LIMIT 1`,
  );
  if (lost !== undefined) {
    const [row, index] = lost;
    throw createFailure(
      "MTL7430",
      { file: file.shown, row: Number(row), index: String(index), common: common.shown },
      span,
    );
  }
}

async function readFields(
  database: Database,
  file: DataFile,
  common: { readonly path: string; readonly shown: string },
  span: Span,
): Promise<readonly Field[]> {
  const found = new Map<string, { readonly parts: Part[]; isSingle: boolean }>();
  for (const [part, { path, shown }] of [["sample", file] as const, ["common", common] as const]) {
    const fields = `list_transform(features, lambda x: split_part(x, ${quoteText(afterField)}, 1))`;
    const rows = await readLines(
      database,
      shown,
      span,
      "SELECT field, max(len(list_filter(fields, lambda x: x = field))) FROM (SELECT fields, unnest(list_distinct(fields)) AS field " +
        `FROM (SELECT ${fields} AS fields FROM ${rowsSql(part, literalPath(path))})) GROUP BY field`,
    );
    for (const [field, most] of rows) {
      const name = String(field);
      const known = found.get(name) ?? { parts: [], isSingle: true };
      known.isSingle &&= known.parts.length === 0 && Number(most) === 1;
      known.parts.push(part);
      found.set(name, known);
    }
  }
  return [...found]
    .map(([name, each]) => ({ name, ...each }))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}
