/** What lines of one writer have in common: the same names in the same order, with the same spaces. */

/** The bytes between the values of a line. */
export interface Layout {
  /** Names of the values, each once. */
  readonly names: readonly string[];
  /** The bytes before each value, and those after the last one up to the end of the line. */
  readonly between: readonly Uint8Array[];
}

const [quote, comma, colon, open, close, backslash] = [0x22, 0x2c, 0x3a, 0x7b, 0x7d, 0x5c];
const newline = 10;

/** The layout of the line at the start of the bytes; undefined for one that is not an object of texts, numbers and words, or no JSON. */
export function layoutOf(bytes: Buffer): Layout | undefined {
  const end = bytes.indexOf(newline);
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  const names: string[] = [];
  const between: Uint8Array[] = [];
  let at = spaces(line, 0);
  if (line[at] !== open) return undefined;
  at += 1;
  let from = 0;
  for (;;) {
    const name = spaces(line, at);
    const afterName = textEnd(line, name);
    if (afterName < 0) return undefined;
    names.push(line.toString("utf8", name + 1, afterName - 1));
    at = spaces(line, afterName);
    if (line[at] !== colon) return undefined;
    const value = spaces(line, at + 1);
    between.push(line.subarray(from, value));
    from = line[value] === quote ? textEnd(line, value) : wordEnd(line, value);
    if (from < 0 || from === value) return undefined;
    at = spaces(line, from);
    if (line[at] === close) break;
    if (line[at] !== comma) return undefined;
    at += 1;
  }
  if (spaces(line, at + 1) !== line.length) return undefined;
  between.push(line.subarray(from));
  // A name that comes twice has its last value; what objects inherit is no matter of columns.
  const isPlain = new Set(names).size === names.length && !names.includes("__proto__");
  return isPlain ? { names, between } : undefined;
}

function spaces(line: Buffer, from: number): number {
  let at = from;
  while (line[at] === 0x20 || line[at] === 0x09 || line[at] === 0x0d) at++;
  return at;
}

/** The place after a text without an escape; −1 where there is none. */
function textEnd(line: Buffer, from: number): number {
  if (line[from] !== quote) return -1;
  for (let at = from + 1; at < line.length; at++) {
    const byte = line[at]!;
    if (byte === quote) return at + 1;
    if (byte === backslash || byte < 0x20) return -1;
  }
  return -1;
}

/** The place after letters, digits and what else numbers have. */
function wordEnd(line: Buffer, from: number): number {
  let at = from;
  while (at < line.length && /[-+.\w]/.test(String.fromCharCode(line[at]!))) at++;
  return at;
}
