/** From a model and its files to data sets that batches can be taken of. */
import { realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import { canMiss, tableOwner } from "../../compiler/model/feature-lists.js";
import { batchLayout, type BatchLayout } from "../../compiler/model/layout.js";
import type { FeatureModel } from "../../compiler/model/model.js";
import { isUrl, omitUndefined, type Span } from "../../compiler/text/index.js";
import { noLocation } from "../failure.js";
import { cacheKey, findEntry, openCacheFolder, readSealedJson, sealJson, useEntry } from "./batches/cache.js";
import { type Database, withDatabase } from "./files/database.js";
import type { Dataset } from "./batches/dataset.js";
import { explainReadError } from "./files/diagnose.js";
import {
  encodeRelation,
  type EncodeResult,
  groupedByFile,
  groupsFile,
  listsFile,
  recordsFile,
} from "./encode/encode.js";
import type { EarlyRows } from "./encode/early/early-rows.js";
import { createEnums, type Enums } from "./expressions/enums.js";
import { type ContinuedIds, continueFit, withWholeVocabularies } from "./encode/fit/continue.js";
import { fitAndKeep, fitFeatures, fitWithoutData } from "./encode/fit/features.js";
import { type Fitted, fittedJson, fittedOfJson, fittedWithoutData, hashFitted } from "./encode/fitted.js";
import { createGzipCheck } from "./files/gzip.js";
import { recordBytes } from "./batches/records.js";
import { badSequence, explainEncoding, featureReadings, violationWarnings } from "./read-errors.js";
import { type DataRole, openRole, type RoleData } from "./roles.js";
import type { Source } from "./files/source.js";
import type { OpenDataOptions } from "./open-options.js";
import { openStoredDataset, type StoredRows } from "./batches/stored-dataset.js";
import type { DataSpec } from "./uses.js";

export interface OpenedData<Rows extends Dataset = Dataset> {
  readonly fitted: Fitted;
  readonly train?: Rows;
  readonly validation?: Rows;
  readonly test?: Rows;
  readonly warnings: readonly Diagnostic[];
  /** What became of the ids of an earlier run, by feature. */
  readonly continued?: Readonly<Record<string, ContinuedIds>>;
  /** The files of each role that is open. */
  readonly files?: Readonly<Partial<Record<DataRole, readonly OpenedFile[]>>>;
}

export interface OpenedFile {
  /** Absolute, links followed; the URL of a file of a server. */
  readonly path: string;
  /** As messages show it. */
  readonly shown: string;
  /** Where the spec names it. */
  readonly span: Span;
  /** Whether a split gives the role only some of its rows. */
  readonly isPart: boolean;
}

/**
 * Bytes of encoded rows that are held in memory unless the caller says otherwise. A window of rows is read from the file as fast as from memory, since the system keeps files
 * that it has just read; only lists that are whole are read row by row.
 */
const heldBytes = { byLists: 2 ** 30, byWindows: 2 ** 26, whileFitted: 2 ** 30 } as const;

/**
 * Opens the data of a model: finds the files, checks that they have what the spec reads, fits, and encodes, or takes what
 * an earlier call left in the cache. Throws a {@link Failure} that says what to fix.
 */
export async function openData(spec: DataSpec, options: OpenDataOptions): Promise<OpenedData<StoredRows>> {
  const { signal } = options;
  const cacheFolder = await openCacheFolder(dirname(resolve(options.specPath)));
  return withDatabase({ folder: cacheFolder, signal }, (database) =>
    open(createJob(spec, options, database, cacheFolder)),
  );
}

const allRoles = ["train", "validation", "test"] as const;

interface Job {
  readonly spec: DataSpec;
  readonly options: OpenDataOptions;
  readonly database: Database;
  readonly enums: Enums;
  /** Throws when a compressed file of the source is damaged. */
  readonly checkFiles: (source: Source) => Promise<void>;
  readonly cacheFolder: string;
  readonly layout: BatchLayout;
  /** The training data's rows, where the pass that fitted has kept them and nobody has taken them yet. */
  readonly kept: { rows?: EarlyRows | undefined };
}

function createJob(spec: DataSpec, options: OpenDataOptions, database: Database, cacheFolder: string): Job {
  const checkFiles = createGzipCheck(options.signal);
  return {
    spec,
    options,
    database,
    enums: createEnums(database),
    checkFiles,
    cacheFolder,
    layout: batchLayout(spec),
    kept: {},
  };
}

/** The roles that are wanted and named, and the training data where it is fitted to. */
async function openRoles(
  { spec, options, database }: Job,
  wanted: readonly DataRole[],
): Promise<ReadonlyMap<DataRole, RoleData>> {
  const needsFit =
    options.fitted === undefined &&
    spec.features.some((feature) => tableOwner(feature) === feature.name && fittedWithoutData(feature) === undefined);
  const data = new Map<DataRole, RoleData>();
  for (const role of allRoles) {
    if (!wanted.includes(role) && !(role === "train" && needsFit)) continue;
    const found = await openRole(database, spec, options, role, options.kept);
    if (found !== undefined) data.set(role, found);
  }
  return data;
}

async function open(job: Job): Promise<OpenedData<StoredRows>> {
  const { options } = job;
  const wanted = options.roles ?? allRoles;
  const data = await openRoles(job, wanted);
  const found: FitResult =
    options.fitted === undefined
      ? await fitOrContinue(job, data.get("train"))
      : { fitted: options.fitted, warnings: [] };
  const { fitted, continued } = found;
  await tellFitted(
    job,
    [...data.values()].filter(({ role }) => wanted.includes(role)),
    fitted,
  );
  const warnings: Diagnostic[] = [...found.warnings];
  const opened: Partial<Record<DataRole, StoredRows>> = {};
  let memory = options.cacheLimit ?? (options.lists === undefined ? heldBytes.byWindows : heldBytes.byLists);
  try {
    for (const role of wanted) {
      const found = data.get(role);
      if (found === undefined) continue;
      // Rows that are measured on are sought among those of the training.
      const keyed = role === "train" && wanted.some((other) => other !== "train" && data.has(other));
      const encoded = await encode(job, found, { fitted, memory, keyed });
      opened[role] = encoded.dataset;
      if (role === "train") {
        // An entry that was there already leaves them.
        takeKept(job);
        options.onTrainingRows?.(encoded.dataset);
      }
      warnings.push(...encoded.warnings);
      if (encoded.dataset.inMemory) memory -= encoded.dataset.rows * recordBytes(job.layout);
    }
  } catch (error) {
    for (const dataset of Object.values(opened)) dataset.close();
    throw error;
  }
  const files = Object.fromEntries(wanted.map((role) => [role, filesOf(data.get(role))]));
  return { fitted, ...opened, warnings, files, ...(continued === undefined ? {} : { continued }) };
}

/** Says what is fitted, before the rows are encoded. */
async function tellFitted({ options, ...job }: Job, data: readonly RoleData[], fitted: Fitted): Promise<void> {
  if (options.onFitted === undefined) return;
  const keys = data.map((role) => rowsKey({ ...job, options }, role, fitted));
  const entries = await Promise.all(keys.map((key) => findEntry(job.cacheFolder, key)));
  options.onFitted({ fitted, roles: data.map(({ role }) => role), areEncoded: !entries.includes(undefined) });
}

interface FitResult extends Pick<OpenedData, "fitted" | "continued" | "warnings"> {}

/** Fits to the training data, and adds that to what an earlier run fitted. */
async function fitOrContinue(job: Job, train: RoleData | undefined): Promise<FitResult> {
  const { spec, options } = job;
  const found = await fit(job, train);
  if (options.continues === undefined) return found;
  const whole = { ...job, spec: { ...spec, features: withWholeVocabularies(spec.features) } };
  const all = await fit(whole, train);
  const { fitted, ids } = continueFit(options.continues, { fresh: found.fitted, seen: all.fitted }, spec.features);
  return { fitted, continued: ids, warnings: [...found.warnings, ...all.warnings] };
}

function filesOf(role: RoleData | undefined): readonly OpenedFile[] {
  if (role === undefined) return [];
  const { source } = role.relation;
  return source.files.map(({ file: { path, shown, remote } }) => ({
    path: remote?.url ?? (isUrl(path) ? path : realpathSync(path)),
    shown,
    span: source.span,
    isPart: role.isPart,
  }));
}

/** Fits to the training data, or takes the fit of the same data from the cache. */
async function fit(
  job: Job,
  train: RoleData | undefined,
): Promise<{ readonly fitted: Fitted; readonly warnings: readonly Diagnostic[] }> {
  const { spec, options, database, checkFiles, cacheFolder } = job;
  if (train === undefined) return { fitted: fitWithoutData(spec.features), warnings: [] };
  const { relation } = train;
  const key = cacheKey(["fit", train.identity, spec.features.map(dataPart)]);
  let made: { readonly text: string; readonly value: Fitted } | undefined;
  const write = async (folder: string): Promise<void> => {
    options.onProgress?.({ phase: "fit", role: "train", rows: 0 });
    await checkFiles(relation.source);
    const fitted = await fitTo(job, train);
    options.onProgress?.({ phase: "fit", role: "train", rows: fitted.rows });
    made = { text: sealJson(fittedJson(fitted)), value: fitted };
    await writeFile(join(folder, fittedFile), made.text);
  };
  // The hash says that this is what `write` wrote.
  const read = async (entry: string): Promise<Fitted> => {
    const found = await readSealedJson(entry, fittedFile, made);
    return made !== undefined && found === made.value ? made.value : fittedOfJson(found);
  };
  try {
    const { value, damage } = await useEntry(cacheFolder, key, { write, read });
    return { fitted: value, warnings: damageWarnings("fit", "train", damage) };
  } catch (error) {
    throw (
      (await badSequence(error, database, relation, spec)) ??
      (await explainReadError(database, relation.source, spec.features.flatMap(featureReadings), error))
    );
  }
}

/** Fits, and keeps the rows where they are wanted and few enough to be held. */
async function fitTo(job: Job, train: RoleData): Promise<Fitted> {
  const { spec, options, database, enums, layout, kept } = job;
  const { relation, labels, weight, group, lists, groupedBy } = train;
  const { features } = spec;
  const isWanted = options.roles?.includes("train") ?? true;
  const hasCodes = group !== undefined || lists !== undefined || groupedBy.length > 0;
  if (!isWanted || hasCodes || options.continues !== undefined) return fitFeatures(database, relation, features);
  const limit = options.cacheLimit ?? heldBytes.whileFitted;
  try {
    const found = await fitAndKeep(database, { relation, enums, features, layout, labels, weight, limit });
    kept.rows = found.early;
    return found.fitted;
  } catch {
    // What is wrong with a label is said of its rows, once the fit is there.
    return fitFeatures(database, relation, features);
  }
}

const fittedFile = "fitted.json";

/** The one line that is said of a cache entry that was damaged and made again. */
function damageWarnings(what: "fit" | "rows", role: DataRole, damage: string | undefined): readonly Diagnostic[] {
  return damage === undefined ? [] : [createDiagnostic("MTL7116", { what, role, problem: damage }, noLocation())];
}

/** What the cache says of encoded rows. */
type EncodedEntry = Omit<EncodeResult, "rows" | "keys">;

const entryFile = "entry.json";

/** What the encoded rows of a role depend on. */
function rowsKey({ spec, layout }: Job, data: RoleData, fitted: Fitted): string {
  const { labels, weight, group, lists, groupedBy, identity } = data;
  const features = spec.features.map(dataPart);
  const labelParts = labels.map(({ name, base, classes, within, source }) => [
    name,
    base,
    within,
    withoutSpans(source),
    ...(classes === undefined ? [] : [classes]),
  ]);
  const parts = ["rows", identity, features, labelParts, layout.labels, weight, group, hashFitted(fitted)];
  return cacheKey([...parts, ...(lists === undefined ? [] : [lists]), ...(groupedBy.length === 0 ? [] : [groupedBy])]);
}

/** The rows that the fit has kept, which can be finished once. */
function takeKept({ kept }: Job): EarlyRows | undefined {
  const { rows } = kept;
  kept.rows = undefined;
  return rows;
}

interface Encoding {
  readonly fitted: Fitted;
  /** Bytes of records up to which they are held. */
  readonly memory: number;
  /** Whether keys of the rows are wanted, where they are written. */
  readonly keyed: boolean;
}

/** Encodes the rows of a role into the folder of an entry, and gives their keys. */
async function writeRows(
  job: Job,
  data: RoleData,
  { fitted, keyed }: Encoding,
  folder: string,
): Promise<Float64Array | undefined> {
  const { spec, options, database, enums, checkFiles, layout } = job;
  const { role, relation, labels, weight, group, lists, groupedBy } = data;
  await checkFiles(relation.source);
  const onRows = (rows: number): void => options.onProgress?.({ phase: "encode", role, rows });
  const { features } = spec;
  const request = {
    relation,
    enums,
    features,
    layout,
    fitted,
    labels,
    weight,
    group,
    lists,
    groupedBy,
    onRows,
    keyed,
  };
  const early = role === "train" ? takeKept(job) : undefined;
  const { report, violations, hashes, keys } =
    (await early?.finish(fitted, folder, { onRows, keyed, signal: options.signal })) ??
    (await encodeRelation(database, request, folder));
  const entry: EncodedEntry = { report, violations, hashes };
  await writeFile(join(folder, entryFile), sealJson(entry));
  return keys;
}

async function encode(
  job: Job,
  data: RoleData,
  encoding: Encoding,
): Promise<{ readonly dataset: StoredRows; readonly warnings: readonly Diagnostic[] }> {
  const { spec, database, cacheFolder, layout } = job;
  const { fitted, memory } = encoding;
  const { role, group, lists, groupedBy } = data;
  let keys: Float64Array | undefined;
  const write = async (folder: string): Promise<void> => void (keys = await writeRows(job, data, encoding, folder));
  const read = async (entry: string, isOurs: boolean): Promise<{ entry: EncodedEntry; dataset: StoredRows }> => {
    const { report, violations, hashes } = (await readSealedJson(entry, entryFile)) as EncodedEntry;
    const dataset = openStoredDataset(
      {
        rowsFile: join(entry, recordsFile),
        ...(group === undefined ? {} : { group, groupsFile: join(entry, groupsFile) }),
        ...(lists === undefined ? {} : { listsFile: join(entry, listsFile) }),
        groupedBy: groupedBy.map((column, index) => ({ column, file: join(entry, groupedByFile(index)) })),
        rows: report.rows,
        layout,
        report,
        hashes,
      },
      { memory, isOurs },
    );
    return { entry: { report, violations, hashes }, dataset: { ...dataset, ...omitUndefined({ keys }) } };
  };
  try {
    const { value, damage } = await useEntry(cacheFolder, rowsKey(job, data, fitted), { write, read });
    const { entry, dataset } = value;
    const { report, violations } = entry;
    const warnings = violationWarnings(spec, role, violations, report.rows);
    return { dataset, warnings: [...damageWarnings("rows", role, damage), ...warnings] };
  } catch (error) {
    throw await explainEncoding(error, database, spec, data);
  }
}

/** What of a feature decides its encoding: not its width, its place in the text or its documentation. */
function dataPart(feature: FeatureModel): unknown {
  const { name, kind } = feature;
  const source = withoutSpans(feature.source);
  const missing = omitUndefined({ missing: canMiss(feature) ? feature.missing : undefined });
  switch (feature.kind) {
    case "categorical":
      return { name, kind, source, vocabulary: feature.vocabulary, ...missing };
    case "numeric":
      return { name, kind, source, scale: feature.scale, missing: feature.missing };
    case "bucket":
      return { name, kind, source, boundaries: feature.boundaries, ...missing };
    case "bag": {
      const { vocabulary, separator, max, weighted } = feature;
      return { name, kind, source, vocabulary, separator, max, ...omitUndefined({ weighted }), ...missing };
    }
    case "sequence": {
      const { vocabulary, separator, max, keep, along } = feature;
      return { name, kind, source, vocabulary, separator, max, keep, ...omitUndefined({ along }) };
    }
    case "numbers": {
      const { scale, missing, separator, max, keep, along } = feature;
      return { name, kind, source, scale, missing, separator, max, keep, along };
    }
  }
}

function withoutSpans(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "span" ? undefined : part)));
}
