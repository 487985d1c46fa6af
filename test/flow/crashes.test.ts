import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCrashDrill, type DrillResult } from "../../bench/crash-drill.js";
import { redisProgram, startRedis, withoutRedis } from "../../bench/redis-server.js";

const root = resolve(import.meta.dirname, "../..");
const place = { root, module: join(root, ".mtlc", `drill-${process.pid}.mjs`) };

// The servers are processes of their own, which run JavaScript: the sources joined to one file, inside the project so that its
// packages are found.
beforeAll(async () => {
  const bundle = await rolldown({
    input: join(root, "src/runtime/flow/index.ts"),
    platform: "node",
    external: (id) => !id.startsWith(".") && !id.startsWith("/"),
    resolve: { extensionAlias: { ".js": [".ts"] } },
  });
  await bundle.write({ file: place.module, format: "esm", codeSplitting: false });
  await bundle.close();
});
afterAll(() => rmSync(place.module, { force: true }));

function expectSound(result: DrillResult, values: number): void {
  expect(result).toMatchObject({ overshoot: 0, acknowledgedLoss: 0 });
  // The survivors spent everything that no killed server holds.
  expect(result.granted).toBe(result.limit);
  expect(result.served).toBe(result.limit - result.stranded);
  expect(result.stranded).toBeGreaterThan(0);
  expect(result.worstStranded).toBeLessThanOrEqual(result.block);
  expect(result.stranded).toBeLessThanOrEqual(result.kills * result.block * values);
}

// The full drill is `npm run bench -- flow`: 4 processes × 50 kills on SQLite, 2 × 50 on Redis.
describe("servers killed with kill -9 at random points", () => {
  it("on SQLite show no item over its limit, and strand a block each at most", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mtlc-drill-"));
    try {
      const store = `sqlite:${join(folder, "permits.db")}`;
      const result = await runCrashDrill({ ...place, store, processes: 4, kills: 3, values: 12, limit: 3000, seed: 1 });
      expectSound(result, 12);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 40_000);

  (redisProgram === undefined ? it.skip : it)(
    `on a real Redis, which is killed as well, do neither${withoutRedis}`,
    async () => {
      const redis = await startRedis();
      try {
        const result = await runCrashDrill({
          ...place,
          store: redis.url,
          processes: 2,
          kills: 3,
          values: 12,
          limit: 3000,
          seed: 2,
          crashStore: () => redis.restart(),
          storeCrashes: 2,
        });
        expectSound(result, 12);
      } finally {
        await redis.stop();
      }
    },
    40_000,
  );
});
