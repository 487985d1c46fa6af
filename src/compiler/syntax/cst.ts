/** Generated from the grammar by `cstTypes`; a test tells when it is out of date, `npm run accept` renews it. */
import type { CstNode, ICstVisitor, IToken } from "chevrotain";

export interface SpecCstNode extends CstNode {
  name: "spec";
  children: SpecCstChildren;
}

export type SpecCstChildren = {
  declaration?: DeclarationCstNode[];
};

export interface DeclarationCstNode extends CstNode {
  name: "declaration";
  children: DeclarationCstChildren;
}

export type DeclarationCstChildren = {
  editionDeclaration?: EditionDeclarationCstNode[];
  importDeclaration?: ImportDeclarationCstNode[];
  modelDeclaration?: ModelDeclarationCstNode[];
  overrideDeclaration?: OverrideDeclarationCstNode[];
  removeDeclaration?: RemoveDeclarationCstNode[];
  plainDeclaration?: PlainDeclarationCstNode[];
};

export interface PlainDeclarationCstNode extends CstNode {
  name: "plainDeclaration";
  children: PlainDeclarationCstChildren;
}

export type PlainDeclarationCstChildren = {
  entryBlock?: EntryBlockCstNode[];
  featuresBlock?: FeaturesBlockCstNode[];
  labelsBlock?: LabelsBlockCstNode[];
  typedBlock?: TypedBlockCstNode[];
  paramsBlock?: ParamsBlockCstNode[];
  networkDeclaration?: NetworkDeclarationCstNode[];
  familyDeclaration?: FamilyDeclarationCstNode[];
  gatesDeclaration?: GatesDeclarationCstNode[];
  expertsDeclaration?: ExpertsDeclarationCstNode[];
  gateDeclaration?: GateDeclarationCstNode[];
  taskDeclaration?: TaskDeclarationCstNode[];
  chainDeclaration?: ChainDeclarationCstNode[];
  fusionDeclaration?: FusionDeclarationCstNode[];
  rulesBlock?: RulesBlockCstNode[];
  rankDeclaration?: RankDeclarationCstNode[];
  experimentDeclaration?: ExperimentDeclarationCstNode[];
  testDeclaration?: TestDeclarationCstNode[];
  defDeclaration?: DefDeclarationCstNode[];
};

export interface EditionDeclarationCstNode extends CstNode {
  name: "editionDeclaration";
  children: EditionDeclarationCstChildren;
}

export type EditionDeclarationCstChildren = {
  EditionKeyword: IToken[];
  Colon: IToken[];
  Number: IToken[];
};

export interface ImportDeclarationCstNode extends CstNode {
  name: "importDeclaration";
  children: ImportDeclarationCstChildren;
}

export type ImportDeclarationCstChildren = {
  ImportKeyword: IToken[];
  LCurly?: IToken[];
  names?: IToken[];
  Comma?: IToken[];
  RCurly?: IToken[];
  FromKeyword?: IToken[];
  importSource?: ImportSourceCstNode[];
  String?: IToken[];
};

export interface ImportSourceCstNode extends CstNode {
  name: "importSource";
  children: ImportSourceCstChildren;
}

export type ImportSourceCstChildren = {
  String?: IToken[];
  Identifier?: IToken[];
  Number?: IToken[];
};

export interface ModelDeclarationCstNode extends CstNode {
  name: "modelDeclaration";
  children: ModelDeclarationCstChildren;
}

export type ModelDeclarationCstChildren = {
  ModelKeyword: IToken[];
  Identifier: IToken[];
  ExtendsKeyword?: IToken[];
  String?: IToken[];
};

export interface OverrideDeclarationCstNode extends CstNode {
  name: "overrideDeclaration";
  children: OverrideDeclarationCstChildren;
}

export type OverrideDeclarationCstChildren = {
  OverrideKeyword: IToken[];
  plainDeclaration: PlainDeclarationCstNode[];
};

