/** Requests and answers of `mtlc serve`, as docs/serve.md has them. */

/** A value of a raw column. */
export type Value = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** Raw columns by their names. */
export type Row = Readonly<Record<string, Value>>;

/** Values of the heads for one row; of a model with one head, its number. `null` is not finite. */
export type Prediction = Readonly<Record<string, number | null>> | number | null;

/** A tensor of KServe's protocol. */
export interface Tensor {
  readonly name: string;
  /** The number of rows first. */
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly unknown[];
}

export interface InferRequest {
  readonly id?: string;
  /** A tensor for each raw column. */
  readonly inputs: readonly Tensor[];
  /** Heads that are asked for; absent: all. */
  readonly outputs?: readonly { readonly name: string }[];
}

export interface InferAnswer {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  /** A tensor for each head. */
  readonly outputs: readonly Tensor[];
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly Omit<Tensor, "data">[];
  readonly outputs: readonly Omit<Tensor, "data">[];
}

/** A candidate: its `id`, raw columns, and other values that the ranking reads. */
export type Candidate = Row & { readonly id?: string | number };

export interface RankRequest {
  /** Absent: the only model that there is. */
  readonly model?: string;
  /** Absent: the newest. */
  readonly version?: string;
  /** Absent: the first of the spec. */
  readonly ranking?: string;
  readonly candidates: readonly Candidate[];
  /** Values of the request itself. */
  readonly values?: Row;
  /** What the request is called; explorations draw by it. */
  readonly request?: string;
  /** Seconds since 1970; absent: the server's clock. */
  readonly now?: number;
  /** An integer in [0, 2^32); 0. */
  readonly seed?: number;
  readonly params?: Readonly<Record<string, number>>;
  /** Replace the arms of the request's units. */
  readonly arms?: Readonly<Record<string, string>>;
  /** What candidates are called; absent: their `id`. */
  readonly ids?: readonly (string | number)[];
  /** Of each candidate, the sources that provided it. */
  readonly sources?: readonly (readonly string[])[];
  /** `pageToken` of the page before. */
  readonly after?: string;
  /** `true`, or identifiers of candidates: what each rule and each part of the formula did with them. */
  readonly explain?: boolean | readonly (string | number)[];
}

export interface RankedItem {
  readonly id: string;
  readonly score: number;
  /** With what probability an exploration gave it its position; absent where none did. */
  readonly propensity?: number;
}

/** The members that every answer has; others are in docs/json.md. */
export interface RankAnswer {
  readonly model: string;
  readonly version: string;
  readonly request: string;
  readonly ranking: string;
  /** Time of the request, in ISO 8601. */
  readonly at: string;
  readonly seed: number;
  /** Arm by experiment. */
  readonly arms?: Readonly<Record<string, string>>;
  readonly candidateCount: number;
  /** In the order of the page. */
  readonly items: readonly RankedItem[];
  /** Rules that could not hold. */
  readonly relaxed: readonly unknown[];
  /** Caps whose store cannot be reached, and caps of which it did not answer in time: the list has what was at hand. */
  readonly degradedCaps?: readonly unknown[];
  readonly lateCaps?: readonly string[];
  readonly explanations?: readonly unknown[];
  /** For `after` of the page after, and for reports of exposures; absent where the page has no item. */
  readonly pageToken?: string;
  /** Until when exposures of the page count, in ISO 8601. */
  readonly exposuresUntil?: string;
}

/** What was shown of a page. */
export interface Exposure {
  readonly pageToken: string;
  /** Identifiers of items; absent: all of the page. */
  readonly items?: readonly string[];
}

/** What became of the items of an exposure. */
export interface ExposureResult {
  readonly request: string;
  /** Items that count now. */
  readonly counted: readonly string[];
  /** Items that counted before. */
  readonly repeated: readonly string[];
  /** Items that came after `exposuresUntil`, and do not count. */
  readonly late: readonly string[];
}
