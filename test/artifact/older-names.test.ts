import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRunNote } from "../../src/runtime/artifact/index.js";
import { metricsFile, readEvaluation } from "../../src/runtime/measure/stored-measured.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-older-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("files beside weights, with the names of 0.1.0 before they froze", () => {
  const heads = { ctr: { rows: 9, auc: 0.5 } };

  it("give the same evaluation", () => {
    expect(readEvaluation({ role: "test", tasks: heads })).toEqual({ role: "test", heads });
    expect(readEvaluation(metricsFile({ role: "test", heads }) as { role: "test" })).toEqual({ role: "test", heads });
  });

  it("say which epoch was kept", async () => {
    writeFileSync(join(folder, "run.json"), '{"spec": "/m.mtl", "finished": {"steps": 8, "epochs": 2, "epoch": 1}}');
    expect(await readRunNote(folder)).toEqual({
      spec: "/m.mtl",
      finished: { steps: 8, epochs: 2, keptEpoch: 1, keptStep: 8 },
    });
  });
});
