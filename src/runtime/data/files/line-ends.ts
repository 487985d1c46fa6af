import { omitUndefined } from "../../../compiler/text/index.js";
/**
 * The lines of delimited text files, before the database reads them: how they end, and whether one has values beyond the
 * names. What the database takes for one end of line, or passes over, is settled here.
 */

const quoteByte = 34;
const newline = 10;
const carriageReturn = 13;
const byteOrderMark = [0xef, 0xbb, 0xbf];

export interface LineFormat {
  /** The delimiter's byte; undefined for delimiters of several bytes, whose values are not counted. */
  readonly delimiter: number | undefined;
  readonly isQuoted: boolean;
  /** Values that a line has. */
  readonly columns: number;
}

/** What a file's lines are like. */
export interface LineReport {
  /** Whether all of them end in `\n`, or all in `\r\n`. */
  readonly isUniform: boolean;
  /** The first line that ends in a delimiter too many. */
  readonly extra?: { readonly line: number; readonly found: number };
}

export interface LineScanner {
  /** Takes the next bytes; gives them with every end of line as `\n`. */
  readonly next: (bytes: Uint8Array) => Uint8Array;
  /** Takes the next bytes and gives nothing: of lines without quotes and `\r` only the ends are looked at. */
  readonly see: (bytes: Uint8Array) => void;
  /** What follows the last bytes. */
  readonly end: () => { readonly rest: Uint8Array; readonly report: LineReport };
}

interface SeenLines {
  /** How lines ended. */
  readonly kinds: { newline: number; pair: number; other: number };
  /** The line under way, from 1. */
  line: number;
  extra: LineReport["extra"];
}

/** Sees the whole lines of bytes without quotes and `\r` from `first` on; where the last of them ends, exclusive. */
function seeLines(
  bytes: Buffer,
  first: number,
  { delimiter, columns }: Pick<LineFormat, "delimiter" | "columns">,
  seen: SeenLines,
): number {
  let start = first;
  for (let end = bytes.indexOf(newline, start); end >= 0; end = bytes.indexOf(newline, start)) {
    seen.kinds.newline += 1;
    if (delimiter !== undefined && end > start && bytes[end - 1] === delimiter) {
      const found = 1 + countBytes(bytes.subarray(start, end), delimiter);
      if (found > columns) seen.extra ??= { line: seen.line, found };
    }
    seen.line += 1;
    start = end + 1;
  }
  return start;
}

function countBytes(bytes: Uint8Array, wanted: number): number {
  let count = 0;
  for (const byte of bytes) if (byte === wanted) count += 1;
  return count;
}

/**
 * Reads a text byte by byte. A line ends with any number of `\r` and a `\n`, or with a single `\r`; ends inside of quotes are
 * characters of the value.
 */
export function createLineScanner({ delimiter, isQuoted, columns }: LineFormat): LineScanner {
  const seen: SeenLines = { kinds: { newline: 0, pair: 0, other: 0 }, line: 1, extra: undefined };
  const { kinds } = seen;
  let at = 0;
  let values = 1;
  /** 1 inside of quotes, 2 behind a quote that ends them or is doubled. */
  let quoted: 0 | 1 | 2 = 0;
  let isValueStart = true;
  let returns = 0;

  const endLine = (): void => {
    if (values > columns && isValueStart) seen.extra ??= { line: seen.line, found: values };
    seen.line += 1;
    values = 1;
    quoted = 0;
    isValueStart = true;
  };

  const next = (bytes: Uint8Array): Uint8Array => {
    const out = new Uint8Array(bytes.length + returns);
    let size = 0;
    for (const byte of bytes) {
      if (at < byteOrderMark.length && byte === byteOrderMark[at]) {
        at += 1;
        out[size++] = byte;
        continue;
      }
      at = byteOrderMark.length;
      if (quoted === 1) {
        if (byte === quoteByte) quoted = 2;
        if (byte === newline) seen.line += 1;
        out[size++] = byte;
        continue;
      }
      if (quoted === 2 && byte === quoteByte) {
        quoted = 1;
        out[size++] = byte;
        continue;
      }
      if (byte === carriageReturn) {
        returns += 1;
        continue;
      }
      if (byte === newline) {
        kinds[returns === 0 ? "newline" : returns === 1 ? "pair" : "other"] += 1;
        returns = 0;
        endLine();
        out[size++] = newline;
        continue;
      }
      for (; returns > 0; returns--) {
        kinds.other += 1;
        endLine();
        out[size++] = newline;
      }
      if (byte === delimiter) {
        values += 1;
        quoted = 0;
        isValueStart = true;
      } else {
        if (isValueStart && isQuoted && byte === quoteByte) quoted = 1;
        isValueStart = false;
      }
      out[size++] = byte;
    }
    return out.subarray(0, size);
  };

  return {
    next,
    see: (given) => {
      const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
      const isPlain =
        quoted === 0 && returns === 0 && !bytes.includes(carriageReturn) && !(isQuoted && bytes.includes(quoteByte));
      // The line under way has begun with other bytes, and the last one goes on.
      const first = isPlain ? bytes.indexOf(newline) + 1 : bytes.length;
      next(bytes.subarray(0, first));
      if (isPlain) next(bytes.subarray(seeLines(bytes, first, { delimiter, columns }, seen)));
    },
    end: () => {
      if (returns > 0) kinds.other += 1;
      endLine();
      const isUniform = kinds.other === 0 && (kinds.newline === 0 || kinds.pair === 0);
      const rest = new Uint8Array(returns).fill(newline);
      return { rest, report: { isUniform, ...omitUndefined({ extra: seen.extra }) } };
    },
  };
}
