/** Options of rules (`key: value`): what each may be, its default, and what a verb's model gets of it. */
import type { ArgumentType, ArgumentValue, FormulaExpression, RulePriority } from "../model/index.js";

/** An option with a constant value. */
export interface ValueOption<T> {
  readonly type: ArgumentType;
  /** null where absence means something of its own. */
  readonly default: ArgumentValue;
  /** Set where the value must be a time zone that the engine knows. */
  readonly isZone?: true;
  /** The value for the model, also of the default; or what was expected instead. */
  readonly read: (value: ArgumentValue) => { readonly value: T } | { readonly expected: string };
}

/** An option whose value is a formula of the candidate. */
export interface FormulaOption {
  readonly type: Extract<ArgumentType, { readonly kind: "expression" }>;
  readonly default: null;
}

export type RuleOption = ValueOption<unknown> | FormulaOption;

/** What a verb's model gets of an option. */
export type OptionValue<O> = O extends ValueOption<infer T> ? T : FormulaExpression | undefined;

export const numberFormula: FormulaOption = { type: { kind: "expression", expected: "a number" }, default: null };

/** One of some words. */
export function choice<const V extends string>(values: readonly [V, ...V[]], otherwise: V): ValueOption<V> {
  return {
    type: { kind: "choice", values },
    default: otherwise,
    read: (value) => ({ value: values.find((each) => each === value) ?? otherwise }),
  };
}

/** A number in [0, 1], or below 1. */
export function fraction<T extends number | null>(
  otherwise: T,
  bounds: { readonly maxOpen?: true } = {},
): ValueOption<number | T> {
  return {
    type: { kind: "number", min: 0, max: 1, ...bounds },
    default: otherwise,
    read: (value) => ({ value: typeof value === "number" ? value : otherwise }),
  };
}

/** The calendar that dates and windows are read in: an IANA name. */
export const zone: ValueOption<string> = {
  type: { kind: "text" },
  default: "UTC",
  isZone: true,
  read: (value) => (typeof value === "string" ? { value } : { expected: "the name of a time zone" }),
};

/** What an unknown condition does: a rule that protects acts, all others keep the item as it is. */
export const missing = (otherwise: "apply" | "keep"): ValueOption<"apply" | "keep"> =>
  choice(["keep", "apply"], otherwise);

export const pages = choice(["all", "each"], "all");

/** What factors are clamped to unless a rule says otherwise. */
export const defaultBounds = { low: 0.1, high: 10 } as const;

/** Two numbers [low, high] that factors are clamped to. */
export const bounds: ValueOption<{ readonly low: number; readonly high: number }> = {
  type: { kind: "numbers" },
  default: [defaultBounds.low, defaultBounds.high],
  read: (value) => {
    const [low, high, ...more] = numbersOf(value);
    return low !== undefined && high !== undefined && more.length === 0 && low > 0 && low <= 1 && high >= 1
      ? { value: { low, high } }
      : { expected: "two numbers [low, high] with 0 < low ≤ 1 ≤ high" };
  },
};

/** The priority of a soft rule; absent: the rule is hard. */
export const soft: ValueOption<number | undefined> = {
  type: { kind: "number" },
  default: null,
  read: (value) => ({ value: typeof value === "number" ? value : undefined }),
};

/** What a hard rule that cannot hold does. */
export const otherwise = choice(["shorten", "relax", "refuse"], "shorten");

/** The options `soft` and `otherwise` together. */
export function priorityOf(options: {
  readonly soft: number | undefined;
  readonly otherwise: "shorten" | "relax" | "refuse";
}): RulePriority {
  return options.soft === undefined
    ? { kind: "hard", otherwise: options.otherwise }
    : { kind: "soft", priority: options.soft };
}

/** The numbers of a list. */
export function numbersOf(value: ArgumentValue): readonly number[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "number") : [];
}
