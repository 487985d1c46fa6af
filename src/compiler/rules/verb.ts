/** What a verb of rules is: one row, from which the checker, the canonical text and the editors know it. */
import type { FormulaExpression, RuleBase, RuleCount, RuleKey, RuleModel, RuleSetModel } from "../model/index.js";
import type { ClauseName, ClauseSpec, ClauseValue } from "./clauses.js";
import type { FormulaOption, OptionValue, RuleOption, ValueOption } from "./options.js";

type Bounds = RuleSetModel["boostBounds"];
type Clauses = { readonly [C in ClauseName]?: ClauseSpec };
type Options = { readonly [name: string]: ValueOption<never> | ValueOption<unknown> | FormulaOption };

type OptionalClause<C> = { [K in keyof C]: C[K] extends { readonly optional: true } ? K : never }[keyof C];

/** What a rule says, checked: all that is required is there, defaults are filled in. */
export interface RuleParts<C, O> {
  /** Name, doc comment, window of time and location. */
  readonly base: RuleBase;
  readonly clauses: { readonly [K in Exclude<keyof C, OptionalClause<C>>]: ClauseValue<C[K]> } & {
    readonly [K in OptionalClause<C>]?: ClauseValue<C[K]>;
  };
  readonly options: { readonly [K in keyof O]: OptionValue<O[K]> };
}

/** A verb as its file writes it. */
export interface VerbSpec<C extends Clauses, O extends Options, M extends RuleModel> {
  /** One sentence for editors. */
  readonly summary: string;
  /** A whole rule, for help. */
  readonly example: string;
  /** In the order in which editors offer them: those that must be there first. */
  readonly clauses: C;
  readonly options: O;
  /** Clauses of which exactly one is there. */
  readonly oneOf?: readonly (keyof C & ClauseName)[];
  /** Options that are there together or not at all. */
  readonly together?: readonly (keyof O & string)[];
  /** The option `bounds` is not the rule's own: it bounds the product of all rules of the set that multiply. */
  readonly productBounds?: (options: RuleParts<C, O>["options"]) => Bounds;
  /** The rule as the model has it. */
  readonly model: (rule: RuleParts<C, O>) => M | undefined;
  /**
   * What the rule says after its name, each clause and option by itself, every default written out. Absent where `model`
   * makes rules of another verb, which are written as that verb's.
   */
  readonly text?: (rule: M, write: RuleWriter, set: Pick<RuleSetModel, "boostBounds">) => readonly string[];
}

/** A verb as others read it. */
export interface VerbRow {
  readonly summary: string;
  readonly example: string;
  readonly clauses: Clauses;
  readonly options: Readonly<Record<string, RuleOption>>;
  readonly oneOf: readonly ClauseName[];
  readonly together: readonly string[];
  // Methods, so that a row may ask for its own clauses and options: the checker gives it those that the row names.
  model(rule: AnyRuleParts): RuleModel | undefined;
  productBounds?(options: AnyRuleParts["options"]): Bounds;
  text?(rule: RuleModel, write: RuleWriter, set: Pick<RuleSetModel, "boostBounds">): readonly string[];
}

/** The clauses of a verb that must be there, and those that may. */
export function clauseNames({ clauses }: Pick<VerbRow, "clauses">): {
  readonly required: readonly ClauseName[];
  readonly optional: readonly ClauseName[];
} {
  const names = Object.keys(clauses) as readonly ClauseName[];
  const isOptional = (name: ClauseName): boolean => clauses[name]?.optional === true;
  return { required: names.filter((name) => !isOptional(name)), optional: names.filter(isOptional) };
}

/** {@link RuleParts} of any verb. */
export interface AnyRuleParts {
  readonly base: RuleBase;
  readonly clauses: { readonly [C in ClauseName]?: unknown };
  readonly options: Readonly<Record<string, unknown>>;
}

/** How parts of a rule are written. */
export interface RuleWriter {
  readonly formula: (formula: FormulaExpression) => string;
  readonly number: (value: number) => string;
  readonly count: (count: RuleCount) => string;
  readonly key: (key: RuleKey) => string;
  readonly quoted: (text: string) => string;
}

/** A verb with the types of its clauses and options. */
export function verb<const C extends Clauses, const O extends Options, M extends RuleModel>(
  spec: VerbSpec<C, O, M>,
): VerbRow {
  const { oneOf = [], together = [], ...row } = spec;
  return { ...row, oneOf, together };
}
