import {
  type CandidateValue,
  type ExperimentModel,
  type ParamModel,
  type RankModel,
  type ServingInput,
  type ServingModel,
  type TestModel,
  declaredHead,
} from "../model/index.js";
import { constantText, dateText, formulaText, rangeText } from "./formula-text.js";
import { headTypeText } from "./head-text.js";
import { numberText } from "./value-text.js";
import { quote } from "../text/index.js";

/** `number(yuan)? >= 0`, `text`, `P(buy | click)`. */
export function inputTypeText({ type, predicts, unit, range, missing, width }: ServingInput): string {
  if (predicts !== undefined) return headTypeText([], predicts);
  const optional = missing.kind === "keep" ? "?" : "";
  if (type === "vector") return `vector(${numberText(width ?? 1)})${optional}`;
  if (type !== "number") return `${type}${optional}`;
  const bounds = rangeText(range);
  return `number${unit === undefined ? "" : `(${unit})`}${optional}${bounds === "" ? "" : ` ${bounds}`}`;
}

/** What a missing value means: `0`, `drop`; nothing where it stays missing. */
export function missingText({ type, missing }: ServingInput): string {
  switch (missing.kind) {
    case "keep":
      return "";
    case "default":
      return constantText(type, missing.value);
    case "drop":
    case "refuse":
      return missing.kind;
  }
}

/** A value as its block says it, policies written out: `number in [0, 1] missing 0 outside clamp`. */
export function inputText(input: ServingInput): string {
  const missing = missingText(input);
  const isBounded = input.range?.low !== undefined || input.range?.high !== undefined;
  return [
    inputTypeText(input),
    ...(missing === "" ? [] : [`missing ${missing}`]),
    ...(isBounded ? [`outside ${input.outside}`] : []),
    ...(input.malformed === undefined ? [] : [`malformed ${input.malformed}`]),
  ].join(" ");
}

/** `0.05 in [0, 1]`; a parameter that may not move has no range. */
export function paramText({ value, range }: ParamModel): string {
  const isFixed = range.low === value && range.high === value;
  return isFixed ? numberText(value) : `${numberText(value)} ${rangeText(range)}`.trimEnd();
}

/** `from i2i top 300 by match, hot then top 500 by coarse then top 50 by score with home ties listed_at`. */
export function rankText({ sources, stages, rules, ties }: RankModel): string {
  const steps = stages.map(({ top, by }) => `top ${numberText(top)} by ${formulaText(by)}`);
  return [
    ...(sources.length === 0 ? [] : [`from ${sources.map(sourceText).join(", ")}`, "then"]),
    steps.join(" then "),
    ...(rules.length === 0 ? [] : [`with ${rules.join(", ")}`]),
    ...(ties.length === 0 ? [] : [`ties ${ties.map(tieText).join(", ")}`]),
  ].join(" ");
}

function sourceText({ name, top, by }: RankModel["sources"][number]): string {
  const count = top === undefined ? "" : ` top ${numberText(top)}`;
  return `${name}${count}${by === undefined ? "" : ` by ${formulaText(by)}`}`;
}

function tieText({ by, ascending }: RankModel["ties"][number]): string {
  return `${formulaText(by)}${ascending ? " ascending" : ""}`;
}

/** The entries of an experiment: `by: user_id`, `heavier: arm(0.1, beta: 2)`. */
export function experimentEntries({ key, salt, arms }: ExperimentModel): readonly string[] {
  return [
    `by: ${key}`,
    `salt: ${quote(salt)}`,
    ...arms.map(({ name, share, params }) => {
      const changes = Object.entries(params).map(([param, value]) => `${param}: ${numberText(value)}`);
      return `${name}: arm(${[numberText(share), ...changes].join(", ")})`;
    }),
  ];
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
    ...(Object.keys(test.request).length === 0
      ? []
      : [`request { ${Object.entries(test.request).map(field).join(", ")} }`]),
    ...test.candidates.map(({ name, fields }) => `candidate ${name} { ${fieldsOf(fields).map(field).join(", ")} }`),
    ...test.expectations.map(({ condition }) => `expect ${formulaText(condition)}`),
  ];
}

/** The probabilities of the classes of one task are one list. */
function fieldsOf(fields: TestModel["candidates"][number]["fields"]): readonly (readonly [string, CandidateValue])[] {
  const found = new Map<string, CandidateValue>();
  for (const [name, value] of Object.entries(fields)) {
    const task = declaredHead(name);
    const before = found.get(task);
    if (task === name || typeof value !== "number") found.set(name, value);
    else found.set(task, [...(Array.isArray(before) ? (before as readonly number[]) : []), value]);
  }
  return [...found];
}

function fieldText(type: ServingInput["type"], value: CandidateValue): string {
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
    // A number below zero is an expression, a text may be a number's id.
    return constantText(type, value);
  }
  return `[${value.map((item) => (typeof item === "number" ? numberText(item) : quote(item))).join(", ")}]`;
}
