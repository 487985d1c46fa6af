/** The check of manifests that a build has is that of their schema. */
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SchemaCheck } from "../../src/runtime/artifact/known-manifest-check.js";
import { manifestCheckCode } from "../../src/runtime/artifact/manifest-check-code.js";
import { manifestSchema } from "../../src/runtime/artifact/manifest.js";

const sha256 = "0".repeat(64);
const manifest = {
  format: "mtlc-artifact",
  version: 1,
  mtlc: "0.1.0",
  name: "m",
  trained: true,
  seed: 0,
  spec: { file: "spec.mtl", sha256, imports: [{ path: "./a.mtl", file: "imports/1.mtl", sha256 }] },
  model: { file: "model.json", hash: sha256 },
  schema: {
    fitted: "fitted.json",
    features: [
      { name: "c", kind: "categorical", input: "ids", offset: 0, width: 1, ids: 3, vocabulary: "vocab/c.txt" },
    ],
    labels: [{ name: "y", base: "event" }],
    idWidth: 1,
    numberWidth: 0,
  },
  heads: [{ name: "t", keyword: "task", type: "P(y)", served: true }],
  weights: { file: "weights.safetensors" },
  parameters: [{ name: "w", shape: [3, 1], dtype: "float32", role: "parameter", variable: "w", row: 0, stored: true }],
  signatures: { predict: { inputs: [{ name: "ids", dtype: "int32", shape: ["B", 1] }], outputs: [] } },
  files: [{ path: "vocab/c.txt", bytes: 4, sha256 }],
};

const url = `data:text/javascript,${encodeURIComponent(manifestCheckCode())}`;
const { knownManifestCheck: built } = (await import(/* @vite-ignore */ url)) as { knownManifestCheck: SchemaCheck };
const made: SchemaCheck = new Ajv({ strict: true }).compile(manifestSchema);

const verdict = (check: SchemaCheck, value: unknown): unknown => (check(value) ? "follows" : check.errors);

/** The value with what lies at a number of its places left out, or another in its place. */
function changed(value: unknown, place: number, put: unknown): unknown {
  let next = 0;
  return JSON.parse(JSON.stringify(value), (_, part: unknown) => (next++ === place ? put : part));
}

describe("the check of manifests that a build has", () => {
  it("lets one pass that follows the schema", () => {
    expect(verdict(built, manifest)).toBe("follows");
    expect(verdict(made, manifest)).toBe("follows");
  });

  it("says of any other what the schema says", () => {
    const others = [undefined, null, -1, 1.5, 2, "", "../x", "/x", "a\\b", true, [], [1], {}, { name: "c" }];
    fc.assert(
      fc.property(fc.nat(120), fc.constantFrom(...others), (place, put) => {
        const value = changed(manifest, place, put);
        expect(verdict(built, value)).toEqual(verdict(made, value));
      }),
      { numRuns: 2000 },
    );
    expect(verdict(built, changed(manifest, 0, 1))).not.toBe("follows");
  });
});
