/**
 * The syntax tree: readonly discriminated unions, one interface a construct, a span on each node. It holds what the text
 * says and nothing the compiler found out: symbols, types and shapes live in side tables. What error recovery had to
 * invent is an explicit `Missing` node. Comments are kept in {@link Spec.comments}, doc comments on their declaration.
 */
import type { RuleVerb } from "../rules/index.js";
import type { Span } from "../text/index.js";
import type { FileKind, KeywordOf } from "./declarations.js";

/** What every node has. */
export interface Node {
  readonly kind: string;
  readonly span: Span;
}

/** One file. */
export interface Spec extends Node {
  readonly kind: "Spec";
  readonly declarations: readonly Declaration[];
  /** Every comment of the file in order, doc comments included. */
  readonly comments: readonly Comment[];
}

/** `// text` or `/// doc`, without the line end. */
export interface Comment extends Node {
  readonly kind: "Comment";
  readonly doc: boolean;
  /** What follows the slashes, without one leading space and without spaces at the end. */
  readonly text: string;
}

/** An identifier where it is declared or used. Its text is empty where recovery found none: report nothing on that. */
export interface Name extends Node {
  readonly kind: "Name";
  readonly text: string;
  /** Set on a name that no text holds: it is one of a range, whose span it has. */
  readonly derived?: true;
  /** Of a feature that is called by its column: the column, `text` being the name that stands for it. */
  readonly quoted?: string;
}

// ---------------------------------------------------------------------------------------------------- declarations

/** What every declaration has besides its own parts. */
interface DeclarationNode extends Node {
  /** The lines of `///` comments right above, joined by `\n`. */
  readonly doc?: string;
}

export type Declaration =
  | EditionDeclaration
  | ImportDeclaration
  | ModelDeclaration
  | DataBlock
  | FeaturesBlock
  | LabelsBlock
  | NetworkDeclaration
  | FamilyDeclaration
  | GatesDeclaration
  | ExpertsDeclaration
  | GateDeclaration
  | TaskDeclaration
  | ChainDeclaration
  | LossBlock
  | TrainBlock
  | MetricsBlock
  | DefaultsBlock
  | AttributesBlock
  | ParamsBlock
  | SignalsBlock
  | RequestBlock
  | FusionDeclaration
  | RulesBlock
  | RankDeclaration
  | ExperimentDeclaration
  | TestDeclaration
  | DefDeclaration
  | OverrideDeclaration
  | RemoveDeclaration
  | MissingDeclaration;

/** `edition: 2026`: the rules that the file is written for. */
export interface EditionDeclaration extends DeclarationNode {
  readonly kind: "Edition";
  /** The year that names the edition. */
  readonly year: NumberLiteral | DurationLiteral | MissingExpression;
}

/** `import { a, b } from "./x.mtl"`, `import { ple } from std`, `import "./x.mtl"`. */
export interface ImportDeclaration extends DeclarationNode {
  readonly kind: "Import";
  /** Absent when the whole file is imported. */
  readonly names?: readonly Name[];
  /** A path, or `std` for the standard library. */
  readonly from: StringLiteral | Name | MissingExpression;
  /** Of the standard library: the edition whose blocks are taken. */
  readonly version?: NumberLiteral | DurationLiteral | MissingExpression;
}

/** `model feed`, `model feed_wide extends "./feed.mtl"`. */
export interface ModelDeclaration extends DeclarationNode {
  readonly kind: "Model";
  readonly name: Name;
  readonly base?: StringLiteral;
}

/** `key: value` of a block whose values are plain expressions. */
export interface Entry extends DeclarationNode {
  readonly kind: "Entry";
  readonly key: Name;
  /** Set where the value is for several keys, `[click, like]: bce`; `key` is the first of them. */
  readonly keys?: readonly Name[];
  readonly value: Expression;
}

/** `data { train: csv("…"), group: user_id }`. */
export interface DataBlock extends DeclarationNode {
  readonly kind: "Data";
  readonly entries: readonly Entry[];
}

/** `price: numeric(scale: log1p)`, with `= expression` when it is not the column of that name. */
export interface FeatureEntry extends DeclarationNode {
  readonly kind: "Feature";
  readonly name: Name;
  readonly type: CallExpression | NameExpression | MissingExpression;
  readonly source?: Expression;
  /** Of a feature that is in a group: the group, and of one in a range its number as the name writes it. */
  readonly of?: { readonly group: FeatureGroup; readonly number?: string };
}

