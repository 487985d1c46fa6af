import type { HeadModel, HeadType } from "../model/index.js";
import type { HeadKind, SymbolOf } from "./symbols.js";

/** A head as other parts of the spec see it. */
export interface HeadInfo {
  readonly symbol: SymbolOf<HeadKind>;
  /** Absent when the declaration is wrong, which is then reported. */
  readonly type?: HeadType;
  /** The range of its value, for formulas; of a signal that is a plain number, what its type says. */
  readonly activation?: Extract<HeadModel["value"], { kind: "activation" }>["function"];
  /** Computed from what other systems send; no part of the network. */
  readonly external: boolean;
}

export type Heads = ReadonlyMap<string, HeadInfo>;
