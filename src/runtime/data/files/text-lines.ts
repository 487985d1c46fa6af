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
  for await (const lines of lineBatches(path, signal)) yield* lines;
}

/** The same, as many at once as were read at once: a promise for each line would cost more than the line. */
export async function* lineBatches(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly (string | undefined)[]> {
  const raw = createReadStream(path, { highWaterMark: 1 << 20, signal });
  const gunzip = path.endsWith(".gz") ? createGunzip() : undefined;
  const input = gunzip === undefined ? raw : raw.on("error", (error) => gunzip.destroy(error)).pipe(gunzip);
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  try {
    for await (const part of input) {
      const bytes = Buffer.concat([rest, part as Buffer]);
      const end = bytes.lastIndexOf(newline);
      rest = bytes.subarray(end + 1);
      if (end < 0) continue;
      yield linesOf(bytes.subarray(0, end), isFirst);
      isFirst = false;
    }
    if (rest.length > 0) yield linesOf(rest, isFirst);
  } finally {
    raw.destroy();
    gunzip?.destroy();
  }
}

/** The lines of bytes that end with a line, whose end may be left out. */
export function linesOf(bytes: Buffer, isFirst: boolean): readonly (string | undefined)[] {
  const start = isFirst && bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const text = bytes.subarray(start);
  if (isUtf8(text)) return text.toString("utf8").split("\n").map(withoutReturns);
  const lines: (string | undefined)[] = [];
  let from = 0;
  for (let end = text.indexOf(newline); end >= 0; end = text.indexOf(newline, from)) {
    lines.push(lineOf(text.subarray(from, end)));
    from = end + 1;
  }
  return [...lines, lineOf(text.subarray(from))];
}

function withoutReturns(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === carriageReturn) end -= 1;
  return end === line.length ? line : line.slice(0, end);
}

function lineOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? withoutReturns(bytes.toString("utf8")) : undefined;
}
