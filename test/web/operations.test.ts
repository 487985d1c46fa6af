import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { opTable } from "../../src/compiler/graph/index.js";
import { createGraphModel } from "../../src/compiler/targets/tfjs/index.js";
import { createTfjsEngine } from "../../src/runtime/engine/tfjs.js";
import type { WebNetwork } from "../../src/runtime/web/content.js";
import type { openNetwork } from "../../src/runtime/web/network.js";
import { opCases } from "../engine/op-cases.js";
import { root } from "../architecture/source-imports.js";
import { bytesOf } from "./web-specs.js";

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
      const [model, ...shards] = files.map(({ content }) => bytesOf(content));
      const { modelTopology, signature, weightsManifest } = JSON.parse(Buffer.from(model ?? []).toString("utf8"));
      const network: WebNetwork = {
        graph: { modelTopology, signature, weights: weightsManifest[0].weights },
        weights: [Buffer.concat(shards).toString("base64")],
        wasm,
      };
      const opened = await open(network, backend);
      expect(opened.backend).toBe(backend);
      const expected = [...(session.run(name, feeds)["y"]?.data ?? [])];
      const found = [...(opened.run(feeds)["y"] ?? [])];
      expect(found.length, name).toBe(expected.length);
      for (const [at, value] of expected.entries())
        expect(Math.abs((found[at] ?? NaN) - value), `${name} at ${at}`).toBeLessThanOrEqual(
          2e-7 + 1e-6 * Math.abs(value),
        );
      opened.close();
    }
    session.close();
  });
});
