/** The target `onnx` in onnxruntime for Node: every shipped spec, of raw columns and of encoded features. */
import { describe, expect, it } from "vitest";
import { shippedModels } from "../../shipped-models.js";
import { onnxCase } from "./cases.js";
import { distanceOf } from "./run.js";

describe("the target onnx in onnxruntime", { timeout: 120_000 }, () => {
  it("predicts what our engine does of raw columns and of encoded features, for every shipped spec", async () => {
    const far: string[] = [];
    for (const [file, model] of shippedModels) {
      const made = await onnxCase(model);
      for (const name of ["model.onnx", "rows.onnx"]) {
        const [difference, place] = await distanceOf(made, name);
        if (!(difference <= 1e-5)) far.push(`${name} of ${file}: ${place} by ${difference}`);
      }
    }
    expect(far).toEqual([]);
  });
});
