/** What a built-in's parameters may be; the checker reads it, so that a built-in never checks its own arguments. */
import type { Aging } from "../editions/index.js";
import type { ArgumentValue } from "../model/model.js";

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
  /** A bare name out of a list: `activation: relu`. */
  | { readonly kind: "choice"; readonly values: readonly string[] }
  /** A list of whole numbers ≥ 1: `[256, 64]`; one number stands for a list of one. */
  | { readonly kind: "widths" }
  | { readonly kind: "numbers" }
  | { readonly kind: "boolean" }
  | { readonly kind: "text" }
  /** The name of a feature, a head, … : resolved by the checker, given on as text. */
  | { readonly kind: "reference"; readonly to: "feature" | "head" | "label" | "parameters" };

export interface ParameterSpec extends Aging {
  readonly name: string;
  readonly type: ParameterType;
  /** Absent: the parameter must be given. `null`: may be absent. */
  readonly default?: ArgumentValue;
  /** One sentence for hover and reference: what it does, its unit. */
  readonly doc: string;
}
