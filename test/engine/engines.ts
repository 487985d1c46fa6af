/** The engines of this machine, for tests that run on each. */
import { describe } from "vitest";
import type { Engine, EngineName } from "../../src/runtime/engine/engine.js";
import { loadStepsAddon, setUpSteps } from "../../src/runtime/engine/fused/addon.js";
import { createFusedEngine } from "../../src/runtime/engine/fused/engine.js";
import { createNativeEngine } from "../../src/runtime/engine/native.js";
import { createOnnxEngine } from "../../src/runtime/engine/onnx/engine.js";
import { createTfjsEngine } from "../../src/runtime/engine/tfjs.js";

const native = createNativeEngine();

/** Set when the native engine cannot be tested here. */
export const nativeMissing =
  "reasons" in native
    ? `native engine: ${native.reasons.join("; ") || "not installed, run `npm run setup`"}`
    : undefined;

const noSteps = await setUpSteps(() => undefined);

/** Set when the fused engine cannot be tested here. */
export const fusedMissing =
  loadStepsAddon() === undefined ? `fused engine: ${noSteps ?? "its addon does not load"}` : undefined;

/** What the fused engine does not run is opened on plain JavaScript. */
const fused = createFusedEngine(process.env, () => createTfjsEngine("cpu"));

/** A describe block for each engine; the fused and the native one are skipped, saying why, where they are missing. */
export function describeEngines(what: string, test: (engine: () => Promise<Engine>, name: EngineName) => void): void {
  if (fused === undefined) describe.skip(`${what} (${fusedMissing})`, () => {});
  else describe(`${what} on fused`, () => test(async () => fused, "fused"));
  if ("reasons" in native) describe.skip(`${what} (${nativeMissing})`, () => {});
  else describe(`${what} on native`, () => test(async () => native, "native"));
  for (const name of ["wasm", "cpu"] as const) {
    describe(`${what} on ${name}`, () => test(() => createTfjsEngine(name), name));
  }
}

const onnx = createOnnxEngine();

/** The engine that only predicts; `undefined` where onnxruntime-node is not installed. */
export const onnxEngine = "reasons" in onnx ? undefined : onnx;

/** A describe block for the engine `onnx`, skipped, saying why, where its package is missing. */
export function describeOnnx(what: string, test: (engine: Engine) => void): void {
  if ("reasons" in onnx) describe.skip(`${what} (${onnx.reasons.join("; ")})`, () => {});
  else describe(what, () => test(onnx));
}
