/**
 * What a spec declares, as wide as any spec has it. A generated module has these names for its own spec in their place
 * (`declarationsOf` in the JavaScript target writes them), and the texts of `api.ts` and `rank-api.ts` after them.
 */
export interface Candidate {
  readonly id?: string | number;
  readonly [input: string]: unknown;
}

export interface RequestValues {
  readonly [input: string]: unknown;
}

export type FormulaName = string;
export type RankingName = string;
export type ParameterName = string;

/** What a request may say of experiments; nothing where the spec has none. */
export interface RequestArms {
  readonly arms?: Readonly<Record<string, string>>;
}

/** What an answer says of experiments; nothing where the spec has none. */
export interface AnswerArms {
  readonly arms?: Readonly<Record<string, string>>;
}
