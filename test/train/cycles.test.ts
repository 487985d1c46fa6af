/** Trainings one after another in one process: each gives back what it took. `npm run bench -- memory` measures the process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, expect, it } from "vitest";
import { starterFiles } from "../../src/cli/commands/init/starter.js";
import { train } from "../../src/index.js";
import { loadBinding } from "../../src/runtime/engine/native-binding.js";
import { fusedMissing, nativeMissing } from "../engine/engines.js";

const root = mkdtempSync(join(tmpdir(), "mtlc-cycles-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
for (const [name, text] of Object.entries(starterFiles())) writeFileSync(join(root, name), text);

/** Tensors and sessions that are there. */
function held(engine: string): readonly number[] {
  const found = loadBinding();
  if (engine !== "native" || found.kind !== "loaded") return [tf.memory().numTensors];
  return [found.binding.getNumOfTensors(), found.binding.getNumOfSavedModels()];
}

const missing: Readonly<Record<string, string | undefined>> = { native: nativeMissing, fused: fusedMissing };

for (const engine of ["fused", "native", "wasm", "cpu"] as const)
  it.skipIf(missing[engine] !== undefined)(
    `compile, train and dispose on ${engine} leaves neither tensors nor sessions`,
    { timeout: 120_000 },
    async () => {
      const cycle = (): Promise<unknown> => train({ spec: join(root, "model.mtl"), steps: 2, engine });
      await cycle();
      const first = held(engine);
      for (let i = 0; i < 2; i++) await cycle();
      expect(held(engine)).toEqual(first);
    },
  );
