/** Lines of delimited text, cut into values and these into entries. */
import { endsSlack, entryMasks } from "./line-kernels.js";
import { kernelRows, openKernels } from "./module.js";
import { type TextKernels, textKernelsIn, textRoom } from "./open-texts.js";

/** The same of lines whose bytes are put into `bytes`. */
export interface LineKernels extends TextKernels {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly ends: Int32Array<ArrayBuffer>;
  /**
   * Where the values of the next lines end, as far as `ends` has room; the number of these lines, undefined where one of them is not as wide as `ends` says, or a
   * delimiter has no space behind it. `isSpaced`: whether it is to have one.
   */
  findEnds(start: number, end: number, delimiter: number, isSpaced: boolean): number | undefined;
  /** Puts the entries of a column into `entries`; whether one of its texts is too long for that. The first value of all begins at `start`. */
  fillEntries(column: number, start: number, gap: number, rows: number): boolean;
}

/** Kernels of their own memory, for lines of so many values of which so many bytes are there at once. */
export function openLineKernels(width: number, byteRoom: number): LineKernels | undefined {
  const endsBytes = 4 * kernelRows * width;
  const masksBytes = entryMasks();
  const memory = openKernels(textRoom + masksBytes.length + endsBytes + endsSlack + byteRoom);
  if (memory === undefined) return undefined;
  const { buffer, kernels, take, put } = memory;
  const { at, ...texts } = textKernelsIn(memory);
  const masks = put(masksBytes);
  // Before the ends is the one of the row that is before the first.
  const endsAt = take(16 + endsBytes + endsSlack) + 16;
  const ends = new Int32Array(buffer, endsAt, kernelRows * width);
  const before = new Int32Array(buffer, endsAt - 4, 1);
  const bytesAt = take(byteRoom);
  return {
    ...texts,
    bytes: Buffer.from(buffer, bytesAt, byteRoom),
    ends,
    findEnds: (start, end, delimiter, isSpaced) => {
      const last = kernels["findEnds"]!(
        bytesAt,
        bytesAt + start,
        bytesAt + end,
        endsAt,
        endsAt + endsBytes,
        delimiter,
        isSpaced ? 1 : 0,
        width,
      );
      return last === 0 ? undefined : Math.min(endsBytes, last - endsAt) / (4 * width);
    },
    fillEntries: (column, start, gap, rows) => {
      const skipped = column === 0 ? 1 : gap;
      before[0] = start - skipped;
      return kernels["fillEntries"]!(bytesAt, endsAt + 4 * column, 4 * width, skipped, masks, at, rows) !== 0;
    },
  };
}
