/** The lines of a text file as bytes, whatever their number: a line ends with `\\n`, with or without a `\\r` before it. */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/** U+FEFF in UTF-8, which some writers put first. */
const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf);
const newline = 10;
const carriageReturn = 13;

/** Lines without their ends and without the byte order mark; `undefined` stands for a line that is not UTF-8. */
export async function* textLines(path: string, signal?: AbortSignal): AsyncGenerator<string | undefined> {
  const raw = createReadStream(path, { highWaterMark: 1 << 20, signal });
  const gunzip = path.endsWith(".gz") ? createGunzip() : undefined;
  const input = gunzip === undefined ? raw : raw.on("error", (error) => gunzip.destroy(error)).pipe(gunzip);
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  try {
    for await (const part of input) {
      const bytes = Buffer.concat([rest, part as Buffer]);
      let start = 0;
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
        yield lineOf(bytes.subarray(start, end), isFirst);
        isFirst = false;
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
    if (rest.length > 0) yield lineOf(rest, isFirst);
  } finally {
    raw.destroy();
    gunzip?.destroy();
  }
}

function lineOf(bytes: Buffer, isFirst: boolean): string | undefined {
  const start = isFirst && bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  let end = bytes.length;
  while (end > start && bytes[end - 1] === carriageReturn) end -= 1;
  const line = bytes.subarray(start, end);
  return isUtf8(line) ? line.toString("utf8") : undefined;
}
