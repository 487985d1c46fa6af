/** The rows of the paper's protocol: the test file at random into halves, to choose on and to report. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { createRandom, shuffle } from "../../../src/runtime/data/batches/random.js";

/** Files of the data set, whole or a slice of it. */
export interface CensusFiles {
  readonly train: string;
  readonly test: string;
}

/** Files of one protocol; `rows` counts lines. */
export interface ProtocolFiles {
  readonly train: string;
  readonly validation: string;
  readonly test: string;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
}

const seed = 2018;

/**
 * Writes the halves of the test file, and as many training rows as `most` says, drawn at random, into `folder`. The same
 * files for the same data: lines keep their order.
 */
export function writeProtocol(files: CensusFiles, folder: string, most = Infinity): ProtocolFiles {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, lines: readonly string[]): string => {
    const file = join(folder, name);
    const bytes = gzipSync(`${lines.join("\n")}\n`, { level: 1 });
    // A file that is rewritten is another one to the data cache.
    if (!existsSync(file) || !readFileSync(file).equals(bytes)) writeFileSync(file, bytes);
    return file;
  };
  const all = linesOf(files.train);
  const train = all.length > most ? drawParts(all, most)[0] : all;
  const [validation, test] = drawParts(linesOf(files.test));
  return {
    train: train === all ? files.train : write(`train-${most}.csv.gz`, train),
    validation: write("validation.csv.gz", validation),
    test: write("test.csv.gz", test),
    rows: { train: train.length, validation: validation.length, test: test.length },
  };
}

/** Two parts of the items, drawn at random, each in the order of the items. */
export function drawParts<Item>(
  items: readonly Item[],
  count = Math.floor(items.length / 2),
): readonly [Item[], Item[]] {
  const order = Int32Array.from(items.keys());
  shuffle(order, createRandom(seed));
  const chosen = new Set(order.subarray(0, count));
  return [items.filter((_, i) => chosen.has(i)), items.filter((_, i) => !chosen.has(i))];
}

function linesOf(file: string): readonly string[] {
  return gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}
