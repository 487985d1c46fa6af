/** Named numbers and switches of optimizers and schedules, as a spec writes them: `adam(lr: 1e-3)`. */
import type { Aging } from "../editions/index.js";
import type { OpBuilder } from "./op-builder.js";
import { GraphError } from "./graph-error.js";
import type { ValueId } from "./graph.js";

export interface SettingSpec extends Aging {
  readonly name: string;
  readonly type:
    | {
        readonly kind: "number";
        readonly min?: number;
        readonly max?: number;
        readonly minOpen?: boolean;
        readonly maxOpen?: boolean;
        readonly integer?: boolean;
      }
    | { readonly kind: "boolean" };
  /** Absent: it must be given. `null`: may be absent. */
  readonly default?: number | boolean | null;
  /** One sentence: what it does, its unit. */
  readonly doc: string;
}

export type Settings = Readonly<Record<string, number | boolean>>;

/**
 * The given settings with defaults for the others. Ranges are the checker's business. Throws when one is unknown, of
 * another kind or missing.
 */
export function resolveSettings(
  owner: string,
  specs: readonly SettingSpec[],
  given: Readonly<Record<string, unknown>>,
): Settings {
  const unknown = Object.keys(given).find((name) => !specs.some((spec) => spec.name === name));
  if (unknown !== undefined) throw new GraphError(`\`${owner}\` has no setting \`${unknown}\``);
  return Object.fromEntries(
    specs.flatMap((spec) => {
      const value = given[spec.name] ?? spec.default;
      if (value === null) return [];
      if ((typeof value !== "number" && typeof value !== "boolean") || typeof value !== spec.type.kind) {
        throw new GraphError(`\`${owner}\` needs \`${spec.name}\` as a ${spec.type.kind}, has ${String(value)}`);
      }
      return [[spec.name, value]];
    }),
  );
}

/** A setting as a number of the host. */
export function numberOf(settings: Settings, name: string): number {
  const value = settings[name];
  if (typeof value !== "number") throw new GraphError(`there is no number \`${name}\``);
  return value;
}

/** A setting that may be absent. */
export function optionalNumberOf(settings: Settings, name: string): number | undefined {
  return settings[name] === undefined ? undefined : numberOf(settings, name);
}

/** A setting as a float32 scalar. */
export function scalarOf(builder: OpBuilder, settings: Settings, name: string): ValueId {
  return builder.scalar(numberOf(settings, name));
}
