import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEventLog } from "../../src/cli/views/event-log.js";
import { createDiagnostic } from "../../src/compiler/diagnostics/index.js";
import { train } from "../../src/index.js";
import { noLocation } from "../../src/runtime/failure.js";
import { createTiny, type Tiny } from "../train/tiny.js";

let tiny: Tiny;
beforeAll(() => {
  tiny = createTiny();
});
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));

function linesOf(path: string): readonly Record<string, unknown>[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("the log of a run", () => {
  it("has a JSON object per line for what happens, in its order", async () => {
    const path = join(tiny.root, "run.jsonl");
    const log = createEventLog(path);
    const spec = tiny.spec("m", { train: "validate_every: 5" });
    await train({ spec, output: join(tiny.root, "out"), engine: "cpu", onEvent: log.write });
    log.close();
    const lines = linesOf(path);
    expect(lines.map(({ event }) => event).filter((event) => event !== "progress" && event !== "data")).toEqual([
      "engine",
      "encoded",
      "encoded",
      "started",
      "validated",
      "epoch",
      "checkpoint",
      "validated",
      "validated",
      "epoch",
      "finished",
      "saved",
    ]);
    for (const { time } of lines) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const epoch = lines.find(({ event }) => event === "epoch");
    expect(epoch).toMatchObject({ record: { epoch: 1, step: 8, evaluation: { heads: { ctr: { rows: 24 } } } } });
  });

  it("adds to a file, writes diagnostics as other documents do, and numbers that are not finite as null", () => {
    const path = join(tiny.root, "more.jsonl");
    const event = {
      kind: "warning",
      diagnostic: createDiagnostic("MTL7330", { directory: "out" }, noLocation("out")),
    } as const;
    for (let run = 0; run < 2; run += 1) {
      const log = createEventLog(path);
      log.write(event);
      log.write({ kind: "compiled", seconds: Infinity });
      log.close();
    }
    expect(linesOf(path)).toHaveLength(4);
    expect(linesOf(path)[2]).toMatchObject({ event: "warning", diagnostic: { code: "MTL7330", severity: "info" } });
    expect(linesOf(path)[3]).toMatchObject({ event: "compiled", seconds: null });
  });

  it("does not touch a file that holds something else", () => {
    const path = join(tiny.root, "model.mtl");
    for (const text of ["model m\n", '{"time', '{"event":"saved"}\n', "\n"]) {
      writeFileSync(path, text);
      expect(() => createEventLog(path)).toThrow(/MTL8008.*was not written by `--log`/s);
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    writeFileSync(path, "");
    createEventLog(path).close();
  });

  it("is refused where it cannot be written", () => {
    mkdirSync(join(tiny.root, "folder"));
    expect(() => createEventLog(join(tiny.root, "folder"))).toThrow("MTL8008");
  });
});
