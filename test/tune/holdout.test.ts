import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTune, type TuneCommand } from "../../src/cli/commands/tune/run.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { tuneView } from "../../src/cli/commands/tune/view.js";
import { createDraws } from "../../src/runtime/tune/index.js";
import { splitByUser } from "../../src/runtime/tune/log/split.js";

/** `MTLC_TUNE_LOGS=200` runs the full count. */
const logs = Number(process.env["MTLC_TUNE_LOGS"] ?? 40);

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-holdout-"));
  writeFileSync(
    join(folder, "plain.mtl"),
    "model plain\nsignals {\n  ctr: P(click)\n  cvr: P(buy | click)\n}\nparams { a: 0.3 in [0, 2] }\n" +
      "fusion score = ctr * safe_pow(cvr, a)\nrank feed = top 5 by score\n",
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two requests of eight rows per user; `effect` says how much of a value cvr is, and the rest is noise. */
function writeLog(seed: number, users: number, effect: number): string {
  const { uniform } = createDraws(seed, 0x10c5);
  const lines = Array.from({ length: users * 16 }, (_, row) => {
    const [ctr, cvr, noise] = [uniform(), uniform(), uniform()];
    return [`q${row >> 3}`, `u${row >> 4}`, ctr, cvr, effect * cvr + (1 - effect) * noise].join(",");
  });
  const path = join(folder, "log.csv");
  writeFileSync(path, `request,who,ctr,cvr,value\n${lines.join("\n")}\n`);
  return path;
}

function command(path: string, seed = 1): TuneCommand {
  return {
    spec: join(folder, "plain.mtl"),
    log: [path],
    objectives: ["ndcg@5(value)"],
    guards: [],
    user: "who",
    holdout: 0.2,
    budget: 16,
    seed,
    floor: 100,
    write: false,
  };
}

describe("without a time, users are held out", () => {
  it("a seeded share, and an effect that is there is found on them", async () => {
    const { result } = await runTune(command(writeLog(1, 200, 0.6)));
    expect(result.log).toMatchObject({ users: 160, requests: 320 });
    expect(result.log.holdout).toEqual({ rows: 640, requests: 80, users: 40, by: "user", totalUsers: 200 });
    expect(result.objectives[0]?.difference.interval?.low).toBeGreaterThan(0);
    const text = tuneView.human(result, createTerminal({}));
    expect(text).toContain("; 40 of 200 users held out\n");
    expect(text).toContain("proposed (held out)");
  });

  it("at least 20 of them, or none: there is no interval then", async () => {
    const few = await runTune(command(writeLog(2, 100, 0.6)));
    expect(few.result.log.holdout).toMatchObject({ users: 20, totalUsers: 100 });
    expect(few.result.objectives[0]?.difference.interval).toBeDefined();
    const fewer = await runTune(command(writeLog(3, 97, 0.6)));
    expect(fewer.result.log.holdout).toBeUndefined();
    expect(fewer.result.objectives[0]?.difference.interval).toBeUndefined();
    expect(tuneView.human(fewer.result, createTerminal({}))).toContain("; nothing held out: too few users\n");
  });

  it("all requests of a user are on one side, and another seed draws others", () => {
    const users = Int32Array.from({ length: 600 }, (_, row) => Math.floor(row / 2) % 100);
    const requests = Int32Array.from({ length: 600 }, (_, row) => row >> 1);
    const order = Int32Array.from(requests.keys());
    const heldUsers = (seed: number): readonly number[] => {
      const split = splitByUser({ order, requests, users }, { holdout: 0.3, seed });
      const [train, held] = [split?.train ?? order, split?.held ?? order].map(
        (rows) => new Set(Array.from(rows, (row) => users[row] as number)),
      );
      expect([...(held ?? [])].filter((user) => train?.has(user))).toEqual([]);
      expect((train?.size ?? 0) + (held?.size ?? 0)).toBe(100);
      return [...(held ?? [])].sort((a, b) => a - b);
    };
    expect(heldUsers(1)).toHaveLength(30);
    expect(heldUsers(1)).toEqual(heldUsers(1));
    expect(heldUsers(1)).not.toEqual(heldUsers(2));
  });
});

it(`of ${logs} logs without any effect, at most one in twenty has an interval above 0`, async () => {
  let claims = 0;
  for (let seed = 1; seed <= logs; seed++) {
    const { result } = await runTune(command(writeLog(1000 + seed, seed % 2 === 0 ? 100 : 150, 0), seed));
    const { interval } = result.objectives[0]?.difference ?? {};
    if (interval === undefined) throw new Error("nothing is held out");
    claims += Number(interval.low > 0);
  }
  // Of few logs, what 5 % exceeds in one of twenty series only.
  expect(claims).toBeLessThanOrEqual(logs >= 200 ? logs * 0.05 : upperCount(logs, 0.05));
}, 600_000);

/** The smallest k with P(X ≤ k) ≥ 0.95 for X binomial. */
function upperCount(n: number, p: number): number {
  let mass = (1 - p) ** n;
  let sum = mass;
  for (let k = 0; ; k++) {
    if (sum >= 0.95) return k;
    mass *= ((n - k) / (k + 1)) * (p / (1 - p));
    sum += mass;
  }
}
