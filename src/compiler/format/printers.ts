import type { Doc } from "prettier";
import type { NodeOf } from "../syntax/index.js";
import { flatRange, flatSearchRange, flatType } from "./flat-text.js";
import * as block from "./print-block.js";
import * as declaration from "./print-declaration.js";
import * as expression from "./print-expression.js";
import type { Printers, Printing } from "./printing.js";

type TypeKind =
  "ProbabilityType" | "ExpectationType" | "ScoreType" | "NumberType" | "VectorType" | "SimpleType" | "MissingType";

const printType = ({ node }: Printing<NodeOf<TypeKind>>): Doc => flatType(node);

/** What only a broken text has, and what its parent prints: unchanged. */
const asWritten = ({ node, text }: Printing): Doc => text.slice(node.span.start, node.span.end);

/** The printer of each kind. */
export const printers: Printers = {
  Spec: declaration.printSpec,
  Comment: asWritten,
  Name: ({ node }) => node.text,

  Edition: ({ one }) => ["edition: ", one("year")],
  Import: declaration.printImport,
  Model: declaration.printModel,
  Data: (printing) => ["data ", block.printBody(printing, "entries", "as written")],
  Features: (printing) => ["features ", block.printBody(printing, "entries", "always")],
  Labels: (printing) => ["labels ", block.printBody(printing, "entries", "always")],
  Loss: (printing) => ["loss ", block.printBody(printing, "entries", "as written")],
  Train: (printing) => ["train ", block.printBody(printing, "entries", "as written")],
  Defaults: (printing) => ["defaults ", block.printBody(printing, "entries", "as written")],
  Metrics: (printing) => ["metrics ", block.printBody(printing, "entries", "as written")],
  Attributes: (printing) => ["attributes ", block.printBody(printing, "entries", "as written")],
  Signals: (printing) => ["signals ", block.printBody(printing, "entries", "as written")],
  Request: (printing) => ["request ", block.printBody(printing, "entries", "as written")],
  Params: (printing) => ["params ", block.printBody(printing, "entries", "always")],
  Network: declaration.printDefinition,
  Family: declaration.printDefinition,
  Experts: declaration.printDefinition,
  Gate: declaration.printGate,
  Gates: declaration.printGate,
  Task: declaration.printTask,
  Chain: declaration.printDefinition,
  Fusion: declaration.printDefinition,
  Rules: (printing) => [`rules ${printing.node.name.text} `, block.printBody(printing, "rules", "always")],
  Rank: declaration.printRank,
  RankSource: declaration.printRankSource,
  RankStage: declaration.printRankStage,
  TieKey: declaration.printTieKey,
  Experiment: (printing) => [`experiment ${printing.node.name.text} `, block.printBody(printing, "entries", "always")],
  Test: (printing) => ["test ", printing.one("title"), " ", block.printBody(printing, "steps", "always")],
  Def: declaration.printDef,
  Override: ({ one }) => ["override ", one("declaration")],
  Remove: declaration.printRemove,
  MissingDeclaration: asWritten,

  Entry: block.printEntry,
  Feature: block.printFeature,
  FeatureGroup: block.printFeatureGroup,
  Label: block.printLabel,
  LabelType: block.printLabelType,
  Typed: block.printTyped,
  Param: block.printParam,
  DefParameter: declaration.printParameter,

  Rule: block.printRule,
  MissingRule: asWritten,
  WhenClause: ({ node, one }) => ["when ", expression.entryValue(node.condition, one("condition"))],
  ByClause: ({ one }) => ["by ", one("amount")],
  DuringClause: block.printDuring,
  BoundClause: ({ node, one }) => [`at ${node.bound} `, one("count")],
  OfClause: ({ one }) => ["of ", one("key")],
  WindowClause: ({ one }) => ["in ", one("size")],
  TopClause: ({ one }) => ["in top ", one("count")],
  PerClause: ({ node }) => `per ${node.unit.text}`,
  AtClause: ({ one }) => ["at ", one("place")],
  OptionClause: ({ node, one }) => [`${node.key.text}: `, expression.entryValue(node.value, one("value"))],

  TestAt: ({ one }) => ["at ", one("time")],
  TestRequest: (printing) => ["request ", block.printBody(printing, "fields", "as written")],
  TestCandidate: block.printCandidate,
  TestExpect: ({ node, one }) => ["expect ", expression.entryValue(node.condition, one("condition"))],
  TestMissing: asWritten,

  ProbabilityType: printType,
  ExpectationType: printType,
  ScoreType: printType,
  NumberType: printType,
  VectorType: printType,
  SimpleType: printType,
  MissingType: printType,
  Range: ({ node }) => flatRange(node),
  EventName: asWritten,
  EventNot: asWritten,
  EventAnd: asWritten,
  EventMissing: asWritten,

  Number: expression.printLiteral,
  Duration: expression.printLiteral,
  String: expression.printLiteral,
  Boolean: expression.printLiteral,
  Date: expression.printLiteral,
  NameExpression: expression.printLiteral,
  NameRange: expression.printLiteral,
  But: expression.printBut,
  Each: expression.printEach,
  Search: expression.printSearch,
  SearchRange: ({ node }) => flatSearchRange(node),
  Missing: expression.printLiteral,
  Member: expression.printMember,
  Call: expression.printCall,
  Argument: expression.printArgument,
  List: expression.printList,
  Record: (printing) => block.printBody(printing, "entries", "as written"),
  Unary: expression.printUnary,
  Binary: expression.printBinary,
  Parenthesized: expression.printParenthesized,
};
