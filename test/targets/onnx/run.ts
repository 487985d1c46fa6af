/** A model of a case in onnxruntime for Node. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect } from "vitest";
import type { OnnxCase, OnnxFeed } from "./cases.js";

function tensorOf({ type, shape, data }: OnnxFeed): Tensor {
  switch (type) {
    case "string":
      return new Tensor("string", data.map(String), shape);
    case "int64":
      return new Tensor(
        "int64",
        BigInt64Array.from(data, (value) => BigInt(value)),
        shape,
      );
    case "int32":
      return new Tensor("int32", Int32Array.from(data, Number), shape);
    case "float32":
      return new Tensor("float32", Float32Array.from(data, Number), shape);
    case "float64":
      return new Tensor("float64", Float64Array.from(data, Number), shape);
  }
}

/** The largest relative difference of a model's outputs, and where it is. */
export async function distanceOf(made: OnnxCase, file: string): Promise<readonly [number, string]> {
  const session = await InferenceSession.create(made.files.get(file)!, { intraOpNumThreads: 1 });
  const feeds = Object.entries(made.feeds[file] ?? {}).map(([name, feed]) => [name, tensorOf(feed)] as const);
  const found = await session.run(Object.fromEntries(feeds));
  let worst: readonly [number, string] = [0, ""];
  for (const { name, head } of made.description.models[file]?.outputs ?? []) {
    const values = made.expected[head] ?? [];
    expect(found[name]?.dims).toEqual([values.length]);
    for (const [row, value] of values.entries()) {
      const difference = Math.abs(Number(found[name]?.data[row]) - value) / Math.max(1e-3, Math.abs(value));
      if (!(difference <= worst[0])) worst = [difference, `${head} of row ${row}`];
    }
  }
  await session.release();
  return worst;
}
