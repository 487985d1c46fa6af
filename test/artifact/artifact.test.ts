import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GraphNode, Program } from "../../src/compiler/graph/graph.js";
import type { FeatureModel, HeadModel } from "../../src/compiler/model/model.js";
import { checkManifest, type Manifest } from "../../src/runtime/artifact/manifest.js";
import { headTypeText } from "../../src/runtime/artifact/model-file.js";
import { readArtifact } from "../../src/runtime/artifact/read.js";
import { heldReader } from "../../src/runtime/engine/state.js";
import { parseVocabulary, vocabularyText } from "../../src/runtime/artifact/vocabulary-file.js";
import { type ArtifactContent, writeArtifact } from "../../src/runtime/artifact/write.js";
import { fakeModel } from "../train/fakes.js";

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-artifact-"));
  directory = join(root, "model");
});
afterEach(() => rmSync(root, { recursive: true }));

const column = (size: number | string) => ({ dtype: "float32", shape: [size, 1] }) as const;
const nodes: readonly GraphNode[] = [
  { op: "input", inputs: [], attributes: { name: "numbers", type: column("B") }, type: column("B") },
  { op: "state", inputs: [], attributes: { name: "w" }, type: column(1) },
  { op: "matmul", inputs: [0, 1], attributes: { transposeA: false, transposeB: false }, type: column("B") },
  { op: "reshape", inputs: [2], attributes: { shape: ["B"] }, type: { dtype: "float32", shape: ["B"] } },
  { op: "sigmoid", inputs: [3], attributes: {}, type: { dtype: "float32", shape: ["B"] } },
];
const zero = { kind: "constant", value: 0 } as const;
const program: Program = {
  state: [
    {
      name: "w",
      type: column(1),
      pieces: [{ name: "t.weight", row: 0, rows: 1, initializer: zero }],
      role: "parameter",
    },
    {
      name: "w/m",
      type: column(1),
      pieces: [{ name: "t.weight/m", row: 0, rows: 1, initializer: zero }],
      role: "slot",
    },
  ],
  functions: [{ name: "predict", nodes, outputs: [{ name: "ctr", value: 4 }], updates: [] }],
};

/** A model at a path: the places in it follow the path. */
function content(path: string): ArtifactContent {
  const span = { file: path, start: 1, end: 2 };
  const feature: FeatureModel = {
    name: "price",
    source: { kind: "column", name: "price", span },
    serving: { kind: "data" },
    dropout: 0,
    kind: "numeric",
    scale: "log1p",
    missing: "mean",
    span,
  };
  const ctr: HeadModel = {
    name: "ctr",
    keyword: "task",
    type: { kind: "probability", event: [{ kind: "label", label: "click" }], given: [] },
    value: { kind: "activation", function: "sigmoid", logit: { kind: "value", node: 0 } },
    auxiliary: false,
    span,
  };
  return {
    sources: [
      { path, text: "model shop\n" },
      { path: join(path, "../../common.mtl"), text: "// shared\n" },
    ],
    model: {
      ...fakeModel({ seed: 7 }),
      features: [feature],
      labels: [{ name: "click", base: "event", within: [], source: feature.source, span }],
      heads: [ctr],
    },
    fitted: {
      rows: 2,
      features: {
        price: { kind: "number", mean: 0.5, deviation: 1, minimum: 0, maximum: 1 },
        brand: { kind: "vocabulary", values: ["a", "b\nc"] },
      },
    },
    program,
    graphText: "predict(numbers)\n",
    state: heldReader(
      new Map([
        ["w", { shape: [1, 1], data: Float32Array.of(0.5) }],
        ["w/m", { shape: [1, 1], data: Float32Array.of(9) }],
      ]),
    ),
    trained: true,
    metrics: { heads: {} },
  };
}

