/**
 * The declarations of the language, one row per keyword: what follows it, what it names, how it is laid out, recovered,
 * listed and explained. The lexer, the parser's recovery, the formatter, the binder and the editors read these rows; what
 * a declaration means is in the checker. It imports no other part of the parser.
 */
import type { Aging } from "../editions/index.js";

/** What follows the keyword. */
export type DeclarationHead =
  /** `features {`: no name; a spec has one. */
  | "{"
  /** `tower ctr =` */
  | "name ="
  /** `task ctr: P(click) =`, `chain ctcvr =` */
  | "name : or ="
  /** `experts pool[8] =` */
  | "name ["
  /** `rules home {` */
  | "name {"
  /** `def head(` */
  | "name ("
  /** `model feed` */
  | "name"
  /** `test "title" {` */
  | "text"
  /** `edition: 2026` */
  | ": number"
  /** `import { a } from "./x.mtl"`, `import "./x.mtl"` */
  | "{ or text"
  /** `override tower ctr = …` */
  | "declaration"
  /** `remove rules home.double11` */
  | "keyword name";

/** Where a name must differ from others: labels have names of their own, and so does what a request provides. */
export type NameSpace = "names" | "labels" | "attributes";

/** What an outline shows beside a name; editors have a picture for each. */
export type OutlineIcon =
  | "module"
  | "namespace"
  | "key"
  | "field"
  | "event"
  | "property"
  | "constant"
  | "variable"
  | "array"
  | "function"
  | "method"
  | "operator"
  | "object";

/** The colour of a name. */
export type NameColour = "property" | "event" | "variable" | "class" | "function" | "parameter" | "macro" | "namespace";

/** What is after `=`. */
export type DeclaredValue = "columns" | "tensor" | "gate" | "task" | "chain" | "formula";

/** What the declaration names, or each of its entries. */
export interface DeclaredSymbol {
  readonly kind: string;
  readonly of: "declaration" | "entries";
  readonly space: NameSpace;
  readonly colour: NameColour;
  /** `a tower`, with its article. */
  readonly one: string;
}

/** The rules of the grammar for what is between braces. */
export type EntriesRule =
  "entries" | "featureEntries" | "labelEntries" | "typedEntries" | "paramEntries" | "ruleEntries" | "testSteps";

/** The braces. */
export interface DeclarationBody {
  /** The grammar's rules of the declaration and of its entries. */
  readonly rule: string;
  readonly entries: EntriesRule;
  /** How an entry begins: `key:`, the verb of a rule, the first word of a step. */
  readonly shape: "key" | "rule" | "step";
  /** What a key is: a word that the block knows, a task or chain, or a name that the entry declares. */
  readonly keys: "known" | "heads" | "declared";
  readonly icon: OutlineIcon;
}

export interface DeclarationRow extends Aging {
  readonly keyword: string;
  /** The kind of its node. */
  readonly kind: string;
  readonly head: DeclarationHead;
  /** What it is a part of. Neighbours of one part that have no body share their columns. */
  readonly part: "file" | "data" | "network" | "heads" | "training" | "inputs" | "list" | "reuse";
  /** Whether it speaks of its own file only: who imports or extends the file does not get it. */
  readonly isLocal?: true;
  readonly body?: DeclarationBody;
  readonly symbol?: DeclaredSymbol;
  readonly value?: DeclaredValue;
  /** In the outline; absent where it is not listed. */
  readonly icon?: OutlineIcon;
  /** One sentence for editors. */
  readonly doc: string;
  /** What editors put in for the keyword, with `$1` for the first place to fill. */
  readonly snippet: string;
}

