/**
 * Whether gzipped files are whole. DuckDB reads a file that was cut short without a word and gives fewer rows, so each is
 * unpacked once before its rows are used.
 */
import { createReadStream } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { createFailure } from "../../failure.js";
import { pathsOf } from "./files.js";
import type { Source } from "./source.js";

/** Checks the files of sources, each file once. Throws a {@link Failure} (MTL7102) for one that is damaged. */
export function createGzipCheck(signal: AbortSignal | undefined): (source: Source) => Promise<void> {
  const checked = new Set<string>();
  return async ({ files, span }) => {
    const doubtful = files.filter(({ file }) => file.isWhole !== true);
    for (const { path, shown } of doubtful.flatMap(({ file }) => pathsOf(file))) {
      if (!path.endsWith(".gz") || checked.has(path)) continue;
      checked.add(path);
      try {
        await unpack(path);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw createFailure("MTL7102", { file: shown, problem: `its gzip data is damaged (${reason})` }, span);
      }
      signal?.throwIfAborted();
    }
  };
}

async function unpack(path: string): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(path), createGunzip({ chunkSize: 1 << 18 }), nowhere);
}
