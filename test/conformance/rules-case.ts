/** A conformance case of the rule stage: see `rules/oracle.py`, which defines what each field means. */
export interface RulesCase {
  readonly name: string;
  readonly now: number;
  readonly top: number;
  readonly rules: readonly CaseRule[];
  readonly candidates: readonly CaseCandidate[];
  /** In page order: the last one is right before the first position. */
  readonly tail?: readonly Readonly<Record<string, CaseValue>>[];
  /** Of each cap, exposures held by the JSON array of the key's values; what is not named has no limit. */
  readonly permits?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly expect: {
    readonly list: readonly string[];
    readonly scores: readonly number[];
    readonly relaxed: readonly unknown[];
  };
}

export type CaseValue = string | number | boolean | readonly string[] | readonly number[];

export type CaseCandidate = Readonly<Record<string, CaseValue>> & { readonly id: string; readonly score: number };

export interface CaseRule {
  readonly verb:
    "drop" | "boost" | "suppress" | "spread" | "explore" | "pin" | "mmr" | "dpp" | "dedupe" | "cap" | "pace";
  readonly name: string;
  readonly when?: readonly [string, string, string | number | boolean];
  readonly unknown?: "apply" | "keep";
  readonly during?: readonly [number, number];
  readonly by?: number | "last" | "drop";
  readonly key?: readonly string[];
  readonly most?: number;
  readonly window?: number;
  readonly priority?: { readonly hard: "shorten" | "relax" | "refuse" } | { readonly soft: number };
  readonly least?: number;
  readonly top?: number;
  readonly position?: number;
  readonly of?: string;
  readonly measure?: "equal" | "jaccard" | "cosine" | "dot";
  readonly weight?: number;
}