/** In the order in which a spec is usually written; completion and messages list them so. */
export const declarations = [
  {
    keyword: "edition",
    kind: "Edition",
    head: ": number",
    part: "file",
    isLocal: true,
    doc: "The edition of the language whose rules this file is written for; first in the file.",
    snippet: "edition: ${1:2026}",
  },
  {
    keyword: "import",
    kind: "Import",
    head: "{ or text",
    part: "file",
    doc: "Takes declarations from another file: those that are named, with all that they read, or the whole file.",
    snippet: 'import { $1 } from "$2"',
  },
  {
    keyword: "model",
    kind: "Model",
    head: "name",
    part: "file",
    isLocal: true,
    icon: "module",
    doc: "Names the model of this file; with `extends`, a variant of another one.",
    snippet: "model ${1:name}",
  },
  {
    keyword: "data",
    kind: "Data",
    head: "{",
    part: "data",
    body: { rule: "entryBlock", entries: "entries", shape: "key", keys: "known", icon: "key" },
    icon: "namespace",
    doc: "The files of the model, and columns with a role of their own.",
    snippet: "data {\n  train: $1\n}",
  },
  {
    keyword: "defaults",
    kind: "Defaults",
    head: "{",
    part: "data",
    body: { rule: "entryBlock", entries: "entries", shape: "key", keys: "known", icon: "key" },
    icon: "namespace",
    doc: "What arguments of layers, gates, losses and features are where nobody gives them.",
    snippet: "defaults {\n  ${1:categorical}: { ${2:embed: 16} }\n}",
  },
  {
    keyword: "features",
    kind: "Features",
    head: "{",
    part: "data",
    body: { rule: "featuresBlock", entries: "featureEntries", shape: "key", keys: "declared", icon: "field" },
    symbol: {
      kind: "feature",
      of: "entries",
      space: "names",
      colour: "property",
      one: "a feature",
    },
    value: "columns",
    icon: "namespace",
    doc: "What the network reads of a row: columns, and how each becomes numbers.",
    snippet: "features {\n  $0\n}",
  },
  {
    keyword: "labels",
    kind: "Labels",
    head: "{",
    part: "data",
    body: { rule: "labelsBlock", entries: "labelEntries", shape: "key", keys: "declared", icon: "event" },
    symbol: { kind: "label", of: "entries", space: "labels", colour: "event", one: "a label" },
    value: "columns",
    icon: "namespace",
    doc: "What happened: events and amounts, and which happens only within which.",
    snippet: "labels {\n  $0\n}",
  },
  {
    keyword: "input",
    kind: "Network",
    head: "name =",
    part: "network",
    symbol: { kind: "input", of: "declaration", space: "names", colour: "variable", one: "an input" },
    value: "tensor",
    icon: "variable",
    doc: "A name for a list of features, joined to one tensor.",
    snippet: "input ${1:x} = [$0]",
  },
  {
    keyword: "table",
    kind: "Network",
    head: "name =",
    part: "network",
    symbol: { kind: "table", of: "declaration", space: "names", colour: "variable", one: "a table" },
    value: "tensor",
    icon: "variable",
    doc: "An embedding table of its own, to be shared by name.",
    snippet: "table ${1:name} = embedding($0)",
  },
  {
    keyword: "bottom",
    kind: "Network",
    head: "name =",
    part: "network",
    symbol: { kind: "bottom", of: "declaration", space: "names", colour: "variable", one: "a bottom" },
    value: "tensor",
    icon: "variable",
    doc: "A part of the network that several others read.",
    snippet: "bottom ${1:name} = $0",
  },
  {
    keyword: "bottoms",
    kind: "Family",
    head: "name [",
    part: "network",
    symbol: {
      kind: "bottoms",
      of: "declaration",
      space: "names",
      colour: "variable",
      one: "a family of bottoms",
    },
    value: "tensor",
    icon: "variable",
    doc: "One column of layers for each member, read as `name.member`.",
    snippet: "bottoms ${1:name}[$2] = $0",
  },
  {
    keyword: "experts",
    kind: "Experts",
    head: "name [",
    part: "network",
    symbol: {
      kind: "experts",
      of: "declaration",
      space: "names",
      colour: "class",
      one: "a pool of experts",
    },
    value: "tensor",
    icon: "array",
    doc: "Networks of one shape that share nothing; a gate mixes them.",
    snippet: "experts ${1:pool}[${2:8}] = $0",
  },
  {
    keyword: "gate",
    kind: "Gate",
    head: "name =",
    part: "network",
    symbol: { kind: "gate", of: "declaration", space: "names", colour: "variable", one: "a gate" },
    value: "gate",
    icon: "variable",
    doc: "Weights over experts, computed from a row; read as a tensor, it is the mix.",
    snippet: "gate ${1:name} = softmax(${2:x}) over ${3:pool}",
  },
  {
    keyword: "gates",
    kind: "Gates",
    head: "name [",
    part: "network",
    symbol: { kind: "gates", of: "declaration", space: "names", colour: "variable", one: "a family of gates" },
    value: "gate",
    icon: "variable",
    doc: "One gate for each member, read as `name.member`.",
    snippet: "gates ${1:name}[$2] = softmax(${3:x}) over ${4:pool}",
  },
  {
    keyword: "tower",
    kind: "Network",
    head: "name =",
    part: "network",
    symbol: { kind: "tower", of: "declaration", space: "names", colour: "variable", one: "a tower" },
    value: "tensor",
    icon: "variable",
    doc: "The part of the network that belongs to one task.",
    snippet: "tower ${1:name} = $0",
  },
  {
    keyword: "towers",
    kind: "Family",
    head: "name [",
    part: "network",
    symbol: { kind: "towers", of: "declaration", space: "names", colour: "variable", one: "a family of towers" },
    value: "tensor",
    icon: "variable",
    doc: "One tower for each member, read as `name.member`.",
    snippet: "towers ${1:name}[$2] = $0",
  },
  {
    keyword: "task",
    kind: "Task",
    head: "name : or =",
    part: "heads",
    symbol: { kind: "task", of: "declaration", space: "names", colour: "function", one: "a task" },
    value: "task",
    icon: "function",
    doc: "A head that is computed from the network: a probability, an expected amount or a score.",
    snippet: "task ${1:name}: P(${2:label}) = sigmoid(logit(${3:tower}))",
  },
  {
    keyword: "chain",
    kind: "Chain",
    head: "name : or =",
    part: "heads",
    symbol: { kind: "chain", of: "declaration", space: "names", colour: "function", one: "a chain" },
    value: "chain",
    icon: "function",
    doc: "A head that is computed from other heads by the rules of probability.",
    snippet: "chain ${1:name} = $0",
  },
  {
    keyword: "loss",
    kind: "Loss",
    head: "{",
    part: "training",
    body: { rule: "entryBlock", entries: "entries", shape: "key", keys: "heads", icon: "key" },
    icon: "namespace",
    doc: "What training minimizes: a loss for each head, and penalties.",
    snippet: "loss {\n  $0\n}",
  },
  {
    keyword: "train",
    kind: "Train",
    head: "{",
    part: "training",
    body: { rule: "entryBlock", entries: "entries", shape: "key", keys: "known", icon: "key" },
    icon: "namespace",
    doc: "How the model is trained.",
    snippet: "train {\n  optimizer: adam(lr: 1e-3)\n  batch: 1024\n  epochs: ${1:3}\n}",
  },
  {
    keyword: "metrics",
    kind: "Metrics",
    head: "{",
    part: "training",
    body: { rule: "entryBlock", entries: "entries", shape: "key", keys: "heads", icon: "key" },
    icon: "namespace",
    doc: "What each head is measured by.",
    snippet: "metrics {\n  $0\n}",
  },
  {
    keyword: "attributes",
    kind: "Attributes",
    head: "{",
    part: "inputs",
    body: { rule: "typedBlock", entries: "typedEntries", shape: "key", keys: "declared", icon: "property" },
    symbol: {
      kind: "attribute",
      of: "entries",
      space: "attributes",
      colour: "property",
      one: "an attribute",
    },
    icon: "namespace",
    doc: "What a candidate provides at serving, beyond the inputs of the model.",
    snippet: "attributes {\n  $0\n}",
  },
  {
    keyword: "signals",
    kind: "Signals",
    head: "{",
    part: "heads",
    body: { rule: "typedBlock", entries: "typedEntries", shape: "key", keys: "declared", icon: "field" },
    symbol: { kind: "signal", of: "entries", space: "names", colour: "function", one: "a signal" },
    icon: "namespace",
    doc: "Scores that other systems compute: heads without a network.",
    snippet: "signals {\n  $0\n}",
  },
  {
    keyword: "request",
    kind: "Request",
    head: "{",
    part: "inputs",
    body: { rule: "typedBlock", entries: "typedEntries", shape: "key", keys: "declared", icon: "property" },
    symbol: {
      kind: "request",
      of: "entries",
      space: "attributes",
      colour: "property",
      one: "a value of the request",
    },
    icon: "namespace",
    doc: "Values that hold for a whole request.",
    snippet: "request {\n  $0\n}",
  },
  {
    keyword: "params",
    kind: "Params",
    head: "{",
    part: "inputs",
    body: { rule: "paramsBlock", entries: "paramEntries", shape: "key", keys: "declared", icon: "constant" },
    symbol: {
      kind: "param",
      of: "entries",
      space: "names",
      colour: "parameter",
      one: "a parameter",
    },
    icon: "namespace",
    doc: "Numbers of the formula, with the range in which tuning may move them.",
    snippet: "params {\n  $0\n}",
  },
  {
    keyword: "fusion",
    kind: "Fusion",
    head: "name =",
    part: "list",
    symbol: {
      kind: "fusion",
      of: "declaration",
      space: "names",
      colour: "function",
      one: "a fusion formula",
    },
    value: "formula",
    icon: "function",
    doc: "A formula that makes one score of many.",
    snippet: "fusion ${1:score} = $0",
  },
  {
    keyword: "rules",
    kind: "Rules",
    head: "name {",
    part: "list",
    body: { rule: "rulesBlock", entries: "ruleEntries", shape: "rule", keys: "known", icon: "operator" },
    symbol: {
      kind: "rules",
      of: "declaration",
      space: "names",
      colour: "namespace",
      one: "a set of rules",
    },
    icon: "namespace",
    doc: "What a list must and must not be: drops, boosts, spreads, caps.",
    snippet: "rules ${1:name} {\n  $0\n}",
  },
  {
    keyword: "rank",
    kind: "Rank",
    head: "name =",
    part: "list",
    symbol: { kind: "rank", of: "declaration", space: "names", colour: "function", one: "a ranking" },
    value: "formula",
    icon: "array",
    doc: "A list: how many items, by which score, under which rules.",
    snippet: "rank ${1:name} = top ${2:50} by ${3:score}",
  },
  {
    keyword: "experiment",
    kind: "Experiment",
    head: "name {",
    part: "list",
    body: { rule: "experimentDeclaration", entries: "entries", shape: "key", keys: "declared", icon: "key" },
    symbol: {
      kind: "experiment",
      of: "declaration",
      space: "names",
      colour: "namespace",
      one: "an experiment",
    },
    icon: "namespace",
    doc: "Arms that divide the requests, and the parameters that each sets.",
    snippet: "experiment ${1:name} {\n  by: $2\n  control: arm(0.9)\n  ${3:arm}: arm(0.1, $0)\n}",
  },
  {
    keyword: "test",
    kind: "Test",
    head: "text",
    part: "list",
    isLocal: true,
    body: { rule: "testDeclaration", entries: "testSteps", shape: "step", keys: "known", icon: "object" },
    icon: "method",
    doc: "Candidates, and what is expected of their scores and their order.",
    snippet: 'test "${1:title}" {\n  candidate ${2:a} { $3 }\n  expect $0\n}',
  },
  {
    keyword: "def",
    kind: "Def",
    head: "name (",
    part: "reuse",
    symbol: { kind: "macro", of: "declaration", space: "names", colour: "macro", one: "a macro" },
    value: "tensor",
    icon: "function",
    doc: "A macro: its calls become its body, with the arguments in the place of the parameters.",
    snippet: "def ${1:name}($2) = $0",
  },
  {
    keyword: "override",
    kind: "Override",
    head: "declaration",
    part: "reuse",
    doc: "Replaces a declaration, or entries of a block, of what this file imports or extends.",
    snippet: "override ",
  },
  {
    keyword: "remove",
    kind: "Remove",
    head: "keyword name",
    part: "reuse",
    doc: "Takes a declaration or an entry out of what this file imports or extends.",
    snippet: "remove ",
  },
] as const satisfies readonly DeclarationRow[];

