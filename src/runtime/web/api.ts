/** What a generated module exports: the web target writes these declarations after the names of the spec (`spec-names.ts`). */
import type { HeadName, RankingName } from "./spec-names.js";

/** Where a network computes: WebAssembly, plain JavaScript, or the graphics processor. */
export type BackendName = "wasm" | "cpu" | "webgl" | "webgpu";

export interface LoadOptions {
  /** Default: `wasm`, and `cpu` where WebAssembly may not run. */
  readonly backend?: BackendName;
}

/** A record of raw column values, as a row of the spec's files has them; null is unknown. */
export interface Row {
  readonly [column: string]: unknown;
}

/** The value of each served head for each row. */
export type Predictions = Readonly<Record<HeadName, Float32Array>>;

/** A raw column that rows provide. */
export interface Column {
  readonly column: string;
  /** Who reads it: "feature `age`". */
  readonly user: string;
  /** The features that are this column as it is. */
  readonly features: readonly string[];
}

/** A request to a ranking. What is wrong with it is part of the answer. */
export interface RankRequest {
  /** A record per candidate: raw columns of the network's features, and the values that the ranking reads. */
  readonly candidates: readonly Row[];
  /** What candidates are called; absent: their `id`. */
  readonly ids?: readonly (string | number)[];
  /** Values of the request. They are also features where candidates do not provide those. */
  readonly values?: Row;
  /** Seconds since 1970; absent: the clock's. */
  readonly now?: number;
  /** What draws of explorations depend on, besides the seed. */
  readonly request?: string;
  /** An integer in [0, 2^32); 0. */
  readonly seed?: number;
  /** Replace the spec's parameters and what arms set. */
  readonly params?: Readonly<Record<string, number>>;
  /** Replace the arms of the request's units. */
  readonly arms?: Readonly<Record<string, string>>;
  /** Which page is asked for, from 1; absent: the one after what `shown`, or else `tail`, holds. */
  readonly page?: number;
  /** The end of the page before, in its order. */
  readonly tail?: readonly Row[];
  /** All that the pages before showed, in its order: records with an `id`, or identifiers. */
  readonly shown?: readonly (Row | string | number)[];
  /** Of each candidate, the sources that provided it; absent: its `source`. */
  readonly sources?: readonly (readonly string[])[];
}

export interface RankedAnswer {
  readonly kind: "ranked";
  /** The ranking's name. */
  readonly ranking: string;
  readonly now: number;
  readonly seed: number;
  /** Arm by experiment. */
  readonly arms: Readonly<Record<string, string>>;
  readonly list: RankedList;
}

/** A request that cannot be answered, and why. */
export interface RefusedAnswer {
  readonly kind: "refused";
  /** The candidate at fault, where it is a single one. */
  readonly id?: string;
  /** The value at fault. */
  readonly input?: string;
  readonly diagnostic: { readonly code: string; readonly message: string };
}

export interface RankedList {
  /** In order. `propensity`: with what probability an exploration gave the item its position; absent where none did. */
  readonly items: readonly { readonly id: string; readonly score: number; readonly propensity?: number }[];
  /** Rules that could not hold, and how far they did. */
  readonly relaxed: readonly { readonly kind: string; readonly rule?: string }[];
  /** Candidates that validation left out. */
  readonly leftOut: readonly { readonly id: string; readonly input: string; readonly reason: string }[];
  /** What rules did to a candidate of the last stage. */
  readonly explain: (id: string) => ExplainedCandidate | undefined;
  /** Candidates of the last stage. */
  readonly considered: readonly string[];
}

export interface ExplainedCandidate {
  readonly id: string;
  /** From 1; absent: not in the list. */
  readonly position?: number;
  /** Its position by score only; absent: a rule took it out. */
  readonly scorePosition?: number;
  readonly removedBy?: string;
  /** The formula's number, before any rule. */
  readonly formulaScore: number;
  readonly score: number;
  readonly steps: readonly {
    readonly rule: string;
    readonly kind: "boost" | "clamp" | "suppress" | "pace";
    readonly factor: number;
    readonly before: number;
    readonly after: number;
  }[];
  /** Rules without which (all of them taken out) it would have a better position. */
  readonly heldBackBy: readonly string[];
  /** Rules without which (all of them taken out) it would have a worse position, or none. */
  readonly liftedBy: readonly string[];
}

export interface WebModel {
  readonly name: string;
  /** Of the model that the module was made from. */
  readonly hash: string;
  /** Names of the served heads; none for a model without a network. */
  readonly heads: readonly HeadName[];
  readonly columns: readonly Column[];
  /** Where the network computes; undefined before `load`, and for a model without a network. */
  readonly backend: BackendName | undefined;
  /** Throws an error that says which row and which value when one is not what the spec's feature needs. */
  readonly predict: (rows: readonly Row[]) => Predictions;
  /** The same; a graphics processor computes meanwhile. */
  readonly predictAsync: (rows: readonly Row[]) => Promise<Predictions>;
  /** Features, network, formula and rules: the list for a request. Rejects for a model without the ranking. */
  readonly rank: (request: RankRequest, ranking?: RankingName) => Promise<RankedAnswer | RefusedAnswer>;
  /** Frees what `load` took; the model may be loaded again. */
  readonly close: () => void;
}

/** The model, for which `load` has to have resolved. */
export declare const model: WebModel;

/** Makes the model ready and returns it. Rejects with an error that says what is missing when the backend does not start. */
export declare function load(options?: LoadOptions): Promise<WebModel>;