/** `n_1 .. n_63: numeric`, `[brand, shop]: categorical(embed: 8)`: features that are alike. */
export interface FeatureGroup extends DeclarationNode {
  readonly kind: "FeatureGroup";
  readonly names: NameRange | ListExpression;
  readonly type: CallExpression | NameExpression | MissingExpression;
  readonly source?: Expression;
}

export interface FeaturesBlock extends DeclarationNode {
  readonly kind: "Features";
  /** As written; after {@link expand}, groups are entries of their own for each name. */
  readonly entries: readonly (FeatureEntry | FeatureGroup)[];
}

/** `buy: event within click`, `stay: amount(seconds) within click`, `rich: event = income == "50000+."`. */
export interface LabelEntry extends DeclarationNode {
  readonly kind: "Label";
  readonly name: Name;
  readonly type: LabelType | MissingType;
  readonly within?: Name;
  readonly source?: Expression;
}

/** `event`, `amount`, `amount(unit)` or `classes(sport, news, estate: "real estate")`. */
export interface LabelType extends Node {
  readonly kind: "LabelType";
  readonly base: "event" | "amount" | "classes";
  readonly unit?: Name;
  /** Of `classes`: as written. */
  readonly classes?: readonly Argument[];
}

export interface LabelsBlock extends DeclarationNode {
  readonly kind: "Labels";
  readonly entries: readonly LabelEntry[];
}

/** `input x = …`, `table t = …`, `bottom b = …`, `tower t = …`: a name for a tensor. */
export interface NetworkDeclaration extends DeclarationNode {
  readonly kind: "Network";
  readonly keyword: KeywordOf<"Network">;
  readonly name: Name;
  readonly value: Expression;
}

/** `bottoms b[income, marital] = stitch(x, [32])`, `towers t[ctr, cvr] = mlp(b, [8])`: a tensor a member, read as `b.income`. */
export interface FamilyDeclaration extends DeclarationNode {
  readonly kind: "Family";
  readonly keyword: KeywordOf<"Family">;
  readonly name: Name;
  readonly members: readonly Name[];
  readonly value: Expression;
}

/** `experts pool[8] = mlp(x, [64])`: n networks of one shape, nothing shared. */
export interface ExpertsDeclaration extends DeclarationNode {
  readonly kind: "Experts";
  readonly name: Name;
  readonly count: Expression;
  readonly value: Expression;
}

/** `gate g = softmax(x) over pool`, `… over [own, shared]`. */
export interface GateDeclaration extends DeclarationNode {
  readonly kind: "Gate";
  readonly name: Name;
  readonly value: Expression;
  readonly over: Expression;
}

/** `gates g[ctr, cvr] = softmax(x) over pool`: a gate a member. */
export interface GatesDeclaration extends DeclarationNode {
  readonly kind: "Gates";
  readonly name: Name;
  readonly members: readonly Name[];
  readonly value: Expression;
  readonly over: Expression;
}

/** `task cvr: P(buy | click) = sigmoid(logit(t)) auxiliary`. */
export interface TaskDeclaration extends DeclarationNode {
  readonly kind: "Task";
  readonly name: Name;
  /** Set where there is a task for each of several names, `task [click, like]: …`; `name` is the first of them. */
  readonly members?: readonly Name[];
  readonly type: Type;
  readonly value: Expression;
  /** Trained, never served. */
  readonly auxiliary: boolean;
}

/** `chain ctcvr = ctr * cvr`, `chain ctcvr: P(buy) = ctr * cvr`. */
export interface ChainDeclaration extends DeclarationNode {
  readonly kind: "Chain";
  readonly name: Name;
  readonly type?: Type;
  readonly value: Expression;
}

/** `loss { ctr: bce, l2: 1e-6 * l2(embeddings), balance: fixed }`. */
export interface LossBlock extends DeclarationNode {
  readonly kind: "Loss";
  readonly entries: readonly Entry[];
}

export interface TrainBlock extends DeclarationNode {
  readonly kind: "Train";
  readonly entries: readonly Entry[];
}

/** `defaults { mlp: { norm: batch }, categorical: { embed: 16 } }`. */
export interface DefaultsBlock extends DeclarationNode {
  readonly kind: "Defaults";
  readonly entries: readonly Entry[];
}

/** `metrics { ctr: [auc, gauc] }`. */
export interface MetricsBlock extends DeclarationNode {
  readonly kind: "Metrics";
  readonly entries: readonly Entry[];
}

