/**
 * What a spec says of serving, after checking: what a candidate and a request provide, the formula's parameters, the
 * formulas, the rules, and the rankings. Every default is explicit and every name resolved. Plain JSON.
 */
import type { Span } from "../text/index.js";
import type { HeadType } from "./heads.js";
import type { FormulaExpression, FormulaLeaf, FormulaRange, FormulaTree, FormulaType } from "./formula.js";

export interface ServingModel {
  /** Everything that formulas, rules and rankings may read of a candidate or of the request. */
  readonly inputs: readonly ServingInput[];
  readonly params: readonly ParamModel[];
  /** Each after the ones it reads. */
  readonly fusions: readonly FusionModel[];
  readonly ruleSets: readonly RuleSetModel[];
  readonly ranks: readonly RankModel[];
  readonly experiments: readonly ExperimentModel[];
}

// ------------------------------------------------------------------------------------------------------------ inputs

/** A value that a candidate provides, or (`request`) that holds for the whole request. */
export interface ServingInput {
  readonly name: string;
  readonly doc?: string;
  /** `head`: a task or chain of the network; `id`: the candidate's own identifier. */
  readonly origin: "head" | "signal" | "attribute" | "feature" | "request" | "id";
  readonly type: FormulaType;
  /** Of signals that predict: what other systems predict with it, `P(buy | click)`. */
  readonly predicts?: HeadType;
  readonly unit?: string;
  /** Of numbers: what they have to lie in. */
  readonly range?: FormulaRange;
  /** Of vectors: how many numbers. */
  readonly width?: number;
  /** What a missing value (absent, null, NaN, infinite) means. */
  readonly missing: MissingPolicy;
  /**
   * What a number outside its range means: `drop` leaves the candidate out (a value of the request: refuses), `clamp`
   * moves it to the nearer end, `refuse` refuses the request.
   */
  readonly outside: "drop" | "clamp" | "refuse";
  /** What a value of another type means: `drop` leaves the candidate out; absent: it refuses the request. */
  readonly malformed?: "drop";
  readonly span: Span;
}

export type MissingPolicy =
  /** It stays missing: formulas and conditions handle it. */
  | { readonly kind: "keep" }
  | { readonly kind: "default"; readonly value: number | string | boolean }
  /** The candidate is left out, flagged and counted. */
  | { readonly kind: "drop" }
  /** The request is refused, by the names of candidate and value. */
  | { readonly kind: "refuse" };

/** A number of formulas and rules that `tune` and experiments may move within its range. */
export interface ParamModel {
  readonly name: string;
  readonly doc?: string;
  readonly value: number;
  /** The value itself when the spec gives none. */
  readonly range: FormulaRange;
  readonly span: Span;
}

export interface FusionModel {
  readonly name: string;
  readonly doc?: string;
  readonly value: FormulaExpression;
  readonly unit?: string;
  /** A chain over signals: also a head. */
  readonly chain?: true;
  readonly span: Span;
}

// ------------------------------------------------------------------------------------------------------------- rules

export interface RuleSetModel {
  readonly name: string;
  readonly doc?: string;
  /** In the order of the text; the order of the stages is the engine's. */
  readonly rules: readonly RuleModel[];
  /** What the product of all boosts of the set is clamped to; 0 < low ≤ 1 ≤ high. */
  readonly boostBounds: { readonly low: number; readonly high: number };
  readonly span: Span;
}

/** What every rule has. */
export interface RuleBase {
  /** Unique in its set. */
  readonly name: string;
  readonly doc?: string;
  /** The rule is there while the window is open. */
  readonly during?: TimeWindow;
  readonly span: Span;
}

/** Half-open: from ≤ now < to, in seconds since 1970; the dates were read in the zone. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
  /** An IANA name. */
  readonly zone: string;
}

/** What a rule does where its condition is unknown because something it reads is missing. */
export type UnknownCondition = "apply" | "keep";

/** What values are counted by; several names are one tuple. A value of `texts` counts for each of its texts. */
export type RuleKey = readonly { readonly name: string; readonly type: FormulaType }[];

/**
 * A soft rule is relaxed, the lowest priority first. A hard one that cannot hold shortens the list, is relaxed after all
 * soft ones (`relax`), or refuses the request.
 */
