import type * as ast from "./ast.js";

/** Any node of the syntax tree. */
export type AnyNode =
  | ast.Spec
  | ast.Comment
  | ast.Name
  | ast.Declaration
  | ast.Entry
  | ast.FeatureEntry
  | ast.FeatureGroup
  | ast.LabelEntry
  | ast.LabelType
  | ast.TypedEntry
  | ast.ParamEntry
  | ast.RankSource
  | ast.RankStage
  | ast.TieKey
  | ast.Rule
  | ast.MissingRule
  | ast.RuleClause
  | ast.TestStep
  | ast.DefParameter
  | ast.Type
  | ast.RangeClause
  | ast.EventExpression
  | ast.Expression
  | ast.SearchRange
  | ast.Argument;

export type Kind = AnyNode["kind"];
export type NodeOf<K extends Kind> = Extract<AnyNode, { readonly kind: K }>;

type Child = AnyNode | undefined;

const none = (): readonly Child[] => [];
const entriesOf = (node: { readonly entries: readonly AnyNode[] }): readonly Child[] => node.entries;

/** The children of each kind in the order of the text; a forgotten kind does not compile. */
const children: { readonly [K in Kind]: (node: NodeOf<K>) => readonly Child[] } = {
  Spec: (node) => node.declarations,
  Comment: none,
  Name: none,
  Edition: (node) => [node.year],
  Import: (node) => [...(node.names ?? []), node.from, node.version],
  Model: (node) => [node.name, node.base],
  Data: entriesOf,
  Features: entriesOf,
  Labels: entriesOf,
  Loss: entriesOf,
  Train: entriesOf,
  Metrics: entriesOf,
  Defaults: entriesOf,
  Attributes: entriesOf,
  Params: entriesOf,
  Signals: entriesOf,
  Request: entriesOf,
  Network: (node) => [node.name, node.value],
  Family: (node) => [node.name, ...node.members, node.value],
  Gates: (node) => [node.name, ...node.members, node.value, node.over],
  Experts: (node) => [node.name, node.count, node.value],
  Gate: (node) => [node.name, node.value, node.over],
  Task: (node) => [...(node.members ?? [node.name]), node.type, node.value],
  Chain: (node) => [node.name, node.type, node.value],
  Fusion: (node) => [node.name, node.value],
  Rules: (node) => [node.name, ...node.rules],
  Rank: (node) => [node.name, ...node.sources, ...node.stages, ...node.rules, ...node.ties],
  RankSource: (node) => [node.name, node.count, node.by],
  RankStage: (node) => [node.count, node.by],
  TieKey: (node) => [node.by],
  Experiment: (node) => [node.name, ...node.entries],
  Test: (node) => [node.title, ...node.steps],
  Def: (node) => [node.name, ...node.parameters, node.value],
  Override: (node) => [node.declaration],
  Remove: (node) => [node.keyword, ...node.path],
  MissingDeclaration: none,
  Entry: (node) => [...(node.keys ?? [node.key]), node.value],
  Feature: (node) => [node.name, node.type, node.source],
  FeatureGroup: (node) => [node.names, node.type, node.source],
  Label: (node) => [node.name, node.type, node.within, node.source],
  LabelType: (node) => [node.unit, ...(node.classes ?? [])],
  Typed: (node) => [node.name, node.type, node.missing, node.outside, node.malformed],
  Param: (node) => [node.name, node.value, node.range],
  Rule: (node) => [node.name, ...node.clauses],
  MissingRule: none,
  WhenClause: (node) => [node.condition],
  ByClause: (node) => [node.amount],
  DuringClause: (node) => [node.from, node.to],
  BoundClause: (node) => [node.count],
  OfClause: (node) => [node.key],
  WindowClause: (node) => [node.size],
  TopClause: (node) => [node.count],
  PerClause: (node) => [node.unit],
  AtClause: (node) => [node.place],
  OptionClause: (node) => [node.key, node.value],
  TestAt: (node) => [node.time],
  TestRequest: (node) => node.fields,
  TestCandidate: (node) => [node.name, node.like, ...node.fields],
  TestExpect: (node) => [node.condition],
  TestMissing: none,
  DefParameter: (node) => [node.name, node.default],
  ProbabilityType: (node) => [node.event, node.given],
  ExpectationType: (node) => [node.label, node.given],
  ScoreType: none,
  NumberType: (node) => [node.unit, node.range],
  VectorType: (node) => [node.width],
  SimpleType: none,
  MissingType: none,
  Range: (node) => [node.low, node.high],
  EventName: (node) => [node.name, node.member],
  EventNot: (node) => [node.operand],
  EventAnd: (node) => [node.left, node.right],
  EventMissing: none,
  Number: none,
  Duration: none,
  String: none,
  Boolean: none,
  Date: none,
  NameExpression: (node) => [node.name],
  Member: (node) => [node.object, node.member],
  Call: (node) => [node.callee, ...node.arguments],
  Argument: (node) => [node.name, node.value],
  List: (node) => node.items,
  Record: entriesOf,
  Unary: (node) => [node.operand],
  Binary: (node) => [node.left, node.right],
  Parenthesized: (node) => [node.inner],
  NameRange: (node) => [node.first, node.last],
  Each: (node) => [node.value],
  But: (node) => [node.base, node.without],
  Search: (node) => [node.space, node.default],
  SearchRange: (node) => [node.low, node.high],
  Missing: none,
};

/** The nodes right below a node, in the order of the text; comments are not among them. */
export function childrenOf(node: AnyNode): readonly AnyNode[] {
  return placesOf(node).filter((child) => child !== undefined);
}

/** The places for nodes right below a node, empty ones too. */
function placesOf(node: AnyNode): readonly Child[] {
  // A table indexed by the node's own kind holds the function for that very node.
  return (children[node.kind] as (node: AnyNode) => readonly Child[])(node);
}

/** Calls `enter` on a node and all below it, parents first; returning false leaves out what is below. */
export function visit(node: AnyNode, enter: (node: AnyNode) => boolean | void): void {
  if (enter(node) === false) return;
  for (const child of placesOf(node)) if (child !== undefined) visit(child, enter);
}

/**
 * What is known of a node by itself, worked out once: an editor checks a text again at every key stroke, and most of its
 * declarations are the nodes that they were. `compute` reads only the node.
 */
export function onceByNode<N extends AnyNode, T>(compute: (node: N) => T): (node: N) => T {
  const known = new WeakMap<N, { readonly value: T }>();
  return (node) => {
    let found = known.get(node);
    if (found === undefined) {
      found = { value: compute(node) };
      known.set(node, found);
    }
    return found.value;
  };
}

/** The deepest node whose span holds the offset, and the nodes above it, outermost first. */
export function pathAt(root: AnyNode, offset: number): readonly AnyNode[] {
  const path: AnyNode[] = [root];
  for (let node: AnyNode | undefined = root; node !== undefined;) {
    node = childrenOf(node).find((child) => child.span.start <= offset && offset <= child.span.end);
    if (node !== undefined) path.push(node);
  }
  return path;
}