/** `item_price: number(yuan) >= 0 missing 0 outside clamp`, `brand: text?`. */
export interface TypedEntry extends DeclarationNode {
  readonly kind: "Typed";
  readonly name: Name;
  readonly type: Type;
  /** What replaces a missing value: a constant, or `drop` or `refuse`. */
  readonly missing?: Expression;
  /** What becomes of a number outside its range: `drop`, `clamp` or `refuse`. */
  readonly outside?: Name;
  /** What becomes of a value of another type: `drop` or `refuse`. */
  readonly malformed?: Name;
}

export interface AttributesBlock extends DeclarationNode {
  readonly kind: "Attributes";
  readonly entries: readonly TypedEntry[];
}

/** `signals { ctr: P(click), stay: number(seconds) >= 0 }`. */
export interface SignalsBlock extends DeclarationNode {
  readonly kind: "Signals";
  readonly entries: readonly TypedEntry[];
}

/** `request { user_id: text }`: values that hold for a whole request. */
export interface RequestBlock extends DeclarationNode {
  readonly kind: "Request";
  readonly entries: readonly TypedEntry[];
}

/** `alpha: 0.05 in [0, 1]`. */
export interface ParamEntry extends DeclarationNode {
  readonly kind: "Param";
  readonly name: Name;
  readonly value: Expression;
  readonly range?: RangeClause;
}

export interface ParamsBlock extends DeclarationNode {
  readonly kind: "Params";
  readonly entries: readonly ParamEntry[];
}

export interface FusionDeclaration extends DeclarationNode {
  readonly kind: "Fusion";
  readonly name: Name;
  readonly value: Expression;
}

/** `rules home { … }`. */
export interface RulesBlock extends DeclarationNode {
  readonly kind: "Rules";
  readonly name: Name;
  readonly rules: readonly (Rule | MissingRule)[];
}

/** `boost double11 when campaign == "double11" by 1.5 during 2026-11-01 .. 2026-11-12`. */
export interface Rule extends DeclarationNode {
  readonly kind: "Rule";
  readonly verb: RuleVerb;
  readonly name: Name;
  /** In the order written; which may appear on which verb is the checker's business. */
  readonly clauses: readonly RuleClause[];
}

/** A line of a rules block that is not a rule. */
export interface MissingRule extends Node {
  readonly kind: "MissingRule";
}

export type RuleClause =
  /** `when condition` */
  | (Node & { readonly kind: "WhenClause"; readonly condition: Expression })
  /** `by 1.5` */
  | (Node & { readonly kind: "ByClause"; readonly amount: Expression })
  /** `during from .. to` */
  | (Node & { readonly kind: "DuringClause"; readonly from: Expression; readonly to: Expression })
  /** `at most 3` / `at least 2` */
  | (Node & { readonly kind: "BoundClause"; readonly bound: "most" | "least"; readonly count: Expression })
  /** `of brand` */
  | (Node & { readonly kind: "OfClause"; readonly key: Expression })
  /** `in 5`: a window of places */
  | (Node & { readonly kind: "WindowClause"; readonly size: Expression })
  /** `in top 20` / `top 20` */
  | (Node & { readonly kind: "TopClause"; readonly count: Expression })
  /** `per day` */
  | (Node & { readonly kind: "PerClause"; readonly unit: Name })
  /** `at 3`: a place */
  | (Node & { readonly kind: "AtClause"; readonly place: Expression })
  /** `missing: keep`, `soft: 2`, … */
  | (Node & { readonly kind: "OptionClause"; readonly key: Name; readonly value: Expression });

/** `rank feed_page = from i2i top 300 by match, hot then top 500 by coarse then top 50 by score with home ties listed_at`. */
export interface RankDeclaration extends DeclarationNode {
  readonly kind: "Rank";
  readonly name: Name;
  readonly sources: readonly RankSource[];
  /** At least one; more after `then`. */
  readonly stages: readonly RankStage[];
  readonly rules: readonly Name[];
  readonly ties: readonly TieKey[];
}

/** `i2i top 300 by match`. */
export interface RankSource extends Node {
  readonly kind: "RankSource";
  readonly name: Name;
  readonly count?: Expression;
  readonly by?: Expression;
}

/** `top 50 by score`. */
export interface RankStage extends Node {
  readonly kind: "RankStage";
  readonly count: Expression;
  readonly by: Expression;
}

/** `listed_at`, `price ascending`. */
export interface TieKey extends Node {
  readonly kind: "TieKey";
  readonly by: Expression;
  readonly ascending: boolean;
}