type Row = (typeof declarations)[number];
type KindsWhere<Shape> = Extract<Row, Shape>["kind"];

export type DeclarationKeyword = Row["keyword"];
/** The keywords that give nodes of one kind: several of them for parts of the network. */
export type KeywordOf<K extends Row["kind"]> = Extract<Row, { readonly kind: K }>["keyword"];
/** A row that names something. */
export type NamingRow = Extract<Row, { readonly symbol: DeclaredSymbol }>;
/** What is in a file: every kind of declaration. */
export type DeclarationKind = Row["kind"];
/** Blocks without a name. */
export type BlockKind = KindsWhere<{ readonly head: "{" }>;
/** What is laid out in columns: `keyword name = value` of one part. */
export type AlignedKind = Exclude<KindsWhere<{ readonly symbol: { readonly of: "declaration" } }>, BodyKind | "Def">;
/** Declarations with braces. */
export type BodyKind = KindsWhere<{ readonly body: DeclarationBody }>;
/** What `override` may not precede. */
export type FileKind = KindsWhere<{
  readonly head: ": number" | "{ or text" | "name" | "declaration" | "keyword name";
}>;
const rows: readonly DeclarationRow[] = declarations;

/** The keywords that begin a declaration. */
export const declarationWords: readonly DeclarationKeyword[] = declarations.map(({ keyword }) => keyword);

