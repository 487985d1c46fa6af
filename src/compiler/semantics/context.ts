import type { ArgumentValue } from "../model/index.js";
import type { Reporter } from "../diagnostics/index.js";
import type { AnyNode, Name, Spec } from "../syntax/index.js";
import type { Span } from "../text/index.js";
import type { Scope } from "./names/bind.js";
import type { Within } from "./events/events.js";
import type { SpecSymbol } from "./names/symbols.js";
import { errorType, type ValueType } from "./values/types.js";

/** What the checker found out about nodes of the tree, which itself stays as the parser made it. */
export interface SideTables {
  /** Every declared name, in the order of the text. */
  readonly symbols: readonly SpecSymbol[];
  /** Names where they are used → what they stand for. */
  readonly references: ReadonlyMap<Name, SpecSymbol>;
  /** Expressions and declarations → what they are. */
  readonly types: ReadonlyMap<AnyNode, ValueType>;
  /** What each label implies: what {@link showType} writes events with. */
  readonly within: Within;
}

/** What the checker needs of a label. */
export interface LabelInfo {
  /** `any` for an event that signals name without declaring it. */
  readonly base: "event" | "amount" | "classes" | "any";
  readonly unit?: string;
  /** Names of the classes of a label that has them. */
  readonly classes?: readonly string[];
  /** All labels that this one implies, from near to far. */
  readonly within: readonly string[];
}

/** A place that is computed at serving and reads a feature with `serving: none`. */
export interface ServedRead {
  /** The head that reads it; absent for formulas, rules and rankings. */
  readonly head?: string;
  /** The auxiliary task by whose way a chain reads it. */
  readonly by?: string;
  readonly span: Span;
}

/** What arguments are that nobody gives, by the name of what takes them and by the parameter: the `defaults` block. */
export type DefaultArguments = ReadonlyMap<string, ReadonlyMap<string, ArgumentValue>>;

/** What all checks share: where to report, what names mean, and where to write what they find. */
export interface CheckContext {
  readonly spec: Spec;
  readonly reporter: Reporter;
  readonly scope: Scope;
  /** The parser had to leave out parts: a name without declaration may well be declared there. */
  readonly incomplete: boolean;
  /** Whether a task of the spec is trees: `trees(…)` is called in it. */
  readonly hasTrees: boolean;
  /** Empty until the block is checked, before everything that takes arguments. */
  readonly defaults: Map<string, ReadonlyMap<string, ArgumentValue>>;
  /** Labels by name; empty until they are checked. */
  readonly labels: Map<string, LabelInfo>;
  /** Names that the file itself imports, where they are. */
  readonly imported: readonly Name[];
  /** Names that `remove` took out of what the file extends or imports, where it did. */
  readonly removed: ReadonlyMap<string, Span>;
  /** What each label implies. */
  readonly within: Within;
  readonly references: Map<Name, SpecSymbol>;
  readonly types: Map<AnyNode, ValueType>;
  /** Names that were reported: one mistake in a declaration would otherwise show at each use. */
  readonly reported: Set<string>;
  /** Features with `serving: none` → the places computed at serving that read them. */
  readonly served: Map<string, ServedRead[]>;
}

/** Notes what a node is, and hands it on. */
export function setType<T extends ValueType>(context: CheckContext, node: AnyNode, type: T): T {
  context.types.set(node, type);
  return type;
}

/** What was noted for a node; `error` where nothing was. */
export function typeOf(context: CheckContext, node: AnyNode): ValueType {
  return context.types.get(node) ?? errorType;
}
