/**
 * What `mtlc serve` goes through without a loss: many requests, kills, reloads under load, a damaged version, slow clients, bodies that are
 * wrong. Each part says what it saw; the exit code is 1 where one of them failed.
 */
import { loadavg, tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { machine, note, option, print, UsageError } from "./report.js";
import { makeShop } from "./serving/shop.js";
import { manyRequests, slowClients } from "./serving/soak-load.js";
import { reloads } from "./serving/soak-reloads.js";
import { kills } from "./serving/soak-kills.js";
import { malformedBodies } from "./serving/soak-malformed.js";
import type { Soak } from "./serving/soak.js";

export const summary = "mtlc serve under many requests, kills, reloads, damaged versions, slow clients, wrong bodies";

const soaks: readonly Soak[] = [manyRequests, reloads, slowClients, kills, malformedBodies];

/** `--requests N` (20,000; the full form has 200,000), `--reloads N` (20; 100), `--kills N` (5), `--only NAME`. */
export async function run(words: readonly string[]): Promise<void> {
  const only = option(words, "only", "");
  const chosen = soaks.filter(({ name }) => name.startsWith(only));
  if (chosen.length === 0) throw new UsageError(`--only is one of ${soaks.map(({ name }) => name).join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "mtlc-soak-"));
  const number = (name: string, fallback: number): number => Number(option(words, name, String(fallback)));
  try {
    note("training the shop of `mtlc init`");
    const size = { requests: number("requests", 20_000), reloads: number("reloads", 20), kills: number("kills", 5) };
    const artifact = makeShop(folder);
    for (const { name, run: soak } of chosen) {
      const started = performance.now();
      const { lines, failures } = await soak({ ...size, folder, artifact });
      print(
        `${failures.length === 0 ? "ok    " : "FAILED"} ${name} (${((performance.now() - started) / 1000).toFixed(0)} s)`,
      );
      for (const line of [...lines, ...failures]) print(`       ${line}`);
      if (failures.length > 0) process.exitCode = 1;
    }
    print(`\n${machine()}; load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
