import type { ServingInput } from "../../compiler/model/index.js";
import type { RawRow } from "../data/index.js";

/** What cuts a text into the several values of `texts` and vectors where a file has no lists. */
const separator = "|";

/**
 * A row's values as a request's JSON would have them. Text formats hold texts: numbers, truth values and lists are read
 * from them, the empty text is none; what cannot be read stays a text, which validation then refuses by its name.
 */
export function candidateValues(row: RawRow, inputs: readonly ServingInput[]): RawRow {
  return Object.fromEntries(inputs.map((input) => [input.name, valueOf(row[input.name], input)]));
}

function valueOf(value: unknown, { type }: ServingInput): unknown {
  if (typeof value !== "string") return value;
  switch (type) {
    case "text":
      return value === "" ? undefined : value;
    case "number":
    case "duration":
      return numberOf(value);
    case "time":
      return typeof numberOf(value) === "number" ? numberOf(value) : value === "" ? undefined : value;
    case "bool":
      return truthOf(value);
    case "texts":
      return value === "" ? undefined : value.split(separator);
    case "vector":
      return value === "" ? undefined : value.split(separator).map(numberOf);
  }
}

function numberOf(text: string): number | string | undefined {
  if (text.trim() === "") return undefined;
  const number = Number(text);
  // `nan` and `inf` are what writers of tables make of missing numbers.
  if (Number.isFinite(number)) return number;
  return /^[+-]?(nan|inf(inity)?)$/i.test(text.trim()) ? undefined : text;
}

function truthOf(text: string): boolean | string | undefined {
  const known: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };
  return text === "" ? undefined : (known[text.toLowerCase()] ?? text);
}
