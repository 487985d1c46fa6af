/** Where bytes of lines can be cut so that what belongs together stays together. */

const newline = 10;

/** How far before the end the first line is that is looked at; twice as far the next. */
const firstStep = 1 << 14;

/**
 * Where the last lines begin that may be cut off, near the end; undefined where no such place is found. Few lines are looked at.
 *
 * @param bytes whole lines, each with its end
 * @param read what a line holds; undefined for one that tells nothing
 * @param areApart whether two lines never belong together
 */
export function findCut<T>(
  bytes: Buffer,
  read: (line: Buffer) => T | undefined,
  areApart: (one: T | undefined, other: T | undefined) => boolean,
): number | undefined {
  const last = startOf(bytes, bytes.length - 1);
  const lineAt = (start: number): T | undefined => read(bytes.subarray(start, bytes.indexOf(newline, start)));
  let after = { start: last, line: lineAt(last) };
  let before: { readonly start: number; readonly line: T | undefined } | undefined;
  for (let step = firstStep; after.start > 0; step *= 2) {
    const start = startOf(bytes, Math.max(0, last - step));
    const found = { start, line: lineAt(start) };
    if (areApart(found.line, after.line)) {
      before = found;
      break;
    }
    after = found;
  }
  if (before === undefined) return undefined;
  // Lines between the two are halved until there are none.
  for (;;) {
    let middle = startOf(bytes, (before.start + after.start) >> 1);
    if (middle <= before.start) middle = bytes.indexOf(newline, before.start) + 1;
    if (middle >= after.start) break;
    const found = { start: middle, line: lineAt(middle) };
    if (areApart(found.line, after.line)) before = found;
    else after = found;
  }
  return areApart(before.line, after.line) ? after.start : undefined;
}

/** The start of the line that a byte is in. */
function startOf(bytes: Buffer, at: number): number {
  // The end of a line belongs to it.
  return at <= 0 ? 0 : bytes.lastIndexOf(newline, at - 1) + 1;
}