/** Every file of a directory with its bytes in base 64. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, "base64")];
    }),
  );
}

describe("an artifact", () => {
  it("holds every part, and a manifest that names each with its hash", async () => {
    const manifest = await writeArtifact(directory, content("/a/specs/shop.mtl"));
    const parts = [
      "fitted.json",
      "graph.txt",
      "imports/1.mtl",
      "metrics.json",
      "model.json",
      "saved_model/saved_model.pb",
      "spec.mtl",
      "tfjs/group1-shard1of1.bin",
      "tfjs/model.json",
      "vocab/brand.txt",
      "weights.safetensors",
    ];
    expect(Object.keys(filesOf(directory)).sort()).toEqual([...parts, "manifest.json"].sort());
    expect(manifest.files.map(({ path }) => path)).toEqual(parts);
    expect(manifest).toMatchObject({
      name: "fake",
      trained: true,
      seed: 7,
      spec: { imports: [{ path: "../common.mtl", file: "imports/1.mtl" }] },
      heads: [{ name: "ctr", keyword: "task", type: "P(click)", served: true }],
      schema: { features: [{ name: "price", kind: "numeric", input: "numbers", offset: 0, width: 1 }], numberWidth: 1 },
      parameters: [
        { name: "t.weight", shape: [1, 1], role: "parameter", variable: "w", stored: true },
        { name: "t.weight/m", role: "slot", stored: false },
      ],
      signatures: {
        predict: {
          inputs: [{ name: "numbers", dtype: "float32", shape: ["B", 1] }],
          outputs: [{ name: "ctr", dtype: "float32", shape: ["B"] }],
        },
      },
    });
  });

  it("comes back file by file, with the weights and without optimizer slots", async () => {
    await writeArtifact(directory, content("/a/specs/shop.mtl"));
    const read = await readArtifact(directory);
    expect(read.text("spec.mtl")).toBe("model shop\n");
    const weights = Buffer.from(read.bytes("weights.safetensors"));
    const length = Number(weights.readBigUInt64LE(0));
    const header = JSON.parse(weights.subarray(8, 8 + length).toString());
    expect(Object.keys(header)).toEqual(["__metadata__", "t.weight"]);
    expect([weights.readFloatLE(8 + length), weights.length]).toEqual([0.5, 12 + length]);
  });

  it("has the same bytes wherever the spec lies, and names no absolute path", async () => {
    await writeArtifact(directory, content("/a/specs/shop.mtl"));
    await writeArtifact(join(root, "other"), content("/home/someone/else/shop.mtl"));
    const files = filesOf(directory);
    expect(filesOf(join(root, "other"))).toEqual(files);
    for (const [name, bytes] of Object.entries(files))
      expect(Buffer.from(bytes, "base64").includes("/a/specs"), name).toBe(false);
  });

  it("replaces an artifact and nothing else", async () => {
    await writeArtifact(directory, content("/a/shop.mtl"));
    await writeArtifact(directory, { ...content("/a/shop.mtl"), metrics: { heads: { ctr: 1 } } });
    expect((await readArtifact(directory)).text("metrics.json")).toContain('"ctr": 1');
    const foreign = join(root, "photos");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "cat.jpg"), "");
    await expect(writeArtifact(foreign, content("/a/shop.mtl"))).rejects.toThrow(
      /MTL7205: `.*photos` is not an artifact and not empty \(it has `cat.jpg`\)/,
    );
    expect(readdirSync(foreign)).toEqual(["cat.jpg"]);
  });
});

describe("a directory that is not a whole artifact", () => {
  const change = (name: string, edit: (text: string) => string): void => {
    const file = join(directory, name);
    writeFileSync(file, edit(readFileSync(file, "utf8")));
  };
  const damages: readonly (readonly [string, () => void, RegExp])[] = [
    [
      "a file is cut",
      () => truncateSync(join(directory, "weights.safetensors"), 10),
      /MTL7203: .*weights\.safetensors` is damaged: it has 10 bytes/,
    ],
    [
      "a file has changed",
      () => change("spec.mtl", (text) => text.replace("shop", "shoq")),
      /MTL7203: .*spec\.mtl` is damaged: its SHA-256/,
    ],
    [
      "a file is gone",
      () => rmSync(join(directory, "fitted.json")),
      /MTL7203: .*fitted\.json` is damaged: there is no such file/,
    ],
    [
      "a newer mtlc wrote it",
      () => change("manifest.json", (text) => text.replace('"version": 1', '"version": 99, "news": 1')),
      /MTL7202: .* has artifact format 99, written by mtlc .* reads formats up to 1: update mtlc/,
    ],
    [
      "the manifest is not JSON",
      () => change("manifest.json", (text) => text.slice(0, 100)),
      /MTL7204: .*manifest\.json` does not follow the manifest's schema: it is not JSON/,
    ],
    [
      "the manifest is missing a field",
      () => change("manifest.json", (text) => text.replace('"seed"', '"sead"')),
      /MTL7204: .* must have required property 'seed'/,
    ],
    [
      "a path climbs out",
      () => change("manifest.json", (text) => text.replace('"path": "spec.mtl"', '"path": "../spec.mtl"')),
      /MTL7204: .*files\/\d+\/path` must match pattern/,
    ],
    [
      "there is no manifest",
      () => rmSync(join(directory, "manifest.json")),
      /MTL7201: .* is not an artifact: it has no `manifest\.json`/,
    ],
  ];
  it.each(damages)("is refused when %s", async (_, damage, message) => {
    await writeArtifact(directory, content("/a/shop.mtl"));
    damage();
    await expect(readArtifact(directory)).rejects.toThrow(message);
  });

  it("is told from one that does not exist and one that still trains", async () => {
    await expect(readArtifact(join(root, "none"))).rejects.toThrow(/MTL7201: .*it has no `manifest\.json`/);
    mkdirSync(join(root, "half/checkpoints"), { recursive: true });
    await expect(readArtifact(join(root, "half"))).rejects.toThrow(/its training is not finished/);
    writeFileSync(join(root, "file"), "");
    await expect(readArtifact(join(root, "file"))).rejects.toThrow(/MTL7201: .*a part of its path is a file/);
  });

  it("is whole again when it is copied again", async () => {
    await writeArtifact(directory, content("/a/shop.mtl"));
    cpSync(directory, join(root, "copy"), { recursive: true });
    expect((await readArtifact(join(root, "copy"))).manifest).toEqual((await readArtifact(directory)).manifest);
  });
});

describe("the manifest's schema", () => {
  it("refuses a manifest that we would write wrong", async () => {
    const manifest = await writeArtifact(directory, content("/a/shop.mtl"));
    expect(() => checkManifest({ ...manifest, seed: 0.5 } satisfies Manifest)).toThrow("`/seed` must be integer");
  });
});

describe("parts of an artifact", () => {
  it("keep vocabulary values with line ends and backslashes", () => {
    const values = ["plain", "two\nlines", "a\\n", "", "\r", " space "];
    expect(parseVocabulary(vocabularyText(values))).toEqual(values);
    expect(parseVocabulary("")).toEqual([]);
  });

  it("write a head's type as a spec does", () => {
    const event = (label: string) => ({ kind: "label", label }) as const;
    const not = { kind: "not", labels: ["buy", "click"] } as const;
    expect(headTypeText({ kind: "probability", event: [event("buy"), event("click")], given: [event("click")] })).toBe(
      "P(buy & click | click)",
    );
    expect(headTypeText({ kind: "probability", event: [not], given: [] })).toBe("P(not (buy & click))");
    expect(headTypeText({ kind: "expectation", label: "stay", given: [] })).toBe("E(stay)");
    expect(headTypeText({ kind: "score" })).toBe("score");
  });
});