export interface RemoveDeclarationCstNode extends CstNode {
  name: "removeDeclaration";
  children: RemoveDeclarationCstChildren;
}

export type RemoveDeclarationCstChildren = {
  RemoveKeyword: IToken[];
  keyword: IToken[];
  path: IToken[];
  Dot?: IToken[];
};

export interface EntryBlockCstNode extends CstNode {
  name: "entryBlock";
  children: EntryBlockCstChildren;
}

export type EntryBlockCstChildren = {
  keyword: IToken[];
  LCurly: IToken[];
  entries: EntriesCstNode[];
  RCurly: IToken[];
};

export interface EntriesCstNode extends CstNode {
  name: "entries";
  children: EntriesCstChildren;
}

export type EntriesCstChildren = {
  entry?: EntryCstNode[];
  Comma?: IToken[];
};

export interface EntryCstNode extends CstNode {
  name: "entry";
  children: EntryCstChildren;
}

export type EntryCstChildren = {
  Identifier?: IToken[];
  members?: MembersCstNode[];
  Colon: IToken[];
  expression: ExpressionCstNode[];
};

export interface FeaturesBlockCstNode extends CstNode {
  name: "featuresBlock";
  children: FeaturesBlockCstChildren;
}

export type FeaturesBlockCstChildren = {
  FeaturesKeyword: IToken[];
  LCurly: IToken[];
  featureEntries: FeatureEntriesCstNode[];
  RCurly: IToken[];
};

export interface FeatureEntriesCstNode extends CstNode {
  name: "featureEntries";
  children: FeatureEntriesCstChildren;
}

export type FeatureEntriesCstChildren = {
  featureEntry?: FeatureEntryCstNode[];
  Comma?: IToken[];
};

export interface FeatureEntryCstNode extends CstNode {
  name: "featureEntry";
  children: FeatureEntryCstChildren;
}

