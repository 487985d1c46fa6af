import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runCli } from "./run-cli.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-rank-threads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("ranks a large file to the same bytes with threads beside the first one and without", async () => {
  const spec = join(folder, "page.mtl");
  writeFileSync(
    spec,
    "model page\nsignals { ctr: P(click) }\nattributes { brand: text }\nfusion score = ctr\n" +
      "rules home { spread brands at most 1 of brand in 3 }\nrank page = top 3 by score with home\n",
  );
  const file = join(folder, "rows.jsonl");
  const padding = "x".repeat(280);
  const rows = Array.from({ length: 120_000 }, (_, i) => {
    const row = { request: `r${Math.floor(i / 40)}`, id: `i${i}`, ctr: (i % 997) / 1000, brand: `b${i % 7}`, padding };
    return JSON.stringify(row);
  });
  // A request that is refused, and a name that nothing reads and that is like one that something does.
  rows[70_000] = JSON.stringify({ request: "r1750", id: "i1", ctr: "much", brand: "b" });
  rows[90_001] = JSON.stringify({ request: "r2250", id: "i1", ctr: 0.5, brandd: "b", brand: null });
  writeFileSync(file, rows.join("\n"));
  const words = ["rank", spec, file, "--format", "json", "--at", "2026-11-05"];
  const cache = join(folder, "cache");
  const rank = (threads: number) =>
    runCli(words, { ownProcess: true, environment: { MTLC_THREADS: String(threads), MTLC_CACHE: cache } });
  const [one, many] = [await rank(1), await rank(3)];
  expect(many).toEqual(one);
  expect(one.code).toBe(1);
  expect(one.out.split("\n").length).toBe(3001);
  expect(one.err).toContain("not answered");
  // What V8 made of the threads' code is kept, and is used only where it is whole.
  const kept = (): readonly string[] =>
    readdirSync(join(cache, "code"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /pool-thread.*-cjs-/.test(name),
    );
  const names = kept();
  expect(names.some((name) => name.includes(join("rank", "pool-thread", "pool-thread-cjs-")))).toBe(true);
  expect(names.some((name) => name.includes("blocks-service-cjs-"))).toBe(true);
  expect(await rank(3)).toEqual(one);
  for (const name of names) writeFileSync(join(cache, "code", name), "damaged");
  expect(await rank(3)).toEqual(one);
  expect(kept()).toEqual(names);
}, 60_000);
