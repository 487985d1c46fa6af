import type { FormulaType, ServingInput, ServingModel } from "../../model/index.js";

/** The `.d.ts` of a standalone module. */
export function declarationsOf(name: string, serving: ServingModel): string {
  const ofCandidates = serving.inputs.filter(({ origin }) => origin !== "request" && origin !== "id");
  const ofRequest = serving.inputs.filter(({ origin }) => origin === "request");
  const hasOwnId = ofCandidates.some((input) => input.name === "id");
  const hasExperiments = serving.experiments.length > 0;
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
    ...(hasExperiments ? ["", armTypes(serving)] : []),
    "",
    requestTypes(hasExperiments),
    scoreTypes(hasExperiments),
    ...(serving.ranks.length === 0 ? [] : [rankTypes(hasExperiments)]),
  ];
  return parts.join("\n");
}

function namesOf(list: readonly { readonly name: string }[]): string {
  return list.length === 0 ? "never" : list.map((each) => JSON.stringify(each.name)).join(" | ");
}

function armTypes({ experiments }: ServingModel): string {
  return [
    "/** Arm by experiment. An experiment divides requests by the value of the request that is named with it. */",
    "export interface Arms {",
    ...experiments.flatMap(({ name, key, arms }) => [
      `  /** By ${JSON.stringify(key).replaceAll("*/", "* /")}. */`,
      `  readonly ${JSON.stringify(name)}?: ${namesOf(arms)};`,
    ]),
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

const requestTypes = (hasExperiments: boolean): string => `export interface ServingRequest {
  readonly candidates: readonly Candidate[];
  /** What candidates are called, one each; absent: their \`id\`. */
  readonly ids?: readonly (string | number)[];
  readonly values?: RequestValues;
  /** Seconds (not milliseconds) since 1970-01-01T00:00:00Z, before the year 2200: \`Date.now() / 1000\`. */
  readonly now: number;
  /** In the place of the spec's parameters, inside their ranges; they stand above what an arm sets. */
  readonly params?: Partial<Readonly<Record<ParameterName, number>>>;
${hasExperiments ? "  /** In the place of the arms of the request's units. */\n  readonly arms?: Arms;\n" : ""}  /** What the request is called: draws of explorations depend on it, besides the seed. */
  readonly request?: string;
  /** An integer in [0, 2^32); 0. */
  readonly seed?: number;
}

export interface RankRequest extends ServingRequest {
  /** The end of the page before, in its order: windows go on over it, and what stands in it is not shown again. */
  readonly tail?: readonly Partial<Candidate>[];
  /** All that the pages before showed, in its order: items with what rules read of them, or ids. Its end is the tail where there is none. */
  readonly shown?: readonly (Partial<Candidate> | string | number)[];
  /** Which page is asked for, from 1; absent: the one that begins after what \`shown\`, or else \`tail\`, holds. */
  readonly page?: number;
  /** Of each candidate, the sources that brought it. */
  readonly sources?: readonly (readonly string[])[];
  /**
   * What caps have left (at least 0) and what pacing multiplies by (above 0), by rule and key; absent: no cap holds
   * anything back.
   */
  readonly permits?: {
    readonly held: (rule: string, key: string) => number;
    readonly pace: (rule: string, key: string) => number;
  };
}

/** The request is at fault: a value of another type, one that the spec refuses, or a name that it does not know. Nothing is thrown. */
export interface Refused {
  readonly kind: "refused";
  /** Absent for what the request itself brings. */
  readonly id?: string;
  /** The value at fault: an input of the spec, or a member of the request such as \`now\`. */
  readonly input: string;
  readonly reason: "missing" | "outside" | "type" | "unknown";
  readonly expected: string;
  readonly help?: string;
}

export interface LeftOut {
  readonly id: string;
  readonly input: string;
  readonly reason: "missing" | "outside" | "type";
}

`;

const armsMember = (hasExperiments: boolean): string =>
  hasExperiments ? "  /** The arms that the request took part in. */\n  readonly arms: Arms;\n" : "";

const scoreTypes = (hasExperiments: boolean): string => `export interface Scored {
  readonly kind: "scored";
  readonly items: readonly { readonly id: string; readonly scores: Readonly<Record<FormulaName, number>> }[];
  readonly leftOut: readonly LeftOut[];
  /** Values that were moved into their range. */
  readonly clamped: number;
${armsMember(hasExperiments)}}

export interface Explanation {
  /** Contributions of a product sum to ln(score), those of a sum to the score; a value has no parts. */
  readonly kind: "product" | "sum" | "value";
  readonly score: number;
  readonly parts: readonly { readonly part: string; readonly value: number; readonly contribution: number }[];
}

export declare const model: { readonly name: string; readonly hash: string };

/** Every formula for every candidate. */
export declare function score(request: ServingRequest): Scored | Refused;

/** What each part of a formula did for a candidate; undefined when validation left it out. */
export declare function explain(
  request: ServingRequest,
  id: string | number,
  formula: FormulaName,
): Explanation | Refused | undefined;
`;

const rankTypes = (hasExperiments: boolean): string => `export interface RankedList {
  readonly kind: "ranked";
  readonly items: readonly { readonly id: string; readonly score: number; readonly propensity?: number }[];
  /** Rules that could not hold, and how far they did. */
  readonly relaxed: readonly { readonly kind: "window" | "pin" | "quota" | "short" | "refused" }[];
  /** A search ended for its budget: a better list may exist. */
  readonly budgetSpent: boolean;
  readonly leftOut: readonly LeftOut[];
  /** Candidates that a page before showed: they are left out. */
  readonly alreadyShown: readonly string[];
  /** Candidates that none of the ranking's sources brought. */
  readonly unsourced: readonly string[];
  /** Candidates of sources that are not among the first of any of theirs. */
  readonly outranked: readonly string[];
  readonly clamped: number;
  /** Candidates whose formula gave no finite number: they stand behind all others. */
  readonly flagged: readonly string[];
  /** Exposures that the list takes from caps. */
  readonly spent: readonly { readonly rule: string; readonly key: string; readonly count: number }[];
  /** What rules did to a candidate of the last stage. */
  readonly explain: (id: string) => ExplainedCandidate | undefined;
  readonly considered: readonly string[];
${armsMember(hasExperiments)}}

export interface ExplainedCandidate {
  readonly id: string;
  /** Absent: not in the list. */
  readonly place?: number;
  /** Its place by score alone. */
  readonly orderPlace?: number;
  readonly removedBy?: string;
  readonly formula: number;
  readonly score: number;
  readonly steps: readonly {
    readonly rule: string;
    readonly kind: "boost" | "clamp" | "suppress" | "pace";
    readonly factor: number;
    readonly before: number;
    readonly after: number;
  }[];
  readonly last: boolean;
  /** Rules without which (all of them taken out) it would stand at a better place. */
  readonly heldBackBy: readonly string[];
  /** Rules without which (all of them taken out) it would stand at a worse place, or at none. */
  readonly liftedBy: readonly string[];
}

/** A ranking's list; the first ranking of the spec unless another is named. */
export declare function rank(
  request: RankRequest,
  ranking?: RankingName,
): RankedList | Refused | { readonly kind: "duplicate"; readonly id: string };
`;