export type FeatureEntryCstChildren = {
  featureName?: FeatureNameCstNode[];
  DotDot?: IToken[];
  last?: FeatureNameCstNode[];
  list?: ListCstNode[];
  Colon: IToken[];
  type: IToken[];
  callArguments?: CallArgumentsCstNode[];
  Equals?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface FeatureNameCstNode extends CstNode {
  name: "featureName";
  children: FeatureNameCstChildren;
}

export type FeatureNameCstChildren = {
  Identifier?: IToken[];
  String?: IToken[];
};

export interface LabelsBlockCstNode extends CstNode {
  name: "labelsBlock";
  children: LabelsBlockCstChildren;
}

export type LabelsBlockCstChildren = {
  LabelsKeyword: IToken[];
  LCurly: IToken[];
  labelEntries: LabelEntriesCstNode[];
  RCurly: IToken[];
};

export interface LabelEntriesCstNode extends CstNode {
  name: "labelEntries";
  children: LabelEntriesCstChildren;
}

export type LabelEntriesCstChildren = {
  labelEntry?: LabelEntryCstNode[];
  Comma?: IToken[];
};

export interface LabelEntryCstNode extends CstNode {
  name: "labelEntry";
  children: LabelEntryCstChildren;
}

export type LabelEntryCstChildren = {
  name: IToken[];
  Colon: IToken[];
  EventKeyword?: IToken[];
  AmountKeyword?: IToken[];
  LParen?: IToken[];
  unit?: IToken[];
  RParen?: IToken[];
  ClassesKeyword?: IToken[];
  callArguments?: CallArgumentsCstNode[];
  WithinKeyword?: IToken[];
  within?: IToken[];
  Equals?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface TypedBlockCstNode extends CstNode {
  name: "typedBlock";
  children: TypedBlockCstChildren;
}

export type TypedBlockCstChildren = {
  keyword: IToken[];
  LCurly: IToken[];
  typedEntries: TypedEntriesCstNode[];
  RCurly: IToken[];
};

export interface TypedEntriesCstNode extends CstNode {
  name: "typedEntries";
  children: TypedEntriesCstChildren;
}

export type TypedEntriesCstChildren = {
  typedEntry?: TypedEntryCstNode[];
  Comma?: IToken[];
};

export interface TypedEntryCstNode extends CstNode {
  name: "typedEntry";
  children: TypedEntryCstChildren;
}

export type TypedEntryCstChildren = {
  Identifier: IToken[];
  Colon: IToken[];
  type: TypeCstNode[];
  MissingKeyword?: IToken[];
  sum?: SumCstNode[];
  OutsideKeyword?: IToken[];
  policy?: IToken[];
  MalformedKeyword?: IToken[];
  malformedPolicy?: IToken[];
};

export interface ParamsBlockCstNode extends CstNode {
  name: "paramsBlock";
  children: ParamsBlockCstChildren;
}

export type ParamsBlockCstChildren = {
  ParamsKeyword: IToken[];
  LCurly: IToken[];
  paramEntries: ParamEntriesCstNode[];
  RCurly: IToken[];
};

export interface ParamEntriesCstNode extends CstNode {
  name: "paramEntries";
  children: ParamEntriesCstChildren;
}

export type ParamEntriesCstChildren = {
  paramEntry?: ParamEntryCstNode[];
  Comma?: IToken[];
};

export interface ParamEntryCstNode extends CstNode {
  name: "paramEntry";
  children: ParamEntryCstChildren;
}

export type ParamEntryCstChildren = {
  Identifier: IToken[];
  Colon: IToken[];
  sum: SumCstNode[];
  range?: RangeCstNode[];
};

export interface NetworkDeclarationCstNode extends CstNode {
  name: "networkDeclaration";
  children: NetworkDeclarationCstChildren;
}

export type NetworkDeclarationCstChildren = {
  keyword: IToken[];
  Identifier: IToken[];
  Equals: IToken[];
  item: ItemCstNode[];
};

export interface FamilyDeclarationCstNode extends CstNode {
  name: "familyDeclaration";
  children: FamilyDeclarationCstChildren;
}

export type FamilyDeclarationCstChildren = {
  keyword: IToken[];
  Identifier: IToken[];
  members: MembersCstNode[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface GatesDeclarationCstNode extends CstNode {
  name: "gatesDeclaration";
  children: GatesDeclarationCstChildren;
}

export type GatesDeclarationCstChildren = {
  GatesKeyword: IToken[];
  Identifier: IToken[];
  members: MembersCstNode[];
  Equals: IToken[];
  value: ExpressionCstNode[];
  OverKeyword: IToken[];
  over: ExpressionCstNode[];
};

export interface MembersCstNode extends CstNode {
  name: "members";
  children: MembersCstChildren;
}

export type MembersCstChildren = {
  LBracket: IToken[];
  Identifier?: IToken[];
  Comma?: IToken[];
  RBracket: IToken[];
};

export interface ExpertsDeclarationCstNode extends CstNode {
  name: "expertsDeclaration";
  children: ExpertsDeclarationCstChildren;
}

export type ExpertsDeclarationCstChildren = {
  ExpertsKeyword: IToken[];
  Identifier: IToken[];
  LBracket: IToken[];
  sum: SumCstNode[];
  RBracket: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface GateDeclarationCstNode extends CstNode {
  name: "gateDeclaration";
  children: GateDeclarationCstChildren;
}

export type GateDeclarationCstChildren = {
  GateKeyword: IToken[];
  Identifier: IToken[];
  Equals: IToken[];
  value: ExpressionCstNode[];
  OverKeyword: IToken[];
  over: ExpressionCstNode[];
};

export interface TaskDeclarationCstNode extends CstNode {
  name: "taskDeclaration";
  children: TaskDeclarationCstChildren;
}

export type TaskDeclarationCstChildren = {
  TaskKeyword: IToken[];
  Identifier?: IToken[];
  members?: MembersCstNode[];
  Colon: IToken[];
  type: TypeCstNode[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
  AuxiliaryKeyword?: IToken[];
};

export interface ChainDeclarationCstNode extends CstNode {
  name: "chainDeclaration";
  children: ChainDeclarationCstChildren;
}

export type ChainDeclarationCstChildren = {
  ChainKeyword: IToken[];
  Identifier: IToken[];
  Colon?: IToken[];
  type?: TypeCstNode[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface FusionDeclarationCstNode extends CstNode {
  name: "fusionDeclaration";
  children: FusionDeclarationCstChildren;
}

export type FusionDeclarationCstChildren = {
  FusionKeyword: IToken[];
  Identifier: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface RankDeclarationCstNode extends CstNode {
  name: "rankDeclaration";
  children: RankDeclarationCstChildren;
}

export type RankDeclarationCstChildren = {
  RankKeyword: IToken[];
  name: IToken[];
  Equals: IToken[];
  FromKeyword?: IToken[];
  rankSource?: RankSourceCstNode[];
  Comma?: IToken[];
  ThenKeyword?: IToken[];
  rankStage: RankStageCstNode[];
  WithKeyword?: IToken[];
  rules?: IToken[];
  TiesKeyword?: IToken[];
  tieKey?: TieKeyCstNode[];
};

export interface RankSourceCstNode extends CstNode {
  name: "rankSource";
  children: RankSourceCstChildren;
}

export type RankSourceCstChildren = {
  Identifier: IToken[];
  TopKeyword?: IToken[];
  sum?: SumCstNode[];
  ByKeyword?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface RankStageCstNode extends CstNode {
  name: "rankStage";
  children: RankStageCstChildren;
}

export type RankStageCstChildren = {
  TopKeyword: IToken[];
  sum: SumCstNode[];
  ByKeyword: IToken[];
  expression: ExpressionCstNode[];
};

export interface TieKeyCstNode extends CstNode {
  name: "tieKey";
  children: TieKeyCstChildren;
}

export type TieKeyCstChildren = {
  expression: ExpressionCstNode[];
  AscendingKeyword?: IToken[];
};

export interface ExperimentDeclarationCstNode extends CstNode {
  name: "experimentDeclaration";
  children: ExperimentDeclarationCstChildren;
}

export type ExperimentDeclarationCstChildren = {
  ExperimentKeyword: IToken[];
  Identifier: IToken[];
  LCurly: IToken[];
  entries: EntriesCstNode[];
  RCurly: IToken[];
};

export interface DefDeclarationCstNode extends CstNode {
  name: "defDeclaration";
  children: DefDeclarationCstChildren;
}

export type DefDeclarationCstChildren = {
  DefKeyword: IToken[];
  Identifier: IToken[];
  LParen: IToken[];
  parameter?: ParameterCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface ParameterCstNode extends CstNode {
  name: "parameter";
  children: ParameterCstChildren;
}

export type ParameterCstChildren = {
  Identifier: IToken[];
  Equals?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface RulesBlockCstNode extends CstNode {
  name: "rulesBlock";
  children: RulesBlockCstChildren;
}

export type RulesBlockCstChildren = {
  RulesKeyword: IToken[];
  Identifier: IToken[];
  LCurly: IToken[];
  ruleEntries: RuleEntriesCstNode[];
  RCurly: IToken[];
};

export interface RuleEntriesCstNode extends CstNode {
  name: "ruleEntries";
  children: RuleEntriesCstChildren;
}

export type RuleEntriesCstChildren = {
  rule?: RuleCstNode[];
  Comma?: IToken[];
};

export interface RuleCstNode extends CstNode {
  name: "rule";
  children: RuleCstChildren;
}

export type RuleCstChildren = {
  verb: IToken[];
  name: IToken[];
  ruleClause?: RuleClauseCstNode[];
};

export interface RuleClauseCstNode extends CstNode {
  name: "ruleClause";
  children: RuleClauseCstChildren;
}

export type RuleClauseCstChildren = {
  option?: IToken[];
  Colon?: IToken[];
  expression?: ExpressionCstNode[];
  WhenKeyword?: IToken[];
  ByKeyword?: IToken[];
  sum?: SumCstNode[];
  DuringKeyword?: IToken[];
  from?: SumCstNode[];
  DotDot?: IToken[];
  to?: SumCstNode[];
  AtKeyword?: IToken[];
  MostKeyword?: IToken[];
  LeastKeyword?: IToken[];
  place?: SumCstNode[];
  OfKeyword?: IToken[];
  TopKeyword?: IToken[];
  InKeyword?: IToken[];
  window?: SumCstNode[];
  PerKeyword?: IToken[];
  unit?: IToken[];
};

export interface TestDeclarationCstNode extends CstNode {
  name: "testDeclaration";
  children: TestDeclarationCstChildren;
}

export type TestDeclarationCstChildren = {
  TestKeyword: IToken[];
  String: IToken[];
  LCurly: IToken[];
  testSteps: TestStepsCstNode[];
  RCurly: IToken[];
};

export interface TestStepsCstNode extends CstNode {
  name: "testSteps";
  children: TestStepsCstChildren;
}

export type TestStepsCstChildren = {
  testStep?: TestStepCstNode[];
  Comma?: IToken[];
};

export interface TestStepCstNode extends CstNode {
  name: "testStep";
  children: TestStepCstChildren;
}

export type TestStepCstChildren = {
  AtKeyword?: IToken[];
  sum?: SumCstNode[];
  CandidateKeyword?: IToken[];
  name?: IToken[];
  LikeKeyword?: IToken[];
  like?: IToken[];
  record?: RecordCstNode[];
  RequestKeyword?: IToken[];
  ExpectKeyword?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface TypeCstNode extends CstNode {
  name: "type";
  children: TypeCstChildren;
}

export type TypeCstChildren = {
  PKeyword?: IToken[];
  LParen?: IToken[];
  event?: EventCstNode[];
  Bar?: IToken[];
  given?: EventCstNode[];
  RParen?: IToken[];
  EKeyword?: IToken[];
  label?: IToken[];
  ScoreKeyword?: IToken[];
  NumberKeyword?: IToken[];
  unit?: IToken[];
  Question?: IToken[];
  range?: RangeCstNode[];
  VectorKeyword?: IToken[];
  width?: SumCstNode[];
  simple?: IToken[];
};

export interface RangeCstNode extends CstNode {
  name: "range";
  children: RangeCstChildren;
}

export type RangeCstChildren = {
  InKeyword?: IToken[];
  LBracket?: IToken[];
  low?: SumCstNode[];
  Comma?: IToken[];
  high?: SumCstNode[];
  RBracket?: IToken[];
  operator?: IToken[];
  bound?: SumCstNode[];
};

export interface EventCstNode extends CstNode {
  name: "event";
  children: EventCstChildren;
}

export type EventCstChildren = {
  eventTerm: EventTermCstNode[];
  Ampersand?: IToken[];
};

export interface EventTermCstNode extends CstNode {
  name: "eventTerm";
  children: EventTermCstChildren;
}

export type EventTermCstChildren = {
  NotKeyword?: IToken[];
  Identifier?: IToken[];
  memberName?: MemberNameCstNode[];
  LParen?: IToken[];
  event?: EventCstNode[];
  RParen?: IToken[];
};

export interface ExpressionCstNode extends CstNode {
  name: "expression";
  children: ExpressionCstChildren;
}

export type ExpressionCstChildren = {
  comparison: ComparisonCstNode[];
  operator?: IToken[];
};

export interface ComparisonCstNode extends CstNode {
  name: "comparison";
  children: ComparisonCstChildren;
}

export type ComparisonCstChildren = {
  NotKeyword?: IToken[];
  sum: SumCstNode[];
  operator?: IToken[];
};

export interface SumCstNode extends CstNode {
  name: "sum";
  children: SumCstChildren;
}

export type SumCstChildren = {
  operand: OperandCstNode[];
  operator?: IToken[];
};

export interface OperandCstNode extends CstNode {
  name: "operand";
  children: OperandCstChildren;
}

export type OperandCstChildren = {
  Minus?: IToken[];
  search?: SearchCstNode[];
  name?: IToken[];
  callArguments?: CallArgumentsCstNode[];
  Number?: IToken[];
  String?: IToken[];
  Date?: IToken[];
  TrueKeyword?: IToken[];
  FalseKeyword?: IToken[];
  list?: ListCstNode[];
  record?: RecordCstNode[];
  LParen?: IToken[];
  expression?: ExpressionCstNode[];
  RParen?: IToken[];
  memberName?: MemberNameCstNode[];
};

export interface SearchCstNode extends CstNode {
  name: "search";
  children: SearchCstChildren;
}

export type SearchCstChildren = {
  SearchKeyword: IToken[];
  choices?: ListCstNode[];
  low?: SearchBoundCstNode[];
  DotDot?: IToken[];
  high?: SearchBoundCstNode[];
  scale?: IToken[];
  Equals?: IToken[];
  default?: OperandCstNode[];
};

export interface SearchBoundCstNode extends CstNode {
  name: "searchBound";
  children: SearchBoundCstChildren;
}

export type SearchBoundCstChildren = {
  Minus?: IToken[];
  Number: IToken[];
};

export interface MemberNameCstNode extends CstNode {
  name: "memberName";
  children: MemberNameCstChildren;
}

export type MemberNameCstChildren = {
  Dot: IToken[];
  name?: IToken[];
};

export interface CallArgumentsCstNode extends CstNode {
  name: "callArguments";
  children: CallArgumentsCstChildren;
}

export type CallArgumentsCstChildren = {
  LParen: IToken[];
  argument?: ArgumentCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface ArgumentCstNode extends CstNode {
  name: "argument";
  children: ArgumentCstChildren;
}

export type ArgumentCstChildren = {
  Identifier?: IToken[];
  Colon?: IToken[];
  item: ItemCstNode[];
};

export interface ItemCstNode extends CstNode {
  name: "item";
  children: ItemCstChildren;
}

export type ItemCstChildren = {
  EachKeyword?: IToken[];
  expression: ExpressionCstNode[];
  DotDot?: IToken[];
  last?: ExpressionCstNode[];
  ButKeyword?: IToken[];
  without?: ExpressionCstNode[];
};

export interface ListCstNode extends CstNode {
  name: "list";
  children: ListCstChildren;
}

export type ListCstChildren = {
  LBracket: IToken[];
  item?: ItemCstNode[];
  Comma?: IToken[];
  RBracket: IToken[];
};

export interface RecordCstNode extends CstNode {
  name: "record";
  children: RecordCstChildren;
}

export type RecordCstChildren = {
  LCurly: IToken[];
  entries: EntriesCstNode[];
  RCurly: IToken[];
};

export interface ICstNodeVisitor<IN, OUT> extends ICstVisitor<IN, OUT> {
  spec(children: SpecCstChildren, param?: IN): OUT;
  declaration(children: DeclarationCstChildren, param?: IN): OUT;
  plainDeclaration(children: PlainDeclarationCstChildren, param?: IN): OUT;
  editionDeclaration(children: EditionDeclarationCstChildren, param?: IN): OUT;
  importDeclaration(children: ImportDeclarationCstChildren, param?: IN): OUT;
  importSource(children: ImportSourceCstChildren, param?: IN): OUT;
  modelDeclaration(children: ModelDeclarationCstChildren, param?: IN): OUT;
  overrideDeclaration(children: OverrideDeclarationCstChildren, param?: IN): OUT;
  removeDeclaration(children: RemoveDeclarationCstChildren, param?: IN): OUT;
  entryBlock(children: EntryBlockCstChildren, param?: IN): OUT;
  entries(children: EntriesCstChildren, param?: IN): OUT;
  entry(children: EntryCstChildren, param?: IN): OUT;
  featuresBlock(children: FeaturesBlockCstChildren, param?: IN): OUT;
  featureEntries(children: FeatureEntriesCstChildren, param?: IN): OUT;
  featureEntry(children: FeatureEntryCstChildren, param?: IN): OUT;
  featureName(children: FeatureNameCstChildren, param?: IN): OUT;
  labelsBlock(children: LabelsBlockCstChildren, param?: IN): OUT;
  labelEntries(children: LabelEntriesCstChildren, param?: IN): OUT;
  labelEntry(children: LabelEntryCstChildren, param?: IN): OUT;
  typedBlock(children: TypedBlockCstChildren, param?: IN): OUT;
  typedEntries(children: TypedEntriesCstChildren, param?: IN): OUT;
  typedEntry(children: TypedEntryCstChildren, param?: IN): OUT;
  paramsBlock(children: ParamsBlockCstChildren, param?: IN): OUT;
  paramEntries(children: ParamEntriesCstChildren, param?: IN): OUT;
  paramEntry(children: ParamEntryCstChildren, param?: IN): OUT;
  networkDeclaration(children: NetworkDeclarationCstChildren, param?: IN): OUT;
  familyDeclaration(children: FamilyDeclarationCstChildren, param?: IN): OUT;
  gatesDeclaration(children: GatesDeclarationCstChildren, param?: IN): OUT;
  members(children: MembersCstChildren, param?: IN): OUT;
  expertsDeclaration(children: ExpertsDeclarationCstChildren, param?: IN): OUT;
  gateDeclaration(children: GateDeclarationCstChildren, param?: IN): OUT;
  taskDeclaration(children: TaskDeclarationCstChildren, param?: IN): OUT;
  chainDeclaration(children: ChainDeclarationCstChildren, param?: IN): OUT;
  fusionDeclaration(children: FusionDeclarationCstChildren, param?: IN): OUT;
  rankDeclaration(children: RankDeclarationCstChildren, param?: IN): OUT;
  rankSource(children: RankSourceCstChildren, param?: IN): OUT;
  rankStage(children: RankStageCstChildren, param?: IN): OUT;
  tieKey(children: TieKeyCstChildren, param?: IN): OUT;
  experimentDeclaration(children: ExperimentDeclarationCstChildren, param?: IN): OUT;
  defDeclaration(children: DefDeclarationCstChildren, param?: IN): OUT;
  parameter(children: ParameterCstChildren, param?: IN): OUT;
  rulesBlock(children: RulesBlockCstChildren, param?: IN): OUT;
  ruleEntries(children: RuleEntriesCstChildren, param?: IN): OUT;
  rule(children: RuleCstChildren, param?: IN): OUT;
  ruleClause(children: RuleClauseCstChildren, param?: IN): OUT;
  testDeclaration(children: TestDeclarationCstChildren, param?: IN): OUT;
  testSteps(children: TestStepsCstChildren, param?: IN): OUT;
  testStep(children: TestStepCstChildren, param?: IN): OUT;
  type(children: TypeCstChildren, param?: IN): OUT;
  range(children: RangeCstChildren, param?: IN): OUT;
  event(children: EventCstChildren, param?: IN): OUT;
  eventTerm(children: EventTermCstChildren, param?: IN): OUT;
  expression(children: ExpressionCstChildren, param?: IN): OUT;
  comparison(children: ComparisonCstChildren, param?: IN): OUT;
  sum(children: SumCstChildren, param?: IN): OUT;
  operand(children: OperandCstChildren, param?: IN): OUT;
  search(children: SearchCstChildren, param?: IN): OUT;
  searchBound(children: SearchBoundCstChildren, param?: IN): OUT;
  memberName(children: MemberNameCstChildren, param?: IN): OUT;
  callArguments(children: CallArgumentsCstChildren, param?: IN): OUT;
  argument(children: ArgumentCstChildren, param?: IN): OUT;
  item(children: ItemCstChildren, param?: IN): OUT;
  list(children: ListCstChildren, param?: IN): OUT;
  record(children: RecordCstChildren, param?: IN): OUT;
}
