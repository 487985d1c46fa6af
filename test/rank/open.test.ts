import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import type * as flowModule from "../../src/runtime/flow/index.js";
import type * as sourceModule from "../../src/runtime/rank/open-source.js";
import { createRanker } from "../../src/runtime/rank/index.js";

const log: string[] = [];

vi.mock("../../src/runtime/flow/index.js", async (original: () => Promise<typeof flowModule>) => {
  const real = await original();
  const openPermitStore: typeof real.openPermitStore = async (...call) => {
    const store = await real.openPermitStore(...call);
    log.push("store opened");
    return {
      ...store,
      close: async () => {
        log.push("store closed");
        await store.close();
      },
    };
  };
  return { ...real, openPermitStore };
});

vi.mock("../../src/runtime/rank/open-source.js", async (original: () => Promise<typeof sourceModule>) => {
  const real = await original();
  const openRankSource: typeof real.openRankSource = async (...call) => {
    const source = await real.openRankSource(...call);
    log.push("source opened");
    return { ...source, close: () => void log.push("source closed") };
  };
  return { ...real, openRankSource };
});

const folder = mkdtempSync(join(tmpdir(), "mtlc-rank-open-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const spec = join(folder, "page.mtl");
writeFileSync(spec, "model page\nsignals { s: number >= 0 }\nfusion score = s\nrank feed = top 5 by score\n");
beforeEach(() => void log.splice(0));

describe("opening a ranker", () => {
  const flow = { store: "memory:", server: "a" };

  it("leaves its parts open until it is closed", async () => {
    const ranker = await createRanker(spec, { flow });
    expect(log).toEqual(["source opened", "store opened"]);
    await ranker.close();
    expect(log.slice(2)).toEqual(["store closed", "source closed"]);
  });

  it("closes what it opened when a later step fails", async () => {
    await expect(createRanker(spec, { flow, ranking: "other" })).rejects.toThrow("MTL7510");
    expect(log).toEqual(["source opened", "source closed"]);
    log.splice(0);
    await expect(createRanker(spec, { flow: { ...flow, store: "postgres://x" } })).rejects.toThrow("MTL7533");
    expect(log).toEqual(["source opened", "source closed"]);
    log.splice(0);
    const failing = {
      ...flow,
      get namespace(): string {
        throw new Error("no namespace today");
      },
    };
    await expect(createRanker(spec, { flow: failing })).rejects.toThrow("no namespace today");
    expect(log).toEqual(["source opened", "store opened", "store closed", "source closed"]);
  });
});
