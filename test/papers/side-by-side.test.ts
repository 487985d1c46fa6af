import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openWorkers } from "../../bench/papers/side-by-side.js";

const worker = join(import.meta.dirname, "doubling-worker.mjs");
interface Done {
  readonly doubled: number;
  readonly threads: string;
  readonly by: number;
}

describe("workers of an experiment", () => {
  it("do each job once, over several runs, each with one thread", async () => {
    const pool = openWorkers<{ readonly value: number }, Done>(worker, 2);
    const seen: (readonly [number, Done])[] = [];
    await pool.run(
      [1, 2, 3].map((value) => ({ value })),
      (job, result) => seen.push([job.value, result]),
    );
    await pool.run([{ value: 4 }, { value: 5 }], (job, result) => seen.push([job.value, result]));
    pool.close();
    expect(seen.map(([value, { doubled }]) => [value, doubled]).toSorted()).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
      [4, 8],
      [5, 10],
    ]);
    expect(new Set(seen.map(([, { by }]) => by)).size).toBe(2);
    expect(new Set(seen.map(([, { threads }]) => threads))).toEqual(new Set(["1"]));
  });

  it("say that one ended", async () => {
    const pool = openWorkers<{ readonly value: number }, Done>(worker, 1);
    const results: number[] = [];
    const jobs = [{ value: 1 }, { value: -1 }, { value: 2 }];
    await expect(pool.run(jobs, (_, { doubled }) => results.push(doubled))).rejects.toThrow("ended: exit code 3");
    expect(results).toEqual([2]);
  });
});
