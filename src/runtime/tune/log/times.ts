/** When the requests of a log came: for the clock of formulas, and for telling the latest. */
import { secondsOfTime } from "../../../compiler/formulas/index.js";
import { inputValue } from "../../data/index.js";
import { createFailure } from "../../failure.js";

type Texts = readonly (string | null)[];

/** Seconds since 1970 of a text of a log; undefined for what is not a time. */
function secondsOf(text: string): number | undefined {
  return secondsOfTime(inputValue(text, "time"));
}

/**
 * The clock of each row in seconds since 1970. Throws a {@link Failure} (MTL7122) where a formula reads the clock and a row
 * has none, or one that is not a time: milliseconds, the digits of a day.
 */
export function clocksOf(
  texts: Texts | undefined,
  { column, files, isRead }: { readonly column: string | undefined; readonly files: string; readonly isRead: boolean },
): ((row: number) => number) | undefined {
  if (texts === undefined) {
    if (isRead) throw createFailure("MTL7122", { files });
    return undefined;
  }
  return (row) => {
    const text = texts[row] ?? null;
    const seconds = text === null ? undefined : secondsOf(text);
    if (seconds !== undefined) return seconds;
    if (isRead) throw createFailure("MTL7122", { files, column: column ?? "", row: row + 1, value: text ?? "null" });
    return 0;
  };
}

/** What times are ordered by: instants, numbers where not all are instants, texts where not all are numbers. */
export function orderOfTimes(texts: Texts): (text: string | null) => number | string {
  const known = [...new Set(texts.flatMap((text) => text ?? []))];
  if (known.every((text) => secondsOf(text) !== undefined))
    return (text) => (text === null ? -Infinity : (secondsOf(text) ?? -Infinity));
  if (known.every((text) => Number.isFinite(Number(text)))) return (text) => Number(text ?? -Infinity);
  return (text) => text ?? "";
}
