import type { FormulaType, ServingInput, ServingModel } from "../../model/index.js";

/** The `.d.ts` of a standalone module. */
export function declarationsOf(name: string, serving: ServingModel): string {
  const ofCandidates = serving.inputs.filter(({ origin }) => origin !== "request" && origin !== "id");
  const ofRequest = serving.inputs.filter(({ origin }) => origin === "request");
  const names = (list: readonly { readonly name: string }[]): string =>
    list.length === 0 ? "never" : list.map((each) => JSON.stringify(each.name)).join(" | ");
  const parts = [
    `/** The serving stage of the model ${JSON.stringify(name)}. Every function is pure: the clock and the seed are inputs. */`,
    "export interface Candidate {",
    "  /** Unique in the request. */",
    "  readonly id: string;",
    ...ofCandidates.flatMap(memberOf),
    "}",
    "",
    "export interface RequestValues {",
    ...ofRequest.flatMap(memberOf),
    "}",
    "",
    `export type FormulaName = ${names(serving.fusions)};`,
    `export type RankingName = ${names(serving.ranks)};`,
    `export type ParameterName = ${names(serving.params)};`,
    "",
    requestTypes,
    ...(serving.ranks.length === 0 ? [] : [rankTypes]),
  ];
  return parts.join("\n");
}

function memberOf(input: ServingInput): readonly string[] {
  const { missing, range, unit } = input;
  const notes = [
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
  time: "string | number",
  duration: "number",
  texts: "readonly string[] | string",
  vector: "readonly number[] | Float64Array",
};

const requestTypes = `export interface ServingRequest {
  readonly candidates: readonly Candidate[];
  readonly values?: RequestValues;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly now: number;
  /** In the place of the spec's parameters. */
  readonly params?: Partial<Readonly<Record<ParameterName, number>>>;
}

export interface RankRequest extends ServingRequest {
  /** What draws of explorations depend on, besides the seed. */
  readonly request?: string;
  /** An integer in [0, 2^32). */
  readonly seed?: number;
  /** The end of the page before, in its order: windows go on over it. */
  readonly tail?: readonly Partial<Candidate>[];
  /** Of each candidate, the sources that brought it. */
  readonly sources?: readonly (readonly string[])[];
  /** What caps have left and what pacing multiplies by, by rule and key; absent: no cap holds anything back. */
  readonly permits?: {
    readonly held: (rule: string, key: string) => number;
    readonly pace: (rule: string, key: string) => number;
  };
}

/** The request is at fault: a value of another type, or one that the spec refuses. */
export interface Refused {
  readonly kind: "refused";
  /** Absent for a value of the request itself. */
  readonly id?: string;
  readonly input: string;
  readonly reason: "missing" | "outside" | "type";
  readonly expected: string;
}

export interface LeftOut {
  readonly id: string;
  readonly input: string;
  readonly reason: "missing" | "outside";
}

export interface Scored {
  readonly kind: "scored";
  readonly items: readonly { readonly id: string; readonly scores: Readonly<Record<FormulaName, number>> }[];
  readonly leftOut: readonly LeftOut[];
  /** Values that were moved into their range. */
  readonly clamped: number;
}

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
  id: string,
  formula: FormulaName,
): Explanation | Refused | undefined;
`;

const rankTypes = `export interface RankedList {
  readonly kind: "ranked";
  readonly items: readonly { readonly id: string; readonly score: number; readonly propensity?: number }[];
  /** Rules that could not hold, and how far they did. */
  readonly gaveWay: readonly { readonly kind: "window" | "pin" | "quota" | "short" | "refused" }[];
  /** A search ended for its budget: a better list may exist. */
  readonly budgetSpent: boolean;
  readonly leftOut: readonly LeftOut[];
  readonly clamped: number;
  /** Candidates whose formula gave no finite number: they stand behind all others. */
  readonly flagged: readonly string[];
  /** Exposures that the list takes from caps. */
  readonly spent: readonly { readonly rule: string; readonly key: string; readonly count: number }[];
  /** What rules did to a candidate of the last stage. */
  readonly explain: (id: string) => ExplainedCandidate | undefined;
  readonly considered: readonly string[];
}

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
  readonly heldBackBy: readonly string[];
  readonly liftedBy: readonly string[];
}

/** A ranking's list; the first ranking of the spec unless another is named. */
export declare function rank(
  request: RankRequest,
  ranking?: RankingName,
): RankedList | Refused | { readonly kind: "duplicate"; readonly id: string };
`;
