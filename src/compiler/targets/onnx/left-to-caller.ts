/** What of a row the model of raw columns does not compute: whoever runs it feeds what comes of it. */
import type { FeatureModel } from "../../model/index.js";
import type { LeftToCaller, TargetSubject } from "../target.js";
import { rawInputs, type RawReading } from "./raw-inputs.js";

/** In the order of the features. Without a fit, what no data can change. */
export function leftToCaller({ model, fitted }: Pick<TargetSubject, "model" | "fitted">): readonly LeftToCaller[] {
  const { readings } = rawInputs(model, fitted);
  return model.features.flatMap((feature) => leftOf(feature, readings.get(feature.name)));
}

function leftOf({ name, source, span }: FeatureModel, reading: RawReading | undefined): readonly LeftToCaller[] {
  switch (reading?.kind) {
    case "id":
      return [{ what: `the ids of \`${name}\`: ${reading.why}`, span, instead: `feed \`${reading.input.name}\`` }];
    case "column":
      if (source.kind === "column") return [];
      return [
        {
          what: `the value of \`${name}\`: ONNX cannot compute it from columns`,
          span,
          instead: `feed \`${reading.input.name}\``,
        },
      ];
    case "computed":
    case "unread":
    case undefined:
      return [];
  }
}