export type RulePriority =
  | { readonly kind: "hard"; readonly otherwise: "shorten" | "relax" | "refuse" }
  | { readonly kind: "soft"; readonly priority: number };

/** How places of a rule count: over all pages of a request, or, with `each`, again on each. */
interface PlacesOfPages {
  readonly pages?: "each";
}

/**
 * A whole number of a rule: stated, or a formula over the request whose range lies in [1, 10 000], rounded to the nearest
 * whole number (halves up).
 */
export type RuleCount = number | FormulaExpression;

export type RuleModel =
  | DropRule
  | BoostRule
  | SuppressRule
  | SpreadRule
  | ExploreRule
  | PinRule
  | VarietyRule
  | DedupeRule
  | CapRule
  | PaceRule;

export interface DropRule extends RuleBase {
  readonly verb: "drop";
  readonly when: FormulaExpression;
  readonly unknown: UnknownCondition;
}

export interface BoostRule extends RuleBase {
  readonly verb: "boost";
  readonly when: FormulaExpression;
  readonly unknown: UnknownCondition;
  /** Above 0. */
  readonly by: FormulaExpression;
}

export interface SuppressRule extends RuleBase {
  readonly verb: "suppress";
  readonly when: FormulaExpression;
  readonly unknown: UnknownCondition;
  readonly effect:
    /** In [0, 1). */
    { readonly kind: "factor"; readonly by: FormulaExpression } | { readonly kind: "last" } | { readonly kind: "drop" };
}

/** In every window of `window` consecutive places, at most `most` items share a value of the key. */
export interface SpreadRule extends RuleBase {
  readonly verb: "spread";
  readonly most: RuleCount;
  readonly key: RuleKey;
  readonly window: RuleCount;
  /** Only items for which it holds count; unknown does not. */
  readonly when?: FormulaExpression;
  readonly priority: RulePriority;
}

/** At least `least` items of a class among the first `top`, or all there are. */
export interface ExploreRule extends RuleBase, PlacesOfPages {
  readonly verb: "explore";
  readonly when: FormulaExpression;
  readonly least: RuleCount;
  readonly top: RuleCount;
  readonly priority: RulePriority;
  readonly choice:
    /** The best of the class by score. */
    | { readonly kind: "score" }
    /** With probability epsilon a place of the quota goes to one of the class at random. */
    | { readonly kind: "epsilon"; readonly epsilon: number }
    /** Drawn from Beta(1 + successes, 1 + trials − successes). */
    | { readonly kind: "thompson"; readonly successes: FormulaExpression; readonly trials: FormulaExpression };
}

/** The best item for which the condition holds is at `place`, which counts from 1. */
export interface PinRule extends RuleBase, PlacesOfPages {
  readonly verb: "pin";
  readonly when: FormulaExpression;
  readonly place: number;
}

/** Chooses the first `top` items (absent: all) for score and variety: MMR, or the greedy MAP of a DPP. */
export interface VarietyRule extends RuleBase, PlacesOfPages {
  readonly verb: "mmr" | "dpp";
  /** Cosine or dot product of vectors; equality of texts; Jaccard of several texts. */
  readonly similarity: { readonly name: string; readonly measure: "cosine" | "dot" | "equal" | "jaccard" };
  readonly top?: RuleCount;
  /** Share of the score against variety, in [0, 1]: MMR's λ, the DPP's θ. */
  readonly weight: number;
}

/** Of items that share the key, the best stays. */
export interface DedupeRule extends RuleBase {
  readonly verb: "dedupe";
  readonly key: RuleKey;
}

export const calendarUnits = ["minute", "hour", "day", "week", "month"] as const;
export type CalendarUnit = (typeof calendarUnits)[number];

/** At most `most` exposures of a key's value in a calendar window. */
export interface CapRule extends RuleBase {
  readonly verb: "cap";
  readonly most: number;
  readonly key: RuleKey;
  readonly per: CalendarUnit;
  /** IANA name of the zone whose calendar counts. */
  readonly zone: string;
  /** Only items for which it holds are counted and limited; unknown counts. */
  readonly when?: FormulaExpression;
  readonly count: "served" | "viewed";
  /** While the store cannot be reached: nothing, or a share in (0, 1] of what remained. */
  readonly down: { readonly kind: "closed" } | { readonly kind: "share"; readonly share: number };
}

