import { canonicalText, isPlainRecord, own } from "../../compiler/text/index.js";
import type { ServingInput } from "../../compiler/model/index.js";
import { inputValue } from "../data/encode/input-value.js";
import type { RawRow } from "../data/index.js";

/** A row's values of some inputs as a request's JSON would have them. */
export function candidateValues(row: RawRow, inputs: readonly ServingInput[]): RawRow {
  return Object.fromEntries(inputs.map(({ name, type }) => [name, inputValue(own(row, name), type)]));
}

/** A row that has these values, maybe among others: one that has them as JSON would already is itself. */
export function typedRow(row: RawRow, inputs: readonly ServingInput[]): RawRow {
  return isAsJson(row, inputs) ? row : candidateValues(row, inputs);
}

function isAsJson(row: RawRow, inputs: readonly ServingInput[]): boolean {
  const isPlain = isPlainRecord(row);
  for (const { name, type } of inputs) {
    const value = row[name];
    if (value === undefined || value === null) continue;
    if (typeof value === "object" || typeof value === "bigint") return false;
    if ((!isPlain || typeof value === "function") && !Object.hasOwn(row, name)) return false;
    // Most values are numbers and texts as they should be.
    if (typeof value === "number" && type === "number" && Number.isFinite(value)) continue;
    if (typeof value === "string" && type === "text" && value !== "" && canonicalText(value) === value) continue;
    if (inputValue(value, type) !== value) return false;
  }
  return true;
}
