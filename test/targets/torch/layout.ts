/** How steps of packages are told where features are in encoded arrays. */
import { batchLayout, isListFeature, isWeighted, type Model } from "../../../src/compiler/model/index.js";

/** Columns of the encoded arrays by feature, as the package has them. */
export function layoutOf(model: Model): unknown {
  const layout = batchLayout(model);
  const slots = (kind: "ids" | "numbers"): unknown =>
    layout[kind].map(({ feature, offset, width }) => {
      const found = model.features.find(({ name }) => name === feature);
      const isWeight = kind === "numbers" && found !== undefined && isWeighted(found);
      return {
        name: isWeight ? `${feature}.weight` : feature,
        offset,
        width,
        list: found !== undefined && isListFeature(found),
      };
    });
  return { ids: slots("ids"), numbers: slots("numbers"), labels: layout.labels };
}