const byKeyword: ReadonlyMap<string, DeclarationRow> = new Map(rows.map((row) => [row.keyword, row]));
const byKind: ReadonlyMap<string, DeclarationRow> = new Map(rows.toReversed().map((row) => [row.kind, row]));

/** The row of a keyword; undefined for any other word. */
export function rowOfKeyword(word: string): DeclarationRow | undefined {
  return byKeyword.get(word);
}

/** The row of a declaration; undefined for what recovery skipped and for any other node. */
export function rowOf(node: { readonly kind: string; readonly keyword?: unknown }): DeclarationRow | undefined {
  return typeof node.keyword === "string" ? byKeyword.get(node.keyword) : byKind.get(node.kind);
}

/** Whether the row is a block without a name, of which a spec has one. */
export function isBlockRow(row: DeclarationRow | undefined): boolean {
  return row?.head === "{";
}

/** Whether `override` may appear before the declaration. */
export function isOverridable({ part, head }: DeclarationRow): boolean {
  return part !== "file" && head !== "declaration" && head !== "keyword name";
}

/** Whether the declaration is in columns with its neighbours of the same part. */
export function isAlignedRow(row: DeclarationRow | undefined): boolean {
  return row?.symbol?.of === "declaration" && row.body === undefined && row.head !== "name (";
}
