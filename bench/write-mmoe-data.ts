/**
 * Writes data of MMoE's synthetic experiment for the specs in `bench/papers/specs/mmoe-synthetic`: `npm run bench -- write-mmoe-data`.
 * The same flags give the same bytes.
 */
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createDataSet, type DataSet, streams } from "./papers/mmoe-synthetic/generator.js";
import { generatorOf, numberOption } from "./papers/mmoe-synthetic/options.js";
import { option, print, projectRoot, UsageError } from "./report.js";

export const summary = "writes data of MMoE's synthetic experiment: two tasks of a chosen correlation";

/**
 * `--correlation 0.5`, `--rows 100000`, `--test-rows 10000`, `--seed 1`, `--output FOLDER` (the specs' `data`), and the flags of
 * {@link generatorOf}: `--preset`, `--dimension`, `--scale`, `--alphas`, `--betas`, `--noise`.
 */
export async function run(words: readonly string[]): Promise<void> {
  const generator = generatorOf(words);
  const correlation = numberOption(words, "correlation", 0.5);
  if (Math.abs(correlation) > 1) throw new UsageError("--correlation is from -1 to 1");
  const data = createDataSet(generator, correlation, numberOption(words, "seed", 1));
  const folder = option(words, "output", join(projectRoot, "bench/papers/specs/mmoe-synthetic/data"));
  mkdirSync(folder, { recursive: true });
  const counts = { train: numberOption(words, "rows", 100_000), test: numberOption(words, "test-rows", 10_000) };
  for (const role of ["train", "test"] as const) {
    const path = join(folder, `${role}.csv`);
    const stream = role === "train" ? streams.train : streams.end;
    await pipeline(Readable.from(linesOf(data, stream, generator.dimension, counts[role])), createWriteStream(path));
    print(`${path}: ${counts[role]} rows`);
  }
}

/** CSV, some rows at a time; numbers as short as they are read back to the same bits of 32. */
export function* linesOf(data: DataSet, stream: number, dimension: number, count: number): Generator<string> {
  const next = data.stream(stream);
  yield `${[...Array.from({ length: dimension }, (_, i) => `x_${i + 1}`), "y_1", "y_2"].join(",")}\n`;
  for (let done = 0; done < count; done += 1000) {
    const rows = Math.min(1000, count - done);
    const [x, y] = [new Float32Array(rows * dimension), new Float32Array(rows * 2)];
    next({ x, y });
    const line = (_: unknown, row: number): string =>
      [...x.subarray(row * dimension, (row + 1) * dimension), ...y.subarray(2 * row, 2 * row + 2)]
        .map((value) => Number(value.toPrecision(9)))
        .join(",");
    yield `${Array.from({ length: rows }, line).join("\n")}\n`;
  }
}
