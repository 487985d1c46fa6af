/** What is fitted, as one thread gives it to another: each vocabulary as the lines of an artifact, so that no thread makes a text again that nobody asks for. */
import type { FittedFeature, FittedVocabulary } from "../../../compiler/model/index.js";
import { parseVocabulary } from "../../artifact/vocabulary-file.js";
import { storedVocabulary, vocabularyLines } from "../../data/encode/stored-values.js";
import type { Fitted } from "../../data/index.js";

type CarriedFeature =
  Exclude<FittedFeature, FittedVocabulary> | { readonly kind: "lines"; readonly lines: Uint8Array<ArrayBuffer> };

export interface CarriedFit extends Omit<Fitted, "features"> {
  readonly features: Readonly<Record<string, CarriedFeature>>;
}

/** What is to be cloned; the memory in `transfer` may go over as it is. */
export function carryFit({ features, ...rest }: Fitted): {
  readonly fit: CarriedFit;
  readonly transfer: readonly ArrayBuffer[];
} {
  const transfer: ArrayBuffer[] = [];
  const carried = Object.entries(features).map(([name, feature]): readonly [string, CarriedFeature] => {
    if (feature.kind !== "vocabulary") return [name, feature];
    // Those of the vocabulary stay here.
    const lines = vocabularyLines(feature).slice();
    transfer.push(lines.buffer);
    return [name, { kind: "lines", lines }];
  });
  return { fit: { ...rest, features: Object.fromEntries(carried) }, transfer };
}

/** The reverse of {@link carryFit}; values are read when they are asked for first. */
export function receiveFit({ features, ...rest }: CarriedFit): Fitted {
  const received = Object.entries(features).map(([name, feature]): readonly [string, FittedFeature] => [
    name,
    feature.kind === "lines" ? storedVocabulary(feature.lines, parseVocabulary) : feature,
  ]);
  return { ...rest, features: Object.fromEntries(received) };
}
