import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { batchLayout } from "../../src/compiler/model/layout.js";
import { opTable } from "../../src/compiler/graph/index.js";
import { createGraphModel } from "../../src/compiler/targets/tfjs/index.js";
import { createRowEncoder } from "../../src/runtime/data/index.js";
import { createProgram, functionOf } from "../../src/runtime/engine/create-program.js";
import { fillSession, initialReader } from "../../src/runtime/engine/state.js";
import { createTfjsEngine } from "../../src/runtime/engine/tfjs.js";
import { createFeeds } from "../../src/runtime/measure/feeds.js";
import type { WebNetwork } from "../../src/runtime/web/content.js";
import type { openNetwork } from "../../src/runtime/web/network.js";
import { opCases } from "../engine/op-cases.js";
import { root } from "../architecture/source-imports.js";
import { shippedModels } from "../shipped-models.js";
import { someFitted, someRows } from "./some-rows.js";
import { bytesOf, weightsOf } from "../targets/contents.js";

const folder = join(root, "dist/web-module");
// The script that a module begins with; it has tfjs of its own, and of that what graphs need.
const { openNetwork: open } = new Function(
  `${readFileSync(join(folder, "runtime.js"), "utf8")}; return webRuntime;`,
)() as {
  readonly openNetwork: typeof openNetwork;
};
const wasm = [readFileSync(join(folder, "wasm.txt"), "utf8")];

/** Rows of a predict function need no ids that differ. */
const onlyInTraining = new Set(["unique", "uniqueIndex"]);

describe.each(["wasm", "cpu"] as const)("the code of web modules on %s", (backend) => {
  it("computes every op as the engine does", async () => {
    const cases = opCases(3).filter(
      ({ op }) => !(opTable[op].missingIn ?? []).includes("tfjs") && !onlyInTraining.has(op),
    );
    const engine = await createTfjsEngine("cpu");
    const session = await engine.open({ state: [], functions: cases.map(({ fn }) => fn) });
    for (const { name, fn, feeds } of cases) {
      const noState = (): never => {
        throw new Error("the function has no state");
      };
      const files = createGraphModel({ state: [], functions: [fn] }, name, noState, { generator: "test" });
      const opened = await open(networkOf(files), backend);
      expect(opened.backend).toBe(backend);
      expectNear(opened.run(feeds)["y"], session.run(name, feeds)["y"]?.data, name);
      opened.close();
    }
    session.close();
  });
});

describe("the code of web modules", () => {
  // What a graph needs besides its ops, such as shapes that are packed, only whole models show.
  it("computes every shipped spec as the engine does", { timeout: 300_000 }, async () => {
    const engine = await createTfjsEngine("cpu");
    for (const [name, model] of shippedModels) {
      const fitted = someFitted(model);
      const program = createProgram(model, fitted);
      const target = functionOf(program, "predict");
      const session = await engine.open(program, { functions: ["predict"] });
      await fillSession(session, program.state, initialReader(3));
      const files = createGraphModel(program, "predict", weightsOf(session.get()), { generator: "test" });
      const opened = await open(networkOf(files), "cpu");
      const batch = createRowEncoder(model, fitted, { mode: "serving" })(someRows(model, fitted, 5));
      const feeds = createFeeds(target, batchLayout(model))(batch);
      const found = opened.run(feeds);
      for (const [head, { data }] of Object.entries(session.run("predict", feeds)))
        expectNear(found[head], data, `${head} of ${name}`);
      opened.close();
      session.close();
    }
  });
});

function networkOf(files: ReturnType<typeof createGraphModel>): WebNetwork {
  const [model, ...shards] = files.map(({ content }) => bytesOf(content));
  const { modelTopology, signature, weightsManifest } = JSON.parse(Buffer.from(model ?? []).toString("utf8"));
  return {
    graph: { modelTopology, signature, weights: weightsManifest[0].weights },
    weights: [Buffer.concat(shards).toString("base64")],
    wasm,
  };
}

function expectNear(found: Float32Array | undefined, expected: Iterable<number> = [], name: string): void {
  const values = [...expected];
  expect(found?.length, name).toBe(values.length);
  for (const [at, value] of values.entries())
    expect(Math.abs((found?.[at] ?? NaN) - value), `${name} at ${at}`).toBeLessThanOrEqual(
      2e-7 + 1e-6 * Math.abs(value),
    );
}
