import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BatchLayout } from "../../src/compiler/model/layout.js";
import { sha256 } from "../../src/runtime/artifact/hash.js";
import { DamagedEntry } from "../../src/runtime/data/batches/cache.js";
import { openReadAhead, type OpenArranging } from "../../src/runtime/data/batches/ahead.js";
import type { BatchOptions, Dataset } from "../../src/runtime/data/batches/dataset.js";
import { openStoredDataset } from "../../src/runtime/data/batches/stored-dataset.js";
import { createArrange, type WindowJob } from "../../src/runtime/data/batches/windows.js";
import { createSharedRecords, recordWords } from "../../src/runtime/data/batches/records.js";

const layout = { ids: [], idWidth: 2, numbers: [], numberWidth: 1, labels: ["a"] } as const satisfies BatchLayout;

/** Two windows and a part of a third; a label of which one in seven is null. */
const rows = 150_000;

let folder = "";
let plain: Dataset;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-ahead-"));
  const width = recordWords(layout);
  const words = new Int32Array(rows * width);
  const floats = new Float32Array(words.buffer);
  for (let row = 0; row < rows; row++) {
    words.set([row, row % 11], row * width);
    floats.set([row / 2, row % 7 === 0 ? NaN : row % 2, 1 + (row % 3)], row * width + layout.idWidth);
  }
  writeFileSync(join(folder, "rows"), words);
  plain = open(() => undefined);
});
afterAll(() => {
  plain.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(openAhead: Parameters<typeof openStoredDataset>[2], memory = Infinity): Dataset {
  const rowsFile = join(folder, "rows");
  const hashes = { rows: sha256(readFileSync(rowsFile)) };
  return openStoredDataset({ rowsFile, rows, layout, report: { rows, columns: [] }, hashes }, { memory }, openAhead);
}

/** What the thread does, in this one; `count` is told each window that it puts in order. */
function arrangeHere(count: (job: WindowJob) => void = () => undefined): OpenArranging {
  return (setup) => {
    const arrange = createArrange(setup);
    return {
      submit: (job, done) => {
        count(job);
        setImmediate(() => done(arrange(job)));
      },
      close: () => undefined,
    };
  };
}

/** All numbers of an epoch's batches, as a hash. Promises are kept between two batches, as in a training. */
async function epochOf(data: Dataset, options: Partial<BatchOptions>): Promise<string> {
  const hash = createHash("sha256");
  for (const { size, rows: carried, ids, numbers, labels, known, weights } of data.batches({
    size: 1000,
    pad: true,
    ...options,
  })) {
    hash.update(`${size} ${carried}`);
    for (const part of [ids, numbers, labels, known, weights]) hash.update(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return hash.digest("hex");
}

const places = [
  ["in memory", Infinity],
  ["in a file", 0],
] as const;

describe.each(places)("windows of rows %s that another thread puts in order", (_, memory) => {
  it.each([1000, 1024, 60_000])("give the batches of %i rows that one thread gives, epoch by epoch", async (size) => {
    const windows: string[] = [];
    const count = ({ epoch, window }: WindowJob): void => void windows.push(`${epoch}/${window}`);
    const data = open((source, ...rest) => openReadAhead(source, ...rest, arrangeHere(count)), memory);
    for (const epoch of [0, 1, 2]) {
      const options = { size, shuffle: { seed: 5, epoch } };
      expect(await epochOf(data, options)).toBe(await epochOf(plain, options));
    }
    // Two windows are over before a thread pays; from then on each is asked for once, the first of an epoch that does not come included.
    expect(windows).toEqual(["0/2", "1/0", "1/1", "1/2", "2/0", "2/1", "2/2", "3/0"]);
    data.close();
  });

  it("are put in order here where they come too late, or are others than those that were asked for", async () => {
    const never: OpenArranging = () => ({ submit: () => undefined, close: () => undefined });
    const late = open((source, ...rest) => openReadAhead(source, ...rest, never), memory);
    const data = open((source, ...rest) => openReadAhead(source, ...rest, arrangeHere()), memory);
    const orders: readonly Partial<BatchOptions>[] = [
      { shuffle: { seed: 5, epoch: 0 } },
      { shuffle: { seed: 6, epoch: 4 }, skip: 99 },
      {},
      { shuffle: { seed: 6, epoch: 5 }, dropLast: true },
      { shuffle: { seed: 5, epoch: 1 }, pad: false, skip: 66 },
    ];
    for (const options of orders)
      for (const each of [late, data]) expect(await epochOf(each, options)).toBe(await epochOf(plain, options));
    late.close();
    data.close();
  });

  it("are for one reader at a time", async () => {
    const data = open((source, ...rest) => openReadAhead(source, ...rest, arrangeHere()), memory);
    const expected = await Promise.all([0, 1, 2].map((epoch) => epochOf(plain, { shuffle: { seed: 3, epoch } })));
    const found = await Promise.all([0, 1, 2].map((epoch) => epochOf(data, { shuffle: { seed: 3, epoch } })));
    expect(found).toEqual(expected);
    data.close();
  });

  it("are given up where the thread breaks, and not asked for of few rows", async () => {
    const broken: OpenArranging = (_setup, onLost) => ({ submit: () => onLost(), close: () => undefined });
    const data = open((source, ...rest) => openReadAhead(source, ...rest, broken), memory);
    for (const epoch of [0, 1])
      expect(await epochOf(data, { shuffle: { seed: 1, epoch } })).toBe(
        await epochOf(plain, { shuffle: { seed: 1, epoch } }),
      );
    data.close();
    expect(openReadAhead(createSharedRecords(layout, 100).words, layout, 100, arrangeHere())).toBeUndefined();
  });
});

it("a file that became shorter is refused by whoever puts its windows in order", () => {
  const path = join(folder, "short");
  writeFileSync(path, new Uint8Array(recordWords(layout) * 4 * (rows - 1)));
  expect(() => createArrange({ source: path, layout, rows })).toThrow(DamagedEntry);
});
