/** What parameters of built-ins, entries of blocks and options of rules may be, as data: the checker reads arguments by it. */
import type { ArgumentValue } from "./model.js";

/** What a parameter of a built-in may be. */
export type ParameterType =
  /** A number in [min, max]; open ends when said; whole when `integer`. */
  | {
      readonly kind: "number";
      readonly min?: number;
      readonly max?: number;
      readonly minOpen?: boolean;
      readonly maxOpen?: boolean;
      readonly integer?: boolean;
    }
  /** A bare name out of a list: `activation: relu`. `reads`: its value, where a text in quotes could say the same. */
  | { readonly kind: "choice"; readonly values: readonly string[]; readonly reads?: boolean }
  /** A list of whole numbers ≥ 1: `[256, 64]`; one number stands for a list of one. */
  | { readonly kind: "widths" }
  /** A list of such lists, each of which may be one number. */
  | { readonly kind: "levels" }
  | { readonly kind: "numbers" }
  | { readonly kind: "boolean" }
  | { readonly kind: "text" }
  /** Which labels go before which: `[buy, click]`, or `[buy > click, share > click]`; as data a list of chains, best first. */
  | { readonly kind: "order" }
  /** Gains of labels: `{ buy: 3, click: 1 }`, numbers ≥ 0. */
  | { readonly kind: "gains" }
  /** The name of a feature, a head, … : resolved by the checker, given on as text. */
  | { readonly kind: "reference"; readonly to: "feature" | "head" | "label" | "parameters" }
  | HeadReference
  | LabelReference;

/** Another head that a loss reads. */
export interface HeadReference {
  readonly kind: "reference";
  readonly to: "head";
  /** What it may be; absent: anything. `condition`: the probability of the condition that the loss's own head is under. */
  readonly is?: "score" | "condition";
  /** No gradient flows into it, so that the loss does not train it. */
  readonly detached?: true;
}

/** A label that a loss reads: an event is 0 or 1. */
export interface LabelReference {
  readonly kind: "reference";
  readonly to: "label";
  readonly base?: "amount";
  /** Only the future tells it, so that no feature may read its columns. */
  readonly outcome?: true;
}

/** What an argument may be: what built-ins declare, and what blocks of the language take besides. */
export type ArgumentType =
  | ParameterType
  /** The name of a column of the data, in quotes where it is not a name: `user_id`, `"user id"`. */
  | { readonly kind: "column" }
  /** Bare words or texts: `[age, "hours-per-week"]`, or one of them. */
  | { readonly kind: "names" }
  /** Texts in quotes: `["a.csv", "b.csv"]`, or one of them. */
  | { readonly kind: "strings"; readonly nonEmpty?: true }
  /** Texts and numbers, kept as they are: `["a", "b"]`, `[1, 2]`, or one of them. */
  | { readonly kind: "literals" }
  /** Anything: whoever asked for it reads it from the tree. Its value is null. */
  | { readonly kind: "expression"; readonly expected: string }
  /** The first that fits. */
  | { readonly kind: "oneOf"; readonly options: readonly ArgumentType[] };

/** A parameter of a built-in or of a form of the language. */
export interface ArgumentSpec {
  readonly name: string;
  readonly type: ArgumentType;
  /** Absent: it must be given. `null`: it may be absent. */
  readonly default?: ArgumentValue;
  /** At its default it is not in the model: a parameter that came later, so that the hashes of earlier specs stay. */
  readonly elided?: true;
  /** Parameters that cannot be given beside it; a value of the `defaults` block is not taken beside them. */
  readonly excludes?: readonly string[];
}
