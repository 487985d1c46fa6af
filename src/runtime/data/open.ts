/** From a model and its files to data sets that batches can be taken of. */
import { realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import { canMiss, isListFeature, tableOwner } from "../../compiler/model/feature-lists.js";
import { batchLayout, type BatchLayout } from "../../compiler/model/layout.js";
import type { FeatureModel, LabelModel } from "../../compiler/model/model.js";
import { isUrl, omitUndefined, type Span } from "../../compiler/text/index.js";
import { type Failure, noLocation } from "../failure.js";
import { BadSequence, findBadSequence } from "./encode/row-sequences.js";
import { ValueError } from "./expressions/values.js";
import { cacheKey, openCacheFolder, readSealedJson, sealJson, useEntry } from "./batches/cache.js";
import { type Database, withDatabase } from "./files/database.js";
import type { Dataset } from "./batches/dataset.js";
import { explainReadError, findBadWeight, type Reading } from "./files/diagnose.js";
import {
  BadWeight,
  encodeRelation,
  type EncodeResult,
  groupedByFile,
  groupsFile,
  listsFile,
  recordsFile,
} from "./encode/encode.js";
import { createEnums, type Enums } from "./expressions/enums.js";
import { type ContinuedFit, type ContinuedIds, continueFit, withWholeVocabularies } from "./encode/fit/continue.js";
import { fitFeatures, fitWithoutData } from "./encode/fit/features.js";
import { type Fitted, fittedWithoutData, hashFitted } from "./encode/fitted.js";
import { createGzipCheck } from "./files/gzip.js";
import { recordBytes } from "./batches/records.js";
import type { Relation } from "./files/relation.js";
import { type ColumnName, type DataRole, openRole, type RoleData, type RoleOptions } from "./roles.js";
import type { Source } from "./files/source.js";
import { openStoredDataset } from "./batches/stored-dataset.js";
import type { DataSpec } from "./uses.js";

export interface OpenDataOptions extends RoleOptions {
  /** What is opened; all by default. The training data is read for the fit when `fitted` is absent. */
  readonly roles?: readonly DataRole[];
  /** Bytes of encoded rows held in memory, over all roles; what does not fit is read from the disk. Default 1 GiB. */
  readonly cacheLimit?: number;
  /** What an earlier run fitted; absent: it is fitted to the training data. */
  readonly fitted?: Fitted;
  /** What an earlier run fitted, to which the fit to the training data is added. */
  readonly continues?: ContinuedFit;
  /** Columns that a table of predictions keeps: they have to be there as well. */
  readonly kept?: readonly ColumnName[];
  readonly onProgress?: (progress: DataProgress) => void;
  /** Stops the work; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface DataProgress {
  readonly phase: "fit" | "encode";
  readonly role: DataRole;
  /** Rows done. */
  readonly rows: number;
}

export interface OpenedData {
  readonly fitted: Fitted;
  readonly train?: Dataset;
  readonly validation?: Dataset;
  readonly test?: Dataset;
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

/** Bytes of encoded rows that are held in memory unless the caller says otherwise. */
export const defaultCacheLimit = 2 ** 30;
/**
 * Opens the data of a model: finds the files, checks that they have what the spec reads, fits, and encodes, or takes what
 * an earlier call left in the cache. Throws a {@link Failure} that says what to fix.
 */
export async function openData(spec: DataSpec, options: OpenDataOptions): Promise<OpenedData> {
  const { signal } = options;
  const cacheFolder = await openCacheFolder(dirname(resolve(options.specPath)));
  return withDatabase({ folder: cacheFolder, signal }, (database) => {
    const enums = createEnums(database);
    const checkFiles = createGzipCheck(signal);
    return open({ spec, options, database, enums, checkFiles, cacheFolder, layout: batchLayout(spec) });
  });
}

interface Job {
  readonly spec: DataSpec;
  readonly options: OpenDataOptions;
  readonly database: Database;
  readonly enums: Enums;
  /** Throws when a compressed file of the source is damaged. */
  readonly checkFiles: (source: Source) => Promise<void>;
  readonly cacheFolder: string;
  readonly layout: BatchLayout;
}

async function open(job: Job): Promise<OpenedData> {
  const { spec, options } = job;
  const wanted = options.roles ?? ["train", "validation", "test"];
  const needsFit =
    options.fitted === undefined &&
    spec.features.some((feature) => tableOwner(feature) === feature.name && fittedWithoutData(feature) === undefined);
  const data = new Map<DataRole, RoleData>();
  for (const role of ["train", "validation", "test"] as const) {
    if (!wanted.includes(role) && !(role === "train" && needsFit)) continue;
    const found = await openRole(job.database, spec, options, role, options.kept);
    if (found !== undefined) data.set(role, found);
  }
  const found: FitResult =
    options.fitted === undefined
      ? await fitOrContinue(job, data.get("train"))
      : { fitted: options.fitted, warnings: [] };
  const { fitted, continued } = found;
  const warnings: Diagnostic[] = [...found.warnings];
  const opened: Partial<Record<DataRole, Dataset>> = {};
  let memory = options.cacheLimit ?? defaultCacheLimit;
  try {
    for (const role of wanted) {
      const found = data.get(role);
      if (found === undefined) continue;
      const encoded = await encode(job, found, fitted, memory);
      opened[role] = encoded.dataset;
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
  { spec, options, database, checkFiles, cacheFolder }: Job,
  train: RoleData | undefined,
): Promise<{ readonly fitted: Fitted; readonly warnings: readonly Diagnostic[] }> {
  if (train === undefined) return { fitted: fitWithoutData(spec.features), warnings: [] };
  const { relation } = train;
  const key = cacheKey(["fit", train.identity, spec.features.map(dataPart)]);
  let made: { readonly text: string; readonly value: Fitted } | undefined;
  const write = async (folder: string): Promise<void> => {
    options.onProgress?.({ phase: "fit", role: "train", rows: 0 });
    await checkFiles(relation.source);
    const fitted = await fitFeatures(database, relation, spec.features);
    options.onProgress?.({ phase: "fit", role: "train", rows: fitted.rows });
    made = { text: sealJson(fitted), value: fitted };
    await writeFile(join(folder, fittedFile), made.text);
  };
  // The hash says that this is what `write` wrote.
  const read = async (entry: string): Promise<Fitted> => (await readSealedJson(entry, fittedFile, made)) as Fitted;
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

const fittedFile = "fitted.json";

/** The one line that is said of a cache entry that was damaged and made again. */
function damageWarnings(what: "fit" | "rows", role: DataRole, damage: string | undefined): readonly Diagnostic[] {
  return damage === undefined ? [] : [createDiagnostic("MTL7116", { what, role, problem: damage }, noLocation())];
}

/** What the cache says of encoded rows. */
type EncodedEntry = Omit<EncodeResult, "rows">;

const entryFile = "entry.json";

async function encode(
  { spec, options, database, enums, checkFiles, cacheFolder, layout }: Job,
  { role, relation, labels, weight, group, lists, groupedBy, identity }: RoleData,
  fitted: Fitted,
  memory: number,
): Promise<{ readonly dataset: ReturnType<typeof openStoredDataset>; readonly warnings: readonly Diagnostic[] }> {
  const features = spec.features.map(dataPart);
  const labelParts = labels.map(({ name, base, classes, within, source }) => [
    name,
    base,
    within,
    withoutSpans(source),
    ...(classes === undefined ? [] : [classes]),
  ]);
  const parts = ["rows", identity, features, labelParts, layout.labels, weight, group, hashFitted(fitted)];
  const key = cacheKey([
    ...parts,
    ...(lists === undefined ? [] : [lists]),
    ...(groupedBy.length === 0 ? [] : [groupedBy]),
  ]);
  const write = async (folder: string): Promise<void> => {
    await checkFiles(relation.source);
    const onRows = (rows: number): void => options.onProgress?.({ phase: "encode", role, rows });
    const request = {
      relation,
      enums,
      features: spec.features,
      layout,
      fitted,
      labels,
      weight,
      group,
      lists,
      groupedBy,
      onRows,
    };
    const { report, violations, hashes } = await encodeRelation(database, request, folder);
    const entry: EncodedEntry = { report, violations, hashes };
    await writeFile(join(folder, entryFile), sealJson(entry));
  };
  const read = async (
    entry: string,
  ): Promise<{ entry: EncodedEntry; dataset: ReturnType<typeof openStoredDataset> }> => {
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
      memory,
    );
    return { entry: { report, violations, hashes }, dataset };
  };
  try {
    const { value, damage } = await useEntry(cacheFolder, key, { write, read });
    const { entry, dataset } = value;
    const { report, violations } = entry;
    const warnings = violations.map(({ label, outer, count }) => {
      const span = spec.labels.find(({ name }) => name === label)?.span ?? noLocation();
      return createDiagnostic("MTL7108", { label, outer, role, count, rows: report.rows }, span, {
        help: `a row where \`${label}\` holds and \`${outer}\` does not is outside every task that is conditioned on \`${outer}\``,
      });
    });
    return { dataset, warnings: [...damageWarnings("rows", role, damage), ...warnings] };
  } catch (error) {
    if (error instanceof BadWeight)
      throw await findBadWeight(database, relation.source, weight ?? "", spec.data.places?.weight?.span);
    const found = await badSequence(error, database, relation, spec);
    throw (
      found ?? (await explainReadError(database, relation.source, readingsOf(spec, labels, weight, relation), error))
    );
  }
}

/** What is wrong with a sequence of a row, where that is the error. */
function badSequence(
  error: unknown,
  database: Database,
  { source }: Relation,
  { features }: DataSpec,
): Promise<Failure | undefined> {
  const isOfRow = error instanceof BadSequence || error instanceof ValueError;
  return isOfRow ? findBadSequence(database, source, features) : Promise.resolve(undefined);
}

function readingsOf(
  { features, data }: DataSpec,
  labels: readonly LabelModel[],
  weight: string | undefined,
  { source }: Relation,
): readonly Reading[] {
  const { span } = source;
  const place = data.places?.weight?.span;
  return [
    ...features.flatMap(featureReadings),
    ...labels.map((label): Reading => {
      const { name, base, source: expression, span: labelSpan } = label;
      const user = `label \`${name}\``;
      if (base === "classes") return { expression, as: "class", user, classes: label, span: labelSpan };
      return base === "amount"
        ? { expression, as: "number", user, span: labelSpan }
        : { expression, as: "boolean", user, event: name, span: labelSpan };
    }),
    ...(weight === undefined
      ? []
      : [
          {
            expression: { kind: "column", name: weight, span },
            as: "number",
            user: "the sample weight",
            isWeight: true,
            span: place ?? span,
          } as const,
        ]),
  ];
}

/** Nothing that a bag or a sequence of a column may hold is wrong: lists and texts are texts. */
function featureReadings(feature: FeatureModel): readonly Reading[] {
  const { name, kind, source, span } = feature;
  if (isListFeature(feature) && source.kind === "column") return [];
  const as = kind === "numeric" || kind === "bucket" ? "number" : "text";
  return [{ expression: source, as, user: `feature \`${name}\``, span }];
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
