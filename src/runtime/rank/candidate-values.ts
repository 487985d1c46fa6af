import { own } from "../../compiler/text/index.js";
import type { ServingInput } from "../../compiler/model/index.js";
import { inputValue, type RawRow } from "../data/index.js";

/** A row's values of some inputs as a request's JSON would have them. */
export function candidateValues(row: RawRow, inputs: readonly ServingInput[]): RawRow {
  return Object.fromEntries(inputs.map(({ name, type }) => [name, inputValue(own(row, name), type)]));
}
