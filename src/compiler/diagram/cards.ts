/** What a diagram is made of: cards for what a spec names, and edges between them. */

export const cardKinds = [
  "features",
  "input",
  "table",
  "bottom",
  "experts",
  "gate",
  "tower",
  "task",
  "chain",
  "candidate",
  "fusion",
  "rank",
] as const;
export type CardKind = (typeof cardKinds)[number];

/** One thing that the spec names, or the features that one of them reads directly. */
export interface Card {
  readonly id: string;
  readonly kind: CardKind;
  readonly title: string;
  /** What it is, a short line each. */
  readonly lines: readonly string[];
  /** Copies of it, drawn as a stack. */
  readonly copies?: number;
  /** Facts at its foot: shape, parameters. */
  readonly facts: readonly string[];
}

/**
 * `data`: what is read; `weights`: what a gate's weights are computed from; `mix`: the experts that a gate mixes;
 * `training`: counts only in training.
 */
export type EdgeKind = "data" | "weights" | "mix" | "training";

export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

export interface Diagram {
  readonly title: string;
  readonly doc?: string;
  readonly cards: readonly Card[];
  readonly edges: readonly DiagramEdge[];
}
