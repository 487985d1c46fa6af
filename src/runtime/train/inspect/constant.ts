/** Features that are the same in every row of the training data: they teach nothing. */
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { FeatureModel } from "../../../compiler/model/model.js";
import type { Dataset } from "../../data/index.js";

const scanBatch = 4096;

/** Warnings (MTL7148) of the features that have one encoded value over all rows. Ends as soon as each was seen to vary. */
export function warnOfConstants(features: readonly FeatureModel[], data: Dataset): readonly Diagnostic[] {
  if (data.rows < 2) return [];
  const { layout } = data;
  const slots = [
    ...layout.ids.map((slot) => ({ ...slot, part: "ids" as const, stride: layout.idWidth })),
    ...layout.numbers.map((slot) => ({ ...slot, part: "numbers" as const, stride: layout.numberWidth })),
  ];
  const first = new Map<string, readonly number[]>();
  const varying = new Set<string>();
  let open = slots;
  for (const batch of data.batches({ size: scanBatch, pad: false })) {
    open = open.filter(({ feature, part, stride, offset, width }) => {
      const values = batch[part];
      const known = first.get(`${part} ${feature}`) ?? Array.from(values.subarray(offset, offset + width));
      first.set(`${part} ${feature}`, known);
      for (let at = offset; at < batch.rows * stride; at += stride)
        for (let i = 0; i < width; i++)
          if (values[at + i] !== known[i]) {
            varying.add(feature);
            return false;
          }
      return true;
    });
    if (open.length === 0) break;
  }
  // The ids of a weighted bag may be the same in all rows where its weights are not.
  const constant = new Set(open.map(({ feature }) => feature).filter((feature) => !varying.has(feature)));
  const nulls = new Map(data.report.columns.map(({ column, nulls }) => [column, nulls]));
  const unseen = new Map(data.report.columns.map(({ column, unseen }) => [column, unseen]));
  const whyOf = ({ name }: FeatureModel): "empty" | "unknown" | "constant" => {
    if (nulls.get(name) === data.rows) return "empty";
    return (unseen.get(name) ?? 0) > 0 ? "unknown" : "constant";
  };
  return (["empty", "unknown", "constant"] as const).flatMap((why) => {
    const own = features.filter((feature) => constant.has(feature.name) && whyOf(feature) === why);
    const [first] = own;
    if (first === undefined) return [];
    const names = own.map(({ name }) => name);
    return [createDiagnostic("MTL7148", { features: names, why, rows: data.rows }, first.span)];
  });
}
