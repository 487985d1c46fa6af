/**
 * The short way of values that need no cleaning, which is how programs mostly hand them in: a text that is in the vocabulary as it is, a
 * number. What is not so plain goes the long way, with the same result.
 */
import { canonicalText } from "../../../compiler/text/index.js";
import { cleanText, type TextRules, trimText } from "../expressions/values.js";
import type { VocabularyIds } from "./feature-encoder.js";
import type { FittedFeature } from "./fitted.js";

/** The id of a value, at least 1; 0 where the long way is to say. */
export type PlainIds = (value: unknown) => number;

/** The finite number that a value is; NaN where the long way is to say. */
export type PlainNumber = (value: unknown) => number;

const ask = (): number => 0;

/** The ids of plain values of a fit, by `ids` of the same fit. */
export function createPlainIds(fit: FittedFeature, ids: VocabularyIds, rules: TextRules): PlainIds {
  const takesNumbers = rules.nulls.length === 0;
  switch (fit.kind) {
    case "vocabulary": {
      let isClean: boolean | undefined;
      return (value) => {
        if (typeof value === "string") {
          const id = ids.ofText(value);
          if (id === 0) return 0;
          isClean ??= fit.values.every((text) => cleanText(text, rules) === text);
          return isClean ? id : 0;
        }
        return takesNumbers && Number.isSafeInteger(value) ? ids.ofWhole(value as number) : 0;
      };
    }
    case "ids":
      if (!takesNumbers) return ask;
      return (value) => {
        if (typeof value === "string") return ids.ofText(value);
        return Number.isSafeInteger(value) ? ids.ofWhole(value as number) : 0;
      };
    case "hash":
      if (!takesNumbers) return ask;
      return (value) => {
        if (typeof value === "string") return isCleanText(value, rules) ? ids.ofText(value) : 0;
        return Number.isSafeInteger(value) ? ids.ofWhole(value as number) : 0;
      };
    case "number":
    case "bucket":
      return ask;
  }
}

function isCleanText(text: string, rules: TextRules): boolean {
  return text !== "" && canonicalText(text) === text && (!rules.trim || trimText(text) === text);
}

/** Plain numbers and the texts of plain decimals. */
export function createPlainNumber({ nulls }: TextRules): PlainNumber {
  if (nulls.length > 0) return () => NaN;
  return (value) => {
    if (typeof value === "number") return value - value === 0 ? value : NaN;
    return typeof value === "string" ? decimalOf(value) : NaN;
  };
}

/** Digits whose number a double holds. */
const exactDigits = 15;

/** The number of a text of digits, dots and signs; NaN for others. */
function decimalOf(text: string): number {
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9 || at >= exactDigits) return isDecimal(text) ? Number(text) : NaN;
    number = 10 * number + digit;
  }
  return text.length > 0 ? number : NaN;
}

/** Whether a text has only digits, dots and signs; `Number` knows which of these are numbers. */
function isDecimal(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code < 48 || code > 57) && code !== 46 && code !== 45) return false;
  }
  return text.length > 0;
}
