/** Steps of shipped specs on random rows, for tests that train with the fused engine. */
import { createHash } from "node:crypto";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";
import { type Feeds, hostTensors, inputsOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

const modelOf = (name: string) => {
  const found = shippedModels.find(([each]) => each.endsWith(`${name}.mtl`))?.[1];
  if (found === undefined) throw new Error(`no spec ${name}`);
  return found;
};

/** The program of a spec, and the feeds of some steps. */
export function stepsOf(name: string, rows: number, count: number) {
  const model = modelOf(name);
  const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
  const inputs = new Set(inputsOf(program, "train"));
  const feeds = Array.from({ length: count }, (_, at): Feeds => randomFeeds(model, rows, at + 1));
  return { program, feeds: feeds.map((each) => hostTensors(each, inputs)) };
}

/** Feeds of some steps, one after another in one array each. */
export function queueOf(steps: readonly Readonly<Record<string, HostTensor>>[]): Readonly<Record<string, HostTensor>> {
  return Object.fromEntries(
    Object.entries(steps[0] ?? {}).map(([name, { shape, data }]) => {
      const all = steps.flatMap((step) => [...(step[name]?.data ?? [])]);
      const values = data instanceof Float32Array ? Float32Array.from(all) : Int32Array.from(all);
      return [name, { shape: [steps.length, ...shape], data: values }];
    }),
  );
}

/** A hash of each tensor's bytes. */
export const bytesOf = (values: ReadonlyMap<string, HostTensor>): readonly (readonly [string, string])[] =>
  [...values].map(([name, { data }]) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return [name, createHash("sha256").update(bytes).digest("hex")] as const;
  });
