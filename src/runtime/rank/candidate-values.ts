import { own } from "../../compiler/text/index.js";
import type { ServingInput } from "../../compiler/model/index.js";
import { inputValue, type RawRow } from "../data/index.js";

/** A row's values of some inputs as a request's JSON would have them. */
export function candidateValues(row: RawRow, inputs: readonly ServingInput[]): RawRow {
  return Object.fromEntries(inputs.map(({ name, type }) => [name, inputValue(own(row, name), type)]));
}

/** A row that has these values, maybe among others: one that has them as JSON would already is itself. */
export function typedRow(row: RawRow, inputs: readonly ServingInput[]): RawRow {
  return isAsJson(row, inputs) ? row : candidateValues(row, inputs);
}

function isAsJson(row: RawRow, inputs: readonly ServingInput[]): boolean {
  for (const { name, type } of inputs) {
    const value = row[name];
    if (value === undefined || value === null) continue;
    if (!Object.hasOwn(row, name)) return false;
    if (typeof value === "object" || typeof value === "bigint" || inputValue(value, type) !== value) return false;
  }
  return true;
}
