/** How a file is best read, from its ending and its first lines. */
import { open } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { FileReading } from "../../compiler/model/model.js";
import { quote } from "../../compiler/text/index.js";
import { readingAs } from "../data/index.js";

/** Bytes that are looked at. */
const head = 256 * 1024;
const delimiters = [",", "\t", ";", "|"] as const;

/** A reading with what is not its default as a spec writes it. */
export interface Sniffed {
  readonly reading: FileReading;
  /** `csv(delimiter: ";")`; absent where the ending of the path says it. */
  readonly text?: string;
}

/** The format of a file; undefined where only its ending decides. Throws the system's error when it cannot be read. */
export async function sniffFormat(path: string): Promise<Sniffed | undefined> {
  const ending = /\.([a-z]+)(?:\.gz|\.zst)?$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  if (["parquet", "pq", "jsonl", "ndjson"].includes(ending) || path.endsWith(".zst")) return undefined;
  const lines = (await firstLines(path)).filter((line) => line.trim() !== "");
  const [first] = lines;
  if (first === undefined) return undefined;
  if (lines.slice(0, 20).every((line) => /^\S+(?: qid:\S+)?(?: \d+:\S+)+\s*(?:#.*)?$/.test(line)))
    return { reading: readingAs("libsvm", {}), text: "libsvm" };
  if (first.startsWith("{")) return { reading: readingAs("jsonl", {}), text: "jsonl" };
  const slots = slotsOf(lines.slice(0, 20));
  if (slots !== undefined) return slots;
  const delimiter = bestDelimiter(lines.slice(0, 20), ending);
  const names = first.replace(/^\ufeff/, "").split(delimiter);
  const isHeaderless = looksLikeValues(names.map((name) => name.trim()));
  const columns = names.map((_, i) => `c${i + 1}`);
  const format = delimiter === "\t" ? "tsv" : "csv";
  const isPlain = ending === format || (format === "tsv" && ending === "tab");
  // Blanks after the delimiter are not part of a value.
  const trim =
    lines.slice(1, 20).filter((line) => line.includes(`${delimiter} `)).length > 0.8 * (Math.min(lines.length, 20) - 1);
  const named = columns.length > 2 ? `c1 .. c${columns.length}` : columns.join(", ");
  const options = [
    ...(format === "csv" && delimiter !== "," ? [`delimiter: ${quote(delimiter)}`] : []),
    ...(isHeaderless ? ["header: false", `columns: [${named}]`] : []),
    ...(trim ? ["trim: true"] : []),
  ];
  if (isPlain && options.length === 0) return undefined;
  return {
    reading: readingAs(format, { delimiter, trim, header: !isHeaderless, ...(isHeaderless ? { columns } : {}) }),
    text: options.length === 0 ? format : `${format}(${options.join(", ")})`,
  };
}

/** Numbers only, or one value twice: no names of columns. */
function looksLikeValues(values: readonly string[]): boolean {
  const isNumber = (value: string): boolean => /^"?-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"?$/i.test(value);
  return values.every((value) => isNumber(value) || value === "") || new Set(values).size < values.length;
}

/** Plain values and then pairs `slot:id`: `1,0,210:7,210:9,301:2`. */
function slotsOf(lines: readonly string[]): Sniffed | undefined {
  for (const delimiter of [",", " ", "\t"]) {
    const plain = lines.map((line) => {
      const pieces = line.trim().split(delimiter);
      const pairs = pieces.findIndex((piece) => /^\w+:\S+$/.test(piece));
      return pairs < 0 || pieces.length - pairs < 3 || !pieces.slice(pairs).every((piece) => /^\w+:\S+$/.test(piece))
        ? -1
        : pairs;
    });
    const [count = -1] = plain;
    if (count < 1 || plain.some((each) => each !== count)) continue;
    const columns = Array.from({ length: count }, (_, i) => `v${i + 1}`);
    return {
      reading: readingAs("slots", { delimiter, columns }),
      text: `slots(delimiter: ${quote(delimiter)}, columns: [${columns.join(", ")}])`,
    };
  }
  return undefined;
}

/** The delimiter that cuts the lines into the same number of values, the most of them. */
function bestDelimiter(lines: readonly string[], ending: string): string {
  const usual = ending === "tsv" || ending === "tab" ? "\t" : ",";
  let best = { delimiter: usual as string, count: 1 };
  for (const delimiter of [usual, ...delimiters]) {
    const counts = lines.map((line) => line.split(delimiter).length);
    const [count = 1] = counts;
    if (count > best.count && counts.filter((each) => each === count).length >= counts.length * 0.7)
      best = { delimiter, count };
  }
  return best.delimiter;
}

async function firstLines(path: string): Promise<readonly string[]> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(head);
    const { bytesRead } = await file.read(buffer, 0, head, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const text = path.endsWith(".gz") ? unpackHead(bytes) : bytes.toString("utf8");
    const lines = text.split(/\r\n|\n|\r/);
    return bytesRead < head ? lines : lines.slice(0, -1);
  } finally {
    await file.close();
  }
}

function unpackHead(bytes: Buffer): string {
  try {
    return gunzipSync(bytes, { finishFlush: 2 }).toString("utf8");
  } catch {
    return "";
  }
}
