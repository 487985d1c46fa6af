import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StateVariable } from "../../src/compiler/graph/graph.js";
import { heldReader, holdState } from "../../src/runtime/engine/state.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";
import {
  type Checkpoint,
  hasCheckpoint,
  readLatestCheckpoint,
  writeCheckpoint,
} from "../../src/runtime/train/checkpoint.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mtlc-checkpoint-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const tensor = (...values: number[]): HostTensor => ({ shape: [values.length], data: Float32Array.from(values) });

const constant = { kind: "constant", value: 0 } as const;
const variables: readonly StateVariable[] = [
  {
    name: "w",
    type: { dtype: "float32", shape: [2] },
    role: "parameter",
    pieces: [{ name: "w", row: 0, rows: 2, initializer: constant }],
  },
  {
    name: "step",
    type: { dtype: "int32", shape: [] },
    role: "step",
    pieces: [{ name: "step", row: 0, rows: 1, initializer: constant }],
  },
];

/** A checkpoint with its state read: two of them can be compared. */
const whole = (found: Checkpoint | undefined) =>
  found === undefined ? undefined : { ...found, state: [...holdState(variables, found.state)] };

const checkpoint = (step: number): Checkpoint => ({
  run: { model: "m", fitted: "f", seed: 7, batch: 32, rows: 1000, data: "d", evaluation: "" },
  position: { step, epoch: 1, batch: 3, rows: 96, sums: [0.1 + 0.2, 1e-300] },
  history: [{ epoch: 1, step: 30, losses: { loss: 0.7 }, best: true }],
  stop: { best: { value: 0.8, epoch: 1, step: 30 }, waited: 1 },
  state: heldReader(
    new Map([
      ["w", tensor(step, 0.1)],
      ["step", { shape: [], data: Int32Array.of(step) }],
    ]),
  ),
  best: new Map([["w", tensor(-1, 0.25)]]),
});

describe("checkpoints", () => {
  it("come back as they were, bit for bit", async () => {
    await writeCheckpoint(directory, checkpoint(33), variables, 2);
    const { checkpoint: found, warnings } = await readLatestCheckpoint(directory);
    expect(whole(found)).toEqual(whole(checkpoint(33)));
    expect(warnings).toEqual([]);
  });

  it("keep the newest ones, and nothing temporary", async () => {
    for (const step of [9, 10, 1_000_000]) await writeCheckpoint(directory, checkpoint(step), variables, 2);
    expect(readdirSync(directory)).toEqual(["step-000000000010", "step-000001000000"]);
    expect((await readLatestCheckpoint(directory)).checkpoint?.position.step).toBe(1_000_000);
  });

  it.each([
    ["a tensor file is cut", (folder: string) => truncateSync(join(folder, "state.safetensors"), 20)],
    ["a tensor file is gone", (folder: string) => rmSync(join(folder, "best.safetensors"))],
    [
      "a bit of a tensor has flipped",
      (folder: string) => {
        const file = join(folder, "state.safetensors");
        const bytes = readFileSync(file);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    ],
    [
      "the record has changed",
      (folder: string) => {
        const file = join(folder, "checkpoint.json");
        writeFileSync(file, readFileSync(file, "utf8").replace('"step": 2', '"step": 3'));
      },
    ],
  ])("fall back to the one before, with a warning, when %s", async (_, damage) => {
    await writeCheckpoint(directory, checkpoint(1), variables, 2);
    damage(await writeCheckpoint(directory, checkpoint(2), variables, 2));
    const { checkpoint: found, warnings } = await readLatestCheckpoint(directory);
    expect(whole(found)).toEqual(whole(checkpoint(1)));
    expect(warnings.map((warning) => warning.code)).toEqual(["MTL7305"]);
    expect(warnings[0]?.message).toContain("step-000000000002");
  });

  it("are none in an empty or missing directory", async () => {
    expect(await readLatestCheckpoint(join(directory, "none"))).toEqual({ warnings: [] });
    expect(await hasCheckpoint(directory)).toBe(false);
    expect(existsSync(join(directory, "none"))).toBe(false);
  });
});
