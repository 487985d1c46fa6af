/** What a built-in's parameters may be; the checker reads it, so that a built-in never checks its own arguments. */
import type { Aging } from "../editions/index.js";
import type { ArgumentValue } from "../model/model.js";
import type { ParameterType } from "../model/parameter.js";

export type { ParameterType };

export interface ParameterSpec extends Aging {
  readonly name: string;
  readonly type: ParameterType;
  /** Absent: the parameter must be given. `null`: may be absent. */
  readonly default?: ArgumentValue;
  /** At its default it is not in the model: a parameter that came later, so that the hashes of earlier specs stay. */
  readonly elided?: true;
  /** One sentence for hover and reference: what it does, its unit. */
  readonly doc: string;
}
