import type { CandidateValue, ParamModel, RankModel, ServingInput, ServingModel, TestModel } from "../model/index.js";
import { constantText, dateText, formulaText, rangeText } from "./formula-text.js";
import { headTypeText } from "./head-text.js";
import { numberText, quoted } from "./value-text.js";

/** `number(yuan)? >= 0`, `text`, `P(buy | click)`. */
export function inputTypeText({ type, predicts, unit, range, missing }: ServingInput): string {
  if (predicts !== undefined) return headTypeText([], predicts);
  const optional = missing.kind === "keep" ? "?" : "";
  if (type !== "number") return `${type}${optional}`;
  const bounds = rangeText(range);
  return `number${unit === undefined ? "" : `(${unit})`}${optional}${bounds === "" ? "" : ` ${bounds}`}`;
}

/** `0.05 in [0, 1]`; a parameter that may not move has no range. */
export function paramText({ value, range }: ParamModel): string {
  const isFixed = range.low === value && range.high === value;
  return isFixed ? numberText(value) : `${numberText(value)} ${rangeText(range)}`.trimEnd();
}

/** `top 50 by score with home`. */
export function rankText({ stages, rules }: RankModel): string {
  const last = stages.at(-1);
  if (last === undefined) return "top 0";
  const withRules = rules.length === 0 ? "" : ` with ${rules.join(", ")}`;
  return `top ${numberText(last.top)} by ${formulaText(last.by)}${withRules}`;
}

/** The steps of a test; what candidates take from others is written out. */
export function testSteps(test: TestModel, { inputs }: Pick<ServingModel, "inputs">): readonly string[] {
  const types = new Map(inputs.map(({ name, type }) => [name, type]));
  const field = ([name, value]: readonly [string, CandidateValue]): string => {
    const type = types.get(name);
    return `${name}: ${fieldText(type ?? "number", value)}`;
  };
  return [
    ...(test.at === undefined ? [] : [`at ${dateText(test.at)}`]),
    ...test.candidates.map(
      ({ name, fields }) => `candidate ${name} { ${Object.entries(fields).map(field).join(", ")} }`,
    ),
    ...test.expectations.map(({ condition }) => `expect ${formulaText(condition)}`),
  ];
}

function fieldText(type: ServingInput["type"], value: CandidateValue): string {
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
    // A number below zero is an expression, a text may be a number's id.
    return constantText(type, value);
  }
  return `[${value.map((item) => (typeof item === "number" ? numberText(item) : quoted(item))).join(", ")}]`;
}
