/**
 * What is odd about the data of a run, said before it starts: nothing to learn from or to be measured on, rows on both
 * sides, features that say nothing or too much. All of it warns; nothing is changed.
 */
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { Model } from "../../../compiler/model/model.js";
import type { DataRole, Dataset, OpenedData } from "../../data/index.js";
import { noLocation } from "../../failure.js";
import { warnOfConstants } from "./constant.js";
import { type SingleAuc, singleAucs, warnOfGiveaways } from "./giveaway.js";
import { type MeasuredRole, warnOfOverlap } from "./overlap.js";
import { roleWord } from "./space-counts.js";
import { warnOfSpaces } from "./spaces.js";

/** What takes longest to find, where it is known already. */
export interface KnownLooks {
  /** Of the training data. */
  readonly aucs?: readonly SingleAuc[];
  readonly overlaps?: Overlaps;
}

/** The warnings about rows of measured data that are among the training rows. */
export type Overlaps = Readonly<Partial<Record<MeasuredRole, readonly Diagnostic[]>>>;

/** Warnings about all roles that are open, in a stated order. Reads as few rows as each answer needs. */
export function inspectData(model: Model, data: OpenedData, known: KnownLooks = {}): readonly Diagnostic[] {
  const { train } = data;
  const measured = measuredOf(data);
  const found: Diagnostic[] = measured.flatMap(({ role, dataset }) => warnOfEmptyRole(model, role, dataset, train));
  if (train === undefined || train.rows === 0) return found;
  found.push(...warnOfSpaces(model, train));
  const overlaps = known.overlaps ?? overlapsOf(data);
  for (const { role, dataset } of measured)
    if (dataset.rows > 0) found.push(...warnOfSameFiles(role, data), ...(overlaps[role] ?? []));
  const aucs = known.aucs ?? singleAucs(model, train);
  found.push(...warnOfConstants(model.features, train), ...warnOfGiveaways(model, aucs));
  for (const { role, dataset } of measured) found.push(...warnOfUnseen(model, role, dataset, train));
  return found;
}

/** MTL7142: a role that is named and has no row. */
function warnOfEmptyRole(model: Model, role: DataRole, { rows }: Dataset, train: Dataset | undefined): Diagnostic[] {
  if (rows > 0) return [];
  const { split } = model.data;
  const takesRest = split?.rest === role && model.data[role] === undefined;
  const by = takesRest ? split.by : undefined;
  const help =
    by === undefined || by.length === 0
      ? `nothing is measured on the ${roleWord(role)} data`
      : `rows with equal ${by.map((name) => `\`${name}\``).join(" and ")} stay on one side, so few values may all fall on one: split by another column, or by rows`;
  const span = model.data[role]?.span ?? (takesRest ? model.data.train?.span : undefined) ?? noLocation();
  const trained = train?.rows ?? 0;
  return [createDiagnostic("MTL7142", { role: roleWord(role), split: takesRest, trained }, span, { help })];
}

/** MTL7144: one file for training and for measuring. */
function warnOfSameFiles(role: MeasuredRole, { files }: OpenedData): Diagnostic[] {
  const trained = new Set(files?.train?.map(({ path }) => path));
  const [same] = (files?.[role] ?? []).filter(({ path }) => trained.has(path));
  if (same === undefined || files?.[role]?.some(({ isPart }) => isPart) === true) return [];
  return [createDiagnostic("MTL7144", { role: roleWord(role), file: same.shown }, same.span)];
}

/** The rows are compared where the names of the files say nothing. */
export function overlapsOf(data: OpenedData): Overlaps {
  const { train } = data;
  if (train === undefined) return {};
  const entries = measuredOf(data).map(({ role, dataset }): readonly [MeasuredRole, readonly Diagnostic[]] => [
    role,
    warnOfSameFiles(role, data).length > 0 ? [] : warnOfOverlap(role, dataset, train),
  ]);
  return Object.fromEntries(entries);
}

function measuredOf(data: OpenedData): readonly { readonly role: MeasuredRole; readonly dataset: Dataset }[] {
  return (["validation", "test"] as const).flatMap((role) => {
    const dataset = data[role];
    return dataset === undefined ? [] : [{ role, dataset }];
  });
}

/** Shares of unknown values above which a feature is of little use on other rows. */
const manyUnseen = 0.5;

/** MTL7149: a feature most of whose values are new, while those of the training rows mostly are not. */
export function warnOfUnseen(
  { features }: Pick<Model, "features">,
  role: DataRole,
  { report }: Dataset,
  train: Dataset | undefined,
): Diagnostic[] {
  const shareOf = ({ rows, columns }: Dataset["report"], name: string): number => {
    const column = columns.find((each) => each.column === name);
    return column === undefined ? 0 : column.unseen / Math.max(1, rows - column.nulls);
  };
  return features.flatMap((feature) => {
    if (feature.kind !== "categorical" || feature.vocabulary.kind === "hash") return [];
    const share = shareOf(report, feature.name);
    const trained = train === undefined ? 0 : shareOf(train.report, feature.name);
    if (share < manyUnseen || share < trained + 0.25) return [];
    return [
      createDiagnostic("MTL7149", { feature: feature.name, role: roleWord(role), share, trained }, feature.span, {
        help:
          feature.vocabulary.kind === "ids"
            ? `with \`ids: ${feature.vocabulary.count}\` the values are whole numbers from 0 to ${feature.vocabulary.count - 1}; all others share one embedding`
            : "such values share one embedding, that of an unknown value; `hash: n` gives each an id of its own",
      }),
    ];
  });
}
