import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileOrder, type Order, shuffledOrder, windowRows } from "../../src/runtime/data/batches/shuffle.js";
import { bag, categorical, duckdb, event, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

/** The rows of an order, one after the other. */
function listRows(order: Order): number[] {
  const rows: number[] = [];
  for (let i = 0; i < order.windows; i++) {
    const window = order.window(i);
    expect(window.first).toBe(rows.length);
    const places = Int32Array.from(
      window.runs.flatMap(({ start, rows: n }) => Array.from({ length: n }, (_, k) => start + k)),
    );
    expect(places.length).toBe(window.rows);
    window.arrange(places);
    for (const row of places) rows.push(row);
  }
  return rows;
}

describe("the shuffled order", () => {
  it("has every row once", () => {
    for (const rows of [0, 1, 255, 256, 257, windowRows - 1, windowRows, windowRows + 1, 3 * windowRows + 300]) {
      const order = listRows(shuffledOrder(rows, 1, 0));
      expect(order.length).toBe(rows);
      const seen = new Uint8Array(rows);
      for (const row of order) seen[row] = 1;
      expect(seen.every((x) => x === 1)).toBe(true);
    }
  });

  it("differs by seed and epoch and is the same otherwise", () => {
    const order = (seed: number, epoch: number) => listRows(shuffledOrder(1000, seed, epoch)).join();
    expect(order(1, 0)).toBe(order(1, 0));
    expect(new Set([order(1, 0), order(1, 1), order(2, 0), order(0, 1), order(0, 0)]).size).toBe(5);
  });

  it("gives each row an equal chance of each place, within a window", () => {
    const counts = new Int32Array(100);
    for (let seed = 0; seed < 20_000; seed++) {
      const order = listRows(shuffledOrder(10, seed, 3));
      order.forEach((row, place) => (counts[row * 10 + place]! += 1));
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    // 81 degrees of freedom: between 40 and 140 but for less than one in ten thousand.
    expect(chiSquare).toBeGreaterThan(40);
    expect(chiSquare).toBeLessThan(140);
  });

  it("mixes the whole file into each window", () => {
    const rows = 8 * windowRows;
    const order = listRows(shuffledOrder(rows, 5, 0));
    for (let window = 0; window < 8; window++) {
      const part = order.slice(window * windowRows, (window + 1) * windowRows);
      const mean = part.reduce((sum, row) => sum + row, 0) / windowRows / rows;
      // The deviation of the mean of 256 blocks is 0.29 / 16.
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.08);
    }
  });

  it("in file order is the file's", () => {
    expect(listRows(fileOrder(windowRows + 7))).toEqual(Array.from({ length: windowRows + 7 }, (_, i) => i));
  });
});

describe("batches", () => {
  const rows = 1000;
  const folder = folderWith({
    "a.csv": `x,name,tags,y\n${Array.from({ length: rows }, (_, i) => `${i},n${i % 7},${i % 2 === 0 ? "p|q" : ""},${i % 3 === 0 ? 1 : i % 3 === 1 ? 0 : ""}`).join("\n")}\n`,
  });
  const model = spec(
    { train: source("a.csv") },
    [numeric("x"), categorical("name"), bag("tags", { max: 2 })],
    [event("y")],
  );

  it("are padded with rows of no weight, or cut short", async () => {
    const { train } = await openIn(folder, model);
    const padded = [...(train?.batches({ size: 300, pad: true }) ?? [])].at(-1);
    expect([padded?.rows, padded?.size, padded?.weights.length]).toEqual([100, 300, 300]);
    const short = [...(train?.batches({ size: 300, pad: false }) ?? [])].at(-1);
    expect([short?.rows, short?.size, short?.weights.length, short?.ids.length]).toEqual([100, 100, 100, 300]);
    const last = padded?.ids.slice(299 * 3);
    expect(last).toEqual(Int32Array.of(-1, -1, -1));
    expect(padded?.weights.slice(99, 102)).toEqual(Float32Array.of(1, 0, 0));
    expect(padded?.known.slice(100)).toEqual(new Float32Array(200));
  });

  it("leave out the rows that fill none, where they are told to and there are others", async () => {
    const { train } = await openIn(folder, model);
    for (const [size, batches] of [
      [300, 3],
      [250, 4],
      [2000, 1],
    ] as const) {
      const options = { size, pad: true, dropLast: true };
      expect([...(train?.batches(options) ?? [])].length).toBe(batches);
      expect(train?.batchCount(options)).toBe(batches);
    }
  });

  it("reuse their arrays", async () => {
    const { train } = await openIn(folder, model);
    const arrays = new Set([...(train?.batches({ size: 100, pad: true }) ?? [])].map((batch) => batch.ids));
    expect(arrays.size).toBe(1);
  });

  it("go on where an epoch was left", async () => {
    const { train } = await openIn(folder, model);
    for (const shuffle of [undefined, { seed: 3, epoch: 1 }]) {
      const options = { size: 64, pad: true, ...(shuffle === undefined ? {} : { shuffle }) };
      const all = rowsOf(train, options);
      for (const skip of [0, 1, 7, 15, 16, 20])
        expect(rowsOf(train, { ...options, skip })).toEqual(all.slice(skip * 64));
    }
  });

  it("go on in the middle of a file of many windows", async () => {
    const many = 3 * windowRows + 100;
    const large = folderWith();
    await duckdb(`COPY (SELECT i AS x FROM range(${many}) t(i)) TO '${join(large, "a.parquet")}'`);
    const { train } = await openIn(large, spec({ train: source("a.parquet", "parquet") }, [numeric("x")]));
    for (const epoch of [0, 1, 2, 3]) {
      const options = { size: 1000, pad: false, shuffle: { seed: 1, epoch } };
      const all = rowsOf(train, options).map(({ numbers: [x] }) => x);
      for (const skip of [64, 65, 66, 131, 132, 196])
        expect(rowsOf(train, { ...options, skip }).map(({ numbers: [x] }) => x)).toEqual(all.slice(skip * 1000));
    }
  });

  it("of two iterators do not mix", async () => {
    const { train } = await openIn(folder, model);
    const [a, b] = [train?.batches({ size: 10, pad: true }), train?.batches({ size: 10, pad: true })];
    a?.next();
    a?.next();
    const second = b?.next().value;
    expect(second?.numbers[0]).toBe(0);
  });

  it("hold the same rows in any order", async () => {
    const { train } = await openIn(folder, model);
    const key = (row: ReturnType<typeof rowsOf>[number]) => JSON.stringify(row);
    const shuffled = rowsOf(train, { shuffle: { seed: 1, epoch: 2 } });
    expect(shuffled.map(key)).not.toEqual(rowsOf(train).map(key));
    expect(shuffled.map(key).sort()).toEqual(rowsOf(train).map(key).sort());
  });
});

describe("data larger than the memory it may take", () => {
  const rows = 3_000_000;
  const features = [
    categorical("a"),
    categorical("b", { vocabulary: { kind: "hash", buckets: 1000 } }),
    ...Array.from({ length: 6 }, (_, i) => numeric(`n${i}`, { scale: "standard", missing: "mean" })),
  ];

  it("is read from the disk, in the same order, in little memory", async () => {
    const folder = folderWith();
    const numbers = Array.from({ length: 6 }, (_, i) => `(i % ${i + 2})::FLOAT AS n${i}`).join(", ");
    await duckdb(
      `COPY (SELECT i % 1000 AS a, i // 3 % 777 AS b, i AS y, ${numbers} FROM range(${rows}) t(i)) TO '${join(folder, "big.parquet")}'`,
    );
    const model = spec({ train: source("big.parquet", "parquet") }, features, [event("y", { base: "amount" })]);
    const limit = 8 * 2 ** 20;
    let largest = 0;
    const measure = () => {
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      largest = Math.max(largest, arrayBuffers + heapUsed);
    };
    const before = process.memoryUsage();
    const fromDisk = await openIn(folder, model, { cacheLimit: limit, onProgress: measure });
    const bytes = rows * 4 * 10;
    expect(bytes).toBeGreaterThan(10 * limit);
    // DuckDB's chunks wait for the collector: what counts is that they do not add up to the file.
    expect(largest - before.arrayBuffers - before.heapUsed).toBeLessThan(80 * 2 ** 20);

    const held = await openIn(folder, model, { cacheLimit: 2 ** 30 });
    expect(held.train?.inMemory).toBe(true);
    const options = { size: 1024, pad: true, shuffle: { seed: 9, epoch: 4 } };
    const a = fromDisk.train?.batches(options);
    const b = held.train?.batches(options);
    let sum = 0;
    const during = process.memoryUsage().rss;
    let peak = 0;
    for (const left of a ?? []) {
      const right = b?.next().value;
      expect(left.rows).toBe(right?.rows);
      const same =
        left.labels.every((y, i) => y === right?.labels[i]) && left.ids.every((id, i) => id === right?.ids[i]);
      expect(same).toBe(true);
      for (let i = 0; i < left.rows; i++) sum += left.labels[i] ?? 0;
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    expect(b?.next().done).toBe(true);
    // Each label is its row's number, exact in float32 up to 2^24.
    expect(sum).toBe((rows * (rows - 1)) / 2);
    expect(peak - during).toBeLessThan(40 * 2 ** 20);
    fromDisk.train?.close();
    held.train?.close();
  });

  it("has the same order for any number of rows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), fc.nat(5), async (count, seed) => {
        const folder = folderWith({ "a.csv": `x\n${Array.from({ length: count }, (_, i) => i).join("\n")}\n` });
        const model = spec({ train: source("a.csv") }, [numeric("x")]);
        const options = { shuffle: { seed, epoch: 1 }, size: 97 };
        const held = rowsOf((await openIn(folder, model)).train, options);
        const read = rowsOf((await openIn(folder, model, { cacheLimit: 0 })).train, options);
        expect(read).toEqual(held);
      }),
      { seed: 5, numRuns: 10 },
    );
  });
});