/** `experiment heavier_price { by: user_id, control: arm(0.9), heavier: arm(0.1, beta: 2) }`. */
export interface ExperimentDeclaration extends DeclarationNode {
  readonly kind: "Experiment";
  readonly name: Name;
  readonly entries: readonly Entry[];
}

/** `test "title" { … }`. */
export interface TestDeclaration extends DeclarationNode {
  readonly kind: "Test";
  readonly title: StringLiteral;
  readonly steps: readonly TestStep[];
}

export type TestStep =
  /** `at 2026-11-05` */
  | (Node & { readonly kind: "TestAt"; readonly time: Expression })
  /** `request { user_id: "u1" }` */
  | (Node & { readonly kind: "TestRequest"; readonly fields: readonly Entry[] })
  /** `candidate promo like plain { brand: "b" }` */
  | (Node & {
      readonly kind: "TestCandidate";
      readonly name: Name;
      readonly like?: Name;
      readonly fields: readonly Entry[];
    })
  /** `expect score(plain) > 0` */
  | (Node & { readonly kind: "TestExpect"; readonly condition: Expression })
  /** A line that is not a step. */
  | (Node & { readonly kind: "TestMissing" });

/** `def head(z, width = 32) = mlp(z, [width])`. */
export interface DefDeclaration extends DeclarationNode {
  readonly kind: "Def";
  readonly name: Name;
  readonly parameters: readonly DefParameter[];
  readonly value: Expression;
}

export interface DefParameter extends Node {
  readonly kind: "DefParameter";
  readonly name: Name;
  readonly default?: Expression;
}

/** `override experts pool[16] = mlp(base, [64])`. */
export interface OverrideDeclaration extends DeclarationNode {
  readonly kind: "Override";
  readonly declaration: PlainDeclaration | MissingDeclaration;
}

/** What `override` may appear before. */
export type PlainDeclaration = Exclude<Declaration, { readonly kind: FileKind | "MissingDeclaration" }>;

/** `remove rules home.double11`: the declaration's keyword and its dotted name. */
export interface RemoveDeclaration extends DeclarationNode {
  readonly kind: "Remove";
  readonly keyword: Name;
  readonly path: readonly Name[];
}

/** Text that recovery skipped. */
export interface MissingDeclaration extends DeclarationNode {
  readonly kind: "MissingDeclaration";
}

// ------------------------------------------------------------------------------------------------------------ types

export type Type = ProbabilityType | ExpectationType | ScoreType | NumberType | VectorType | SimpleType | MissingType;

/** `P(buy | click)`. */
export interface ProbabilityType extends Node {
  readonly kind: "ProbabilityType";
  readonly event: EventExpression;
  readonly given?: EventExpression;
}

/** `E(stay | click)`. */
export interface ExpectationType extends Node {
  readonly kind: "ExpectationType";
  readonly label: Name;
  readonly given?: EventExpression;
}

/** `score`. */
export interface ScoreType extends Node {
  readonly kind: "ScoreType";
}

/** `number`, `number(seconds) >= 0`, `number in [0, 1]`; `?` when it may be missing. */
export interface NumberType extends Node {
  readonly kind: "NumberType";
  readonly unit?: Name;
  readonly range?: RangeClause;
  readonly optional: boolean;
}

/** `vector(64)`; `?` when it may be missing. */
export interface VectorType extends Node {
  readonly kind: "VectorType";
  readonly width: Expression;
  readonly optional: boolean;
}

/** `text`, `texts`, `bool`, `time`, `duration`; `?` when it may be missing. */
export interface SimpleType extends Node {
  readonly kind: "SimpleType";
  readonly base: "text" | "texts" | "bool" | "time" | "duration";
  readonly optional: boolean;
}

export interface MissingType extends Node {
  readonly kind: "MissingType";
}

/** `in [lo, hi]` (both set) or one of `>= lo`, `> lo`, `<= hi`, `< hi`. */
export interface RangeClause extends Node {
  readonly kind: "Range";
  readonly low?: Expression;
  readonly high?: Expression;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
}

/** A conjunction of labels: `click`, `click & buy`, `not buy`, `category.sport`. */
export type EventExpression =
  /** With a member, a class of a label: `category.sport`. */
  | (Node & { readonly kind: "EventName"; readonly name: Name; readonly member?: Name })
  | (Node & { readonly kind: "EventNot"; readonly operand: EventExpression })
  | (Node & { readonly kind: "EventAnd"; readonly left: EventExpression; readonly right: EventExpression })
  | (Node & { readonly kind: "EventMissing" });

