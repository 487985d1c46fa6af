import type { InputRow } from "../formulas/index.js";
import type { PermitSnapshot } from "../ranking/index.js";
import type { EarlierPages } from "./shown-items.js";

/** One request to a ranking: everything that its answer depends on. */
export interface RankRequest extends EarlierPages {
  readonly request: string;
  /** One per candidate, unique. */
  readonly ids: readonly string[];
  /** Values by name, as parsed JSON has them. */
  readonly candidates: readonly InputRow[];
  /** Inputs whose values come as columns, a value for each candidate, in the place of the candidates' own. */
  readonly columns?: ReadonlyMap<string, ArrayLike<unknown>>;
  /** Values of the request itself. */
  readonly values?: InputRow;
  /** Of each candidate, the sources that provided it; for rankings that have sources. */
  readonly sources?: readonly (readonly string[])[];
  /** Seconds since 1970. */
  readonly now: number;
  /** An integer in [0, 2^32). */
  readonly seed: number;
  /** Replace the spec's values. */
  readonly params?: ReadonlyMap<string, number>;
  /** Absent: every cap has what it needs. */
  readonly permits?: PermitSnapshot;
}

/** A request for a first page whose candidates are columns that are validated already. */
export type FrameRequest = Omit<RankRequest, "candidates" | "columns" | "values" | keyof EarlierPages>;
