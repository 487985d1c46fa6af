import type * as ast from "../../syntax/index.js";

/** What a name can stand for, with the node that declares it. */
interface Declared {
  readonly feature: ast.FeatureEntry;
  readonly label: ast.LabelEntry;
  /** An event that no label declares: named by a signal's type. */
  readonly event: ast.Name;
  readonly input: ast.NetworkDeclaration;
  readonly table: ast.NetworkDeclaration;
  readonly bottom: ast.NetworkDeclaration;
  readonly tower: ast.NetworkDeclaration;
  readonly bottoms: ast.BottomsDeclaration;
  readonly experts: ast.ExpertsDeclaration;
  readonly gate: ast.GateDeclaration;
  readonly task: ast.TaskDeclaration;
  readonly chain: ast.ChainDeclaration;
  readonly signal: ast.TypedEntry;
  readonly attribute: ast.TypedEntry;
  /** A value of the whole request. */
  readonly request: ast.TypedEntry;
  readonly param: ast.ParamEntry;
  readonly fusion: ast.FusionDeclaration;
  readonly rules: ast.RulesBlock;
  readonly rank: ast.RankDeclaration;
  readonly experiment: ast.ExperimentDeclaration;
  readonly macro: ast.DefDeclaration;
  readonly candidate: Extract<ast.TestStep, { kind: "TestCandidate" }>;
}

export type SymbolKind = keyof Declared;

/** A declared name. Compared by identity: there is one object a declaration. */
export type SymbolOf<K extends SymbolKind> = {
  readonly [P in K]: {
    readonly kind: P;
    readonly name: string;
    /** Where the name is declared. */
    readonly at: ast.Name;
    readonly declaration: Declared[P];
  };
}[K];

export type SpecSymbol = SymbolOf<SymbolKind>;

/** Names of the network: what a tensor expression may read besides features. */
export const networkKinds = ["input", "table", "bottom", "bottoms", "experts", "gate", "tower"] as const;
/** What predicts: tasks and chains of the network, signals from outside. */
export const headKinds = ["task", "chain", "signal"] as const;

export type NetworkKind = (typeof networkKinds)[number];
export type HeadKind = (typeof headKinds)[number];

const words: Readonly<Record<SymbolKind, readonly [one: string, many: string]>> = {
  feature: ["a feature", "features"],
  label: ["a label", "labels"],
  event: ["an event", "events"],
  input: ["an input", "inputs"],
  table: ["a table", "tables"],
  bottom: ["a bottom", "bottoms"],
  tower: ["a tower", "towers"],
  bottoms: ["a group of bottoms", "groups of bottoms"],
  experts: ["a pool of experts", "pools of experts"],
  gate: ["a gate", "gates"],
  task: ["a task", "tasks"],
  chain: ["a chain", "chains"],
  signal: ["a signal", "signals"],
  attribute: ["an attribute", "attributes"],
  request: ["a value of the request", "values of the request"],
  param: ["a parameter", "parameters"],
  fusion: ["a fusion formula", "fusion formulas"],
  rules: ["a set of rules", "sets of rules"],
  rank: ["a ranking", "rankings"],
  experiment: ["an experiment", "experiments"],
  macro: ["a macro", "macros"],
  candidate: ["a candidate", "candidates"],
};

/** `a tower`, with its article. */
export function describeKind(kind: SymbolKind): string {
  return words[kind][0];
}

/** The word without its article: `tower`. */
export function kindWord(kind: SymbolKind): string {
  return words[kind][0].replace(/^an? /, "");
}