// ------------------------------------------------------------------------------------------------------ expressions

export type Expression =
  | NumberLiteral
  | DurationLiteral
  | StringLiteral
  | BooleanLiteral
  | DateLiteral
  | NameExpression
  | MemberExpression
  | CallExpression
  | ListExpression
  | RecordExpression
  | UnaryExpression
  | BinaryExpression
  | ParenthesizedExpression
  | NameRange
  | ButExpression
  | EachExpression
  | SearchExpression
  | MissingExpression;

export interface NumberLiteral extends Node {
  readonly kind: "Number";
  readonly value: number;
  /** As written: `1_000_000`, `1e-6`. */
  readonly text: string;
}

/** `7d`, `30s`, `500ms`, `2h`, `15m`, `1w`. */
export interface DurationLiteral extends Node {
  readonly kind: "Duration";
  readonly seconds: number;
  readonly text: string;
}

export interface StringLiteral extends Node {
  readonly kind: "String";
  /** With escapes resolved. */
  readonly value: string;
}

export interface BooleanLiteral extends Node {
  readonly kind: "Boolean";
  readonly value: boolean;
}

/** `2026-11-05` or `2026-11-05T12:30:00Z`. */
export interface DateLiteral extends Node {
  readonly kind: "Date";
  readonly text: string;
}

export interface NameExpression extends Node {
  readonly kind: "NameExpression";
  readonly name: Name;
}

/** `b.income`. */
export interface MemberExpression extends Node {
  readonly kind: "Member";
  readonly object: Expression;
  readonly member: Name;
}

export interface CallExpression extends Node {
  readonly kind: "Call";
  readonly callee: Name;
  readonly arguments: readonly Argument[];
}

/** A positional argument, or `name: value`. */
export interface Argument extends Node {
  readonly kind: "Argument";
  readonly name?: Name;
  readonly value: Expression;
}

/** `[a, b]`. */
export interface ListExpression extends Node {
  readonly kind: "List";
  readonly items: readonly Expression[];
}

/** `{ buy: 3, click: 1 }`. */
export interface RecordExpression extends Node {
  readonly kind: "Record";
  readonly entries: readonly Entry[];
}

export interface UnaryExpression extends Node {
  readonly kind: "Unary";
  readonly operator: "-" | "not";
  readonly operand: Expression;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "^" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "and" | "or";

/**
 * From loose to tight: `or`; `and`; `not`; comparisons and `in` (not associative); `+ -`; `* /`; unary `-`; `^` (right).
 */
export interface BinaryExpression extends Node {
  readonly kind: "Binary";
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
}

export interface ParenthesizedExpression extends Node {
  readonly kind: "Parenthesized";
  readonly inner: Expression;
}

/** `n_1 .. n_63`: the names that count from the first to the last. Appears in lists and among arguments only. */
export interface NameRange extends Node {
  readonly kind: "NameRange";
  readonly first: Name;
  readonly last: Name;
}

/** `features but [position, hour]`: some names without others. Appears where {@link NameRange} does, and as an input. */
export interface ButExpression extends Node {
  readonly kind: "But";
  readonly base: Expression;
  readonly without: Expression;
}

/** `each linear(n_1 .. n_63, 4)`: the call once for each of the names in its first argument. Appears where {@link NameRange} does. */
export interface EachExpression extends Node {
  readonly kind: "Each";
  readonly value: Expression;
}

/**
 * `search [16, 32, 64] = 32`, `search 1e-4..1e-2 log`: a value that `mtlc search` chooses. A stage before all checks puts
 * one value in its place.
 */
export interface SearchExpression extends Node {
  readonly kind: "Search";
  readonly space: ListExpression | SearchRange;
  /** What everything but a search takes; absent, the first choice or the middle of the range. */
  readonly default?: Expression;
}

/** `1e-4..1e-2 log`: all numbers from one to the other, both included. */
export interface SearchRange extends Node {
  readonly kind: "SearchRange";
  /** A number, with a minus before it or not. */
  readonly low: Expression;
  readonly high: Expression;
  /** Whether equal factors are equally far apart, in place of equal differences. */
  readonly log: boolean;
}

/** Where an expression is expected and none is there; its type is `error`, which nothing reports again. */
export interface MissingExpression extends Node {
  readonly kind: "Missing";
}
