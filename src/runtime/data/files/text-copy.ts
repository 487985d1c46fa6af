/** Text files that the database cannot read as they are, and copies of them in the cache that it can. */
import { createHash, randomBytes } from "node:crypto";
import { closeSync, createReadStream, openSync, rmSync, writeSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { omitUndefined, type Span } from "../../../compiler/text/index.js";
import { createFailure, Failure } from "../../failure.js";
import { cacheKey, fingerprintFile, rememberJson } from "../batches/cache.js";
import type { Database } from "./database.js";
import { type DataFile, isZstd } from "./files.js";
import { keptFile } from "./kept-file.js";
import { createLineScanner, type LineReport, type LineScanner } from "./line-ends.js";
import { makeFolder } from "../../make-folder.js";

/** Smaller files are looked at each time they are opened. A packed one holds many times as much. */
const smallFile = 4 * 2 ** 20;
const smallPackedFile = 2 ** 18;
const copyName = "text";

/**
 * A delimited file with the path to read it from: its own, or that of a copy in which all lines end alike. Throws a
 * {@link Failure} (MTL7109) for a line with an empty value beyond its names, which the database would pass over.
 */
export async function readableTable(
  file: DataFile,
  columns: number,
  { folder, temporary }: Pick<Database, "folder" | "temporary">,
  span: Span,
): Promise<DataFile> {
  const { path, shown, format, options } = file;
  // Only the database unpacks these.
  if (isZstd(path)) return file;
  const createScanner = (): LineScanner =>
    createLineScanner({
      delimiter: /^[ -~\t]$/.test(options.delimiter) ? options.delimiter.charCodeAt(0) : undefined,
      isQuoted: format === "csv",
      columns,
    });
  const key = cacheKey(["lines", await fingerprintFile(path), options.delimiter, format, columns]);
  const isSmall = (await stat(path)).size <= (isPacked(path) ? smallPackedFile : smallFile);
  let isScanned = false;
  const unpacked = isPacked(path) && !isSmall ? createUnpacked(temporary) : undefined;
  const scan = async (): Promise<LineReport> => {
    const scanner = createScanner();
    await readBytes(file, span, (bytes) => {
      scanner.see(bytes);
      unpacked?.add(bytes);
    });
    isScanned = true;
    return scanner.end().report;
  };
  const report = isSmall ? await scan() : ((await rememberJson(folder, key, scan)) as LineReport);
  const text = unpacked?.end();
  if (report.extra !== undefined)
    throw createFailure("MTL7109", { file: shown, expected: columns, ...report.extra }, span);
  if (report.isUniform) return { ...file, isWhole: isScanned, ...omitUndefined({ readFrom: text }) };
  const copy = await copied(folder, cacheKey([key, "copy"]), async (write) => {
    const scanner = createScanner();
    await readBytes(file, span, (bytes) => write(scanner.next(bytes)));
    await write(scanner.end().rest);
  });
  return { ...file, readFrom: copy };
}

/** A file of JSON lines with the path to read it from: its own, or that of a copy without the byte order mark. */
export async function readableJson(file: DataFile, folder: string, span: Span): Promise<DataFile> {
  if (isZstd(file.path) || !(await startsWithMark(file))) return file;
  const key = cacheKey(["json", await fingerprintFile(file.path)]);
  const copy = await copied(folder, key, async (write) => {
    let skip = 3;
    await readBytes(file, span, async (bytes) => {
      const start = Math.min(skip, bytes.length);
      skip -= start;
      await write(bytes.subarray(start));
    });
  });
  return { ...file, readFrom: copy };
}

function isPacked(path: string): boolean {
  return path.endsWith(".gz");
}

/** Bytes of text at most that are kept unpacked while a database is open. */
const largestUnpacked = 2 ** 30;

/**
 * What a compressed file holds, for the database to read in its place as long as it is open: it would unpack it again in each pass, with one of
 * its threads.
 */
interface Unpacked {
  readonly add: (bytes: Uint8Array) => void;
  /** Its path; undefined where nothing was added, there is too much of it, or it cannot be written. */
  readonly end: () => string | undefined;
}

function createUnpacked(folder: string): Unpacked {
  const path = join(folder, `text-${randomBytes(4).toString("hex")}`);
  let file: number | undefined;
  let left = largestUnpacked;
  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  const attempt = (work: () => void): void => {
    try {
      if (left >= 0) work();
    } catch {
      left = -1;
    }
    if (left >= 0) return;
    close();
    rmSync(path, { force: true });
  };
  return {
    add: (bytes) =>
      attempt(() => {
        left -= bytes.length;
        if (left < 0) return;
        if (file === undefined) {
          makeFolder(folder);
          file = openSync(path, "wx");
        }
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      }),
    end: () => {
      const isThere = file !== undefined;
      close();
      return isThere ? path : undefined;
    },
  };
}

async function startsWithMark({ path }: DataFile): Promise<boolean> {
  const isMark = (bytes: Buffer): boolean => bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf));
  if (path.endsWith(".gz")) {
    const input = createReadStream(path);
    const unpacked = input.pipe(createGunzip());
    try {
      for await (const bytes of unpacked) return isMark(bytes as Buffer);
      return false;
    } catch {
      // A damaged file is told where its rows are read.
      return false;
    } finally {
      input.destroy();
      unpacked.destroy();
    }
  }
  const file = await open(path, "r");
  try {
    const { buffer } = await file.read(Buffer.alloc(3), 0, 3, 0);
    return isMark(buffer);
  } finally {
    await file.close();
  }
}

/** The path of a copy in the cache; it is made when it is not there, and again when it is not what was written. */
async function copied(
  folder: string,
  key: string,
  write: (put: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<string> {
  const { path } = await keptFile(folder, key, copyName, async (to) => {
    const hash = createHash("sha256");
    const file = await open(to, "wx");
    try {
      await write(async (bytes) => {
        hash.update(bytes);
        await file.writeFile(bytes);
      });
    } finally {
      await file.close();
    }
    return hash.digest("hex");
  });
  return path;
}

/** Hands the bytes of a file over, unpacked. Throws a {@link Failure} (MTL7102) for a file that cannot be read. */
async function readBytes(
  { path, shown }: DataFile,
  span: Span,
  take: (bytes: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const raw = createReadStream(path, { highWaterMark: 1 << 20 });
  const consume = async (input: AsyncIterable<unknown>): Promise<void> => {
    for await (const bytes of input) await take(bytes as Uint8Array);
  };
  try {
    if (isPacked(path)) await pipeline(raw, createGunzip({ chunkSize: 1 << 18 }), consume);
    else await pipeline(raw, consume);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const problem = path.endsWith(".gz") ? `its gzip data is damaged (${reason})` : reason;
    throw createFailure("MTL7102", { file: shown, problem }, span);
  }
}
