import type { HeadType } from "../../model/index.js";
import type { HeadKind, SymbolOf } from "../names/symbols.js";

/** A head as other parts of the spec see it. */
export interface HeadInfo {
  readonly symbol: SymbolOf<HeadKind>;
  /** Absent when the declaration is wrong, which is then reported. */
  readonly type?: HeadType;
  /** An expectation that may be below 0: a task under `identity`, and what a chain makes of one. */
  readonly signed: boolean;
  /** Of an auxiliary task: a feature with `serving: none` that it reads outside `train_only(…)`. */
  readonly trainingOnly?: string;
  /** Computed from what other systems send; no part of the network. */
  readonly external: boolean;
}

export type Heads = ReadonlyMap<string, HeadInfo>;

/** Whether the name is that of a chain over signals: no network computes it, so that it is a formula of its own. */
export function isExternalChain(heads: Heads, name: string): boolean {
  const head = heads.get(name);
  return head?.external === true && head.symbol.kind === "chain";
}
