/** The first line of a delimited text file, cut into its values. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/** A first line longer than this is taken to be something else than one. */
const longestLine = 4 * 2 ** 20;

/**
 * The values of a file's first line; undefined when the file is empty. A value in double quotes may hold the delimiter;
 * with an empty `quote` there are no quotes. Throws the system's error when the file cannot be read.
 */
export async function readFirstLine(
  path: string,
  delimiter: string,
  quote: '"' | "",
): Promise<readonly string[] | undefined> {
  const raw = createReadStream(path, { highWaterMark: 64 * 1024 });
  const gunzip = path.endsWith(".gz") ? createGunzip() : undefined;
  const input = gunzip === undefined ? raw : raw.on("error", (error) => gunzip.destroy(error)).pipe(gunzip);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const part of input) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      const values = cut(text, delimiter, quote, false);
      if (values !== undefined) return values;
      if (text.length > longestLine) break;
    }
  } finally {
    raw.destroy();
    gunzip?.destroy();
  }
  return text === "" ? undefined : cut(text, delimiter, quote, true);
}

/** The values of a whole line. */
export function cutLine(line: string, delimiter: string, quote: '"' | ""): readonly string[] {
  return cut(line.replace(/^\ufeff/, ""), delimiter, quote, true) ?? [];
}

/** The values of the first line of a text; undefined when the line may go on after it. */
function cut(text: string, delimiter: string, quote: string, atEnd: boolean): readonly string[] | undefined {
  const values: string[] = [];
  let value = "";
  let isQuoted = false;
  let at = 0;
  while (at < text.length) {
    const c = text.charAt(at);
    if (isQuoted) {
      if (c !== quote) value += c;
      else if (text.charAt(at + 1) === quote) {
        value += c;
        at++;
      } else isQuoted = false;
      at++;
    } else if (c === quote && value === "") {
      isQuoted = true;
      at++;
    } else if (c === "\n" || c === "\r") {
      return [...values, value];
    } else if (text.startsWith(delimiter, at)) {
      values.push(value);
      value = "";
      at += delimiter.length;
    } else {
      value += c;
      at++;
    }
  }
  return atEnd ? [...values, value] : undefined;
}
