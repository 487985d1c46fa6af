/** A value of a file as an input of formulas and rules has it: the rules of `values.ts`, by the type that the input has. */
import type { ServingInput } from "../../../compiler/model/index.js";
import { parseExactJson } from "../files/exact-json.js";
import { booleanOf, cleanText, numberOf, parseNumber, scalarOf, textOf, ValueError } from "../expressions/values.js";

/** What cuts a text into the several values of `texts` and vectors where a file has no lists. */
const separator = "|";

/** Values of rows are clean already. */
const cleanRules = { nulls: [], trim: false };

/**
 * A value as a request's JSON would have it; undefined where there is none. What cannot be read stays as it is, so that
 * validation refuses it by its name.
 */
export function inputValue(value: unknown, type: ServingInput["type"]): unknown {
  if (value === null || value === undefined) return undefined;
  try {
    return read(value, type);
  } catch (error) {
    if (error instanceof ValueError) return value;
    throw error;
  }
}

function read(value: unknown, type: ServingInput["type"]): unknown {
  if (type === "texts" || type === "vector") {
    const elements = elementsOf(value)
      .map((element) => scalarOf(element, cleanRules))
      .filter((element) => element !== null);
    return type === "texts" ? elements.map(textOf) : elements.map((element) => numberOf(element) ?? NaN);
  }
  const scalar = scalarOf(value, cleanRules);
  if (scalar === null) return undefined;
  switch (type) {
    case "text":
      return textOf(scalar);
    case "number":
    case "duration":
      return numberOf(scalar) ?? undefined;
    case "bool":
      return booleanOf(scalar) ?? undefined;
    case "time":
      return timeOf(scalar);
  }
}

/** Digits are seconds since 1970; any other text is a date, which validation reads. */
function timeOf(scalar: string | number | bigint | boolean): unknown {
  if (typeof scalar === "bigint") return Number(scalar);
  if (typeof scalar !== "string") return scalar;
  const number = parseNumber(scalar);
  if (number === undefined) return scalar.trim();
  return Number.isFinite(number) ? number : undefined;
}

/** A list as it is; a text as the JSON list that it spells, else cut at the bars; one value is a list of one. */
function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (typeof value !== "string") return [value];
  if (value.startsWith("["))
    try {
      const list: unknown = parseExactJson(value);
      if (Array.isArray(list)) return list as readonly unknown[];
    } catch {
      // Not JSON: a text like any other.
    }
  return value.split(separator).flatMap((part) => cleanText(part, cleanRules) ?? []);
}
