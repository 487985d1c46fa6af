/** A profile of the files of a spec: what each feature, label, task, group and weight holds, and what is odd about it. */
import { join } from "node:path";
import { columnText } from "../../compiler/describe/index.js";
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import { tableOwner } from "../../compiler/model/feature-lists.js";
import type { FeatureModel, Model } from "../../compiler/model/model.js";
import { omitUndefined, own } from "../../compiler/text/index.js";
import { readRunNote } from "../artifact/index.js";
import {
  type DataRole,
  type Dataset,
  type FeatureValues,
  type Fitted,
  fittedSizes,
  openData,
  type OpenedData,
  readFeatureValues,
} from "../data/index.js";
import { createFailure } from "../failure.js";
import { loadWeights } from "../artifact/load-weights.js";
import { refuseOverwrite } from "../outputs.js";
import { loadSpec } from "../specs/load-spec.js";
import type { TrainEvent } from "../events.js";
import { inspectData } from "../train/inspect/inspect.js";
import { type SingleAuc, singleAucs } from "../train/inspect/giveaway.js";
import { createDataWarnings } from "./data-warnings.js";
import { type DataFiles, dataFiles } from "./train-options.js";
import { rowParts } from "../profile/rows.js";
import type { DataProfile, FeatureProfile, RoleProfile } from "../profile/types.js";
import { groupProfile, unseenShare, valueParts } from "../profile/values.js";
import { statOf } from "../stat-of.js";

export interface ProfileDataOptions extends DataFiles {
  /** Path of a spec, or of an artifact's directory: then with what was fitted when it was trained, on its files. */
  readonly spec: string;
  /** Rows of each role of which the values of features are counted, from the first on. Default 100,000. */
  readonly sample?: number;
  /** File that the profile will be written to; a spec or data that is read from it is refused (MTL8013). */
  readonly output?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

/** A profile, and its warnings with their places in the spec, errors where the spec's project makes them. */
export interface ProfiledData {
  readonly profile: DataProfile;
  readonly diagnostics: readonly Diagnostic[];
}

const defaultSample = 100_000;

/** Profiles the files of a spec, or others in their place. The same files give the same profile. Throws a {@link Failure}. */
export async function profileData(options: ProfileDataOptions): Promise<ProfiledData> {
  const { signal, output, onEvent = () => undefined, sample = defaultSample } = options;
  const { model, inputs, place } = await readModel(options);
  const odd = createDataWarnings(place.specPath, onEvent);
  if (output !== undefined) refuseOverwrite(output, inputs);
  const request = {
    ...place,
    ...omitUndefined({ output, signal }),
  };
  const data = await openData(model, {
    ...request,
    onProgress: (progress) => onEvent({ kind: "data", ...progress }),
  });
  const opened = (["train", "validation", "test"] as const).flatMap((role) => {
    const dataset = data[role];
    return dataset === undefined ? [] : [{ role, dataset }];
  });
  try {
    if (opened.length === 0) throw createFailure("MTL7302", { role: "train", option: "--train" });
    const aucs = data.train === undefined ? [] : singleAucs(model, data.train);
    const diagnostics = odd.apply([...data.warnings, ...inspectData(model, data, { aucs })]);
    const roles: RoleProfile[] = [];
    for (const { role, dataset } of opened) {
      const values = await readFeatureValues(model, request, role, sample);
      roles.push(profileRole(model, data, role, dataset, values ?? new Map(), role === "train" ? aucs : [], sample));
    }
    const warnings = diagnostics.map(({ code, message, help }) => ({
      code,
      message,
      ...omitUndefined({ help }),
    }));
    return { profile: { model: model.name, roles, warnings }, diagnostics };
  } finally {
    for (const { dataset } of opened) dataset.close();
  }
}

/** A model, what was read for it, and where its data is. */
interface ModelPlace {
  readonly model: Model;
  readonly inputs: readonly string[];
  readonly place: DataFiles & { readonly specPath: string; readonly fitted?: Fitted };
}

async function readModel(options: ProfileDataOptions): Promise<ModelPlace> {
  const { spec, signal, onEvent = () => undefined } = options;
  const given = dataFiles(options);
  if (statOf(spec)?.isDirectory() !== true) {
    const { model, sources, path, warnings } = loadSpec(spec);
    for (const diagnostic of warnings) onEvent({ kind: "warning", diagnostic });
    return { model, inputs: sources.map((source) => source.path), place: { ...given, specPath: path } };
  }
  const artifact = await loadWeights(spec, "measure", { onEvent, signal });
  const note = await readRunNote(spec);
  if (note === undefined && Object.keys(given).length === 0) throw createFailure("MTL7312", { directory: spec });
  const files = note === undefined ? given : { ...dataFiles(note), ...given };
  const specPath = note?.spec ?? join(spec, "spec.mtl");
  return { model: artifact.model, inputs: [spec], place: { ...files, specPath, fitted: artifact.fitted } };
}

function profileRole(
  model: Model,
  { files, fitted }: OpenedData,
  role: DataRole,
  dataset: Dataset,
  values: ReadonlyMap<string, FeatureValues>,
  aucs: readonly SingleAuc[],
  sample: number,
): RoleProfile {
  const codes = dataset.groups();
  const column = model.data.group;
  return {
    role,
    files: (files?.[role] ?? []).map(({ shown }) => shown),
    rows: dataset.rows,
    sampledRows: Math.min(sample, dataset.rows),
    features: model.features.map((feature) => profileFeature(feature, role, dataset, fitted, values, aucs)),
    ...rowParts(model, dataset),
    ...(codes === undefined || column === undefined ? {} : { group: groupProfile(column, codes) }),
  };
}

function profileFeature(
  feature: FeatureModel,
  role: DataRole,
  { report, rows }: Dataset,
  fitted: Fitted,
  values: ReadonlyMap<string, FeatureValues>,
  aucs: readonly SingleAuc[],
): FeatureProfile {
  const { name, kind, source } = feature;
  const found = values.get(name);
  const nulls = report.columns.find(({ column }) => column === name)?.nulls ?? 0;
  const ids = own(fittedSizes(fitted).ids, tableOwner(feature));
  const fit = own(fitted.features, tableOwner(feature));
  const unseen =
    role === "train" || found?.kind !== "texts" || fit?.kind !== "vocabulary"
      ? undefined
      : unseenShare(found.counts, new Set(fit.values));
  const auc = aucs.filter((each) => each.feature === name).map((each) => ({ label: each.label, auc: each.auc }));
  return {
    name,
    kind,
    source: columnText(source),
    nulls,
    nullShare: rows === 0 ? 0 : nulls / rows,
    ...(found === undefined ? { distinct: 0 } : valueParts(found)),
    ...omitUndefined({ ids, unseenShare: unseen }),
    ...(auc.length === 0 ? {} : { auc }),
  };
}