/** A controller's multiplier on items so that a key's exposures follow a curve over the window. */
export interface PaceRule extends RuleBase {
  readonly verb: "pace";
  /** `most`: spends no more than the budget, evenly; `least`: reaches the goal. */
  readonly bound: "most" | "least";
  readonly budget: number;
  readonly key: RuleKey;
  readonly per: CalendarUnit;
  readonly zone: string;
  readonly when?: FormulaExpression;
  /** Shares of equal parts of the window, which sum to 1; one part: even. */
  readonly curve: readonly number[];
  /** What the multiplier is clamped to; 0 < low ≤ 1 ≤ high. */
  readonly bounds: { readonly low: number; readonly high: number };
  /**
   * Proportional, integral and derivative gain on the error in horizons of delivery, with time in horizons; a horizon is a
   * 24th of the window, at least ten minutes. The output is the logarithm of the multiplier.
   */
  readonly gains: { readonly proportional: number; readonly integral: number; readonly derivative: number };
}

// ----------------------------------------------------------------------------------------------------------- rankings

export interface RankModel {
  readonly name: string;
  readonly doc?: string;
  /**
   * Where candidates come from (Match): each source's first `top` by its own score (absent: all), merged by id. Empty:
   * the request's candidates as they are.
   */
  readonly sources: readonly RankSource[];
  /** One after the other (Rank, Rerank), each over what the one before left; the last one's `top` is the list's length. */
  readonly stages: readonly RankStage[];
  /** Names of rule sets, in order; they work on the last stage. */
  readonly rules: readonly string[];
  /** Order among equal scores, greatest first; then the id by code points. */
  readonly ties: readonly TieKey[];
  readonly span: Span;
}

export interface RankSource {
  readonly name: string;
  readonly top?: number;
  readonly by?: FormulaExpression;
  readonly span: Span;
}

export interface RankStage {
  readonly top: number;
  readonly by: FormulaExpression;
  readonly span: Span;
}

export interface TieKey {
  readonly by: FormulaExpression;
  readonly ascending: boolean;
  readonly span: Span;
}

// -------------------------------------------------------------------------------------------------------- experiments

/** Requests divided by a salted hash of one of their values; each arm sets some parameters. */
export interface ExperimentModel {
  readonly name: string;
  readonly doc?: string;
  /** A value of the request. */
  readonly key: string;
  readonly salt: string;
  /** In the order of the text; shares sum to 1. */
  readonly arms: readonly ExperimentArm[];
  readonly span: Span;
}

export interface ExperimentArm {
  readonly name: string;
  /** In (0, 1]. */
  readonly share: number;
  /** Inside the parameters' ranges. */
  readonly params: Readonly<Record<string, number>>;
  readonly span: Span;
}

// -------------------------------------------------------------------------------------------------------------- tests

/** A `test` block. It says nothing about what the model is, and is not part of its hash. */
export interface TestModel {
  readonly title: string;
  /** The clock, in seconds since 1970; absent: 2000-01-01. */
  readonly at?: number;
  readonly request: Readonly<Record<string, CandidateValue>>;
  readonly candidates: readonly TestCandidate[];
  readonly expectations: readonly TestExpectation[];
  readonly span: Span;
}

/** A value as a request's JSON has it; times and durations as seconds. */
export type CandidateValue = number | string | boolean | readonly string[] | readonly number[];

export interface TestCandidate {
  /** Also its id. */
  readonly name: string;
  /** Those of `like` included. */
  readonly fields: Readonly<Record<string, CandidateValue>>;
  readonly span: Span;
}

export interface TestExpectation {
  readonly condition: TestExpression;
  readonly span: Span;
}

/** What an expectation reads: constants, parameters, values of one candidate, and rankings of all of them. */
export type TestLeaf =
  | Extract<FormulaLeaf, { readonly kind: "constant" | "param" }>
  /** `score(plain)`: a formula or an input of one candidate. */
  | {
      readonly kind: "of";
      readonly type: FormulaType;
      readonly value: FormulaLeaf;
      readonly candidate: string;
      readonly span: Span;
    }
  /** A ranking's list of candidates. */
  | { readonly kind: "ranking"; readonly type: "candidates"; readonly name: string; readonly span: Span }
  | {
      readonly kind: "candidates";
      readonly type: "candidates";
      readonly names: readonly string[];
      readonly span: Span;
    };

export type TestExpression = FormulaTree<TestLeaf>;
