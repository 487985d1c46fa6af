/** What the short texts of a column spell: whole numbers and decimals, found for all rows at once, or ahead of being asked by the thread that reads them. */
import { type Decimals, kernelRows, type TextKernels, textKernels } from "../../kernels/index.js";
import { type ColumnVector } from "../vectors.js";
import { entryWords, textEntriesOf } from "./short-texts.js";
import { wholeOfText, wholesBelow } from "./whole-texts.js";

let room = new Int32Array(0);

/** What `wholeOfText` gives of each of the first `rows` texts, −1 of longer ones; good until the next call for any column. */
export function wholesOf(vector: ColumnVector, rows: number): Int32Array {
  const ahead = vector.ahead?.wholes();
  if (ahead !== undefined) return ahead;
  const entries = textEntriesOf(vector);
  const kernels = kernelsOver(entries, rows);
  if (kernels !== undefined) return kernels.wholes(rows, wholesBelow);
  if (room.length < rows) room = new Int32Array(rows);
  for (let row = 0, at = 0; row < rows; row++, at += entryWords)
    room[row] = wholeOfText(entries[at + 1]!, entries[at + 2]!, entries[at]!);
  return room;
}

/** The plain decimals that the first `rows` texts are, good until the next call for any column; undefined where there are no kernels. */
export function decimalsOf(vector: ColumnVector, rows: number): Decimals | undefined {
  return vector.ahead?.decimals() ?? kernelsOver(textEntriesOf(vector), rows)?.decimals(rows);
}

function kernelsOver(entries: Int32Array, rows: number): TextKernels | undefined {
  const kernels = rows > kernelRows ? undefined : textKernels();
  kernels?.entries.set(entries.subarray(0, rows * entryWords));
  return kernels;
}
