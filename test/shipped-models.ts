/** The shipped specs that train, and what a program of one needs besides sizes. */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { isListFeature } from "../src/compiler/model/feature-lists.js";
import { hasTrees, type Model } from "../src/compiler/model/index.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";

// Tests and benchmarks run in the project's folder.
const specs = resolve("specs");

/**
 * By their path below `specs`: networks with losses, not parts that others import, nor specs of only formulas and rules. Blocks of the
 * standard library read names of the spec that imports them, and configurations of peers are in test/peers. The `best` of census have
 * layers that others have too, 650 units wide: on all engines they take as long as all others together.
 */
export const shippedModels: readonly (readonly [string, Model])[] = readdirSync(specs, {
  recursive: true,
  encoding: "utf8",
})
  .filter((file) => file.endsWith(".mtl") && !/^(?:std|peers)|\bbest\.mtl$/.test(file))
  .flatMap((file): readonly (readonly [string, Model])[] => {
    try {
      const { model } = loadSpec(join(specs, file));
      return model.loss.terms.length > 0 && !hasTrees(model) ? [[file, model]] : [];
    } catch (error) {
      if ((error as Error).message.startsWith("MTL7310")) return [];
      throw error;
    }
  });

/** The id 1 for each feature that has a value at serving. */
export function servingOnes(model: Model): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    model.features.flatMap((feature) =>
      feature.serving.kind === "value"
        ? [[feature.name, Array<number>(isListFeature(feature) ? feature.max : 1).fill(1)]]
        : [],
    ),
  );
}
