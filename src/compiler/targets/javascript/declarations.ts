import type { FormulaType, ServingInput, ServingModel } from "../../model/index.js";
import type { ModuleRuntime } from "./module-runtime.js";

/** The `.d.ts` of a standalone module: what its spec declares, and then what every module declares over that. */
export function declarationsOf(
  name: string,
  serving: ServingModel,
  runtime: Pick<ModuleRuntime, "declarations" | "rankDeclarations">,
): string {
  const ofCandidates = serving.inputs.filter(({ origin }) => origin !== "request" && origin !== "id");
  const ofRequest = serving.inputs.filter(({ origin }) => origin === "request");
  const hasOwnId = ofCandidates.some((input) => input.name === "id");
  const parts = [
    `/** The serving stage of the model ${JSON.stringify(name)}. Every function is pure: the clock and the seed are inputs. */`,
    "export interface Candidate {",
    ...(hasOwnId
      ? []
      : ["  /** Unique in the request; a number counts as its text. */", "  readonly id: string | number;"]),
    ...ofCandidates.flatMap(memberOf),
    "}",
    "",
    "export interface RequestValues {",
    ...ofRequest.flatMap(memberOf),
    "}",
    "",
    `export type FormulaName = ${namesOf(serving.fusions)};`,
    `export type RankingName = ${namesOf(serving.ranks)};`,
    `export type ParameterName = ${namesOf(serving.params)};`,
    "",
    armTypes(serving),
    "",
    runtime.declarations,
    ...(serving.ranks.length === 0 ? [] : [runtime.rankDeclarations]),
  ];
  return parts.join("\n");
}

function namesOf(list: readonly { readonly name: string }[]): string {
  return list.length === 0 ? "never" : list.map((each) => JSON.stringify(each.name)).join(" | ");
}

function armTypes({ experiments }: ServingModel): string {
  if (experiments.length === 0) return "interface RequestArms {}\ninterface AnswerArms {}";
  return [
    "/** Arm by experiment. An experiment divides requests by the value of the request that is named with it. */",
    "export interface Arms {",
    ...experiments.flatMap(({ name, key, arms }) => [
      `  /** By ${JSON.stringify(key).replaceAll("*/", "* /")}. */`,
      `  readonly ${JSON.stringify(name)}?: ${namesOf(arms)};`,
    ]),
    "}",
    "",
    "interface RequestArms {",
    "  /** Replace the arms of the request's units. */",
    "  readonly arms?: Arms;",
    "}",
    "",
    "interface AnswerArms {",
    "  /** The arms that the request took part in. */",
    "  readonly arms: Arms;",
    "}",
  ].join("\n");
}

function memberOf(input: ServingInput): readonly string[] {
  const { missing, range, unit } = input;
  const notes = [
    ...(input.type === "time"
      ? ["a text such as `2026-11-05T12:30:00Z`, or seconds (not milliseconds) since 1970"]
      : []),
    ...(input.type === "duration" ? ["seconds"] : []),
    ...(unit === undefined ? [] : [unit]),
    ...(range === undefined ? [] : [rangeText(range)]),
    missing.kind === "keep"
      ? "may be missing"
      : missing.kind === "default"
        ? `${JSON.stringify(missing.value)} when missing`
        : missing.kind === "drop"
          ? "without it, the candidate is left out"
          : "without it, the request is refused",
  ];
  const optional = missing.kind === "refuse" ? "" : "?";
  const text = tsTypes[input.type];
  return [
    `  /** ${notes.join("; ").replaceAll("*/", "* /")}. */`,
    `  readonly ${JSON.stringify(input.name)}${optional}: ${text}${optional === "" ? "" : " | null"};`,
  ];
}

function rangeText({ low, high, lowOpen, highOpen }: NonNullable<ServingInput["range"]>): string {
  const [open, close] = [
    lowOpen === true || low === undefined ? "(" : "[",
    highOpen === true || high === undefined ? ")" : "]",
  ];
  return `in ${open}${low ?? "−∞"}, ${high ?? "∞"}${close}`;
}

const tsTypes: Readonly<Record<FormulaType, string>> = {
  number: "number",
  text: "string | number",
  bool: "boolean",
  // A date or a time as a text, or seconds since 1970.
  time: "string | number",
  duration: "number",
  texts: "readonly string[] | string",
  vector: "readonly number[] | Float64Array",
};
