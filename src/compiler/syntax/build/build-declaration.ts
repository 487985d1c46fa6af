import type { CstNode, IToken } from "chevrotain";
import { joinSpans, type Span } from "../../text/index.js";
import type * as ast from "../ast.js";
import {
  buildCallOrName,
  buildEntries,
  buildMembers,
  buildExpression,
  buildItem,
  buildList,
  buildSum,
} from "./build-expression.js";
import { buildNumber, buildString } from "./build-literal.js";
import { nameOfText } from "./quoted-name.js";
import { buildRules, buildSteps } from "./build-rules.js";
import { buildRange, buildType, missingType } from "./build-type.js";
import type * as cst from "../cst.js";
import { rowOfKeyword, type declarations } from "../declarations.js";
import {
  buildLists,
  buildName,
  buildNames,
  checkSeparators,
  docAbove,
  endOf,
  first,
  missingExpression,
  parts,
  spanOfNode,
  spanOfToken,
  type BuildContext,
} from "./tree-builder.js";

/** A declaration from its concrete node. */
export function buildDeclaration(
  context: BuildContext,
  node: cst.DeclarationCstNode,
  span: Span = spanOfNode(context, node, 0),
): ast.Declaration {
  const children = parts(node);
  const common = { ...docAbove(context, span.start), span };
  const plain = first(children.plainDeclaration);
  if (plain !== undefined) return buildPlain(context, plain, common);
  const edition = first(children.editionDeclaration);
  if (edition !== undefined) {
    const year = first(parts(edition).Number);
    return {
      kind: "Edition",
      year: year === undefined ? missingExpression(context, common.span.end) : buildNumber(context, year),
      ...common,
    };
  }
  const imports = first(children.importDeclaration);
  if (imports !== undefined) return buildImport(context, imports, common);
  const model = first(children.modelDeclaration);
  if (model !== undefined) return buildModel(context, model, common);
  const override = first(children.overrideDeclaration);
  if (override !== undefined) {
    const inner = first(parts(override).plainDeclaration);
    const innerSpan = inner === undefined ? { ...span, start: span.end } : spanOfNode(context, inner, span.end);
    const declaration: ast.OverrideDeclaration["declaration"] =
      inner === undefined
        ? { kind: "MissingDeclaration", span: innerSpan }
        : buildPlain(context, inner, { span: innerSpan });
    return { kind: "Override", declaration, ...common };
  }
  const remove = first(children.removeDeclaration);
  if (remove !== undefined) {
    const { keyword, path } = parts(remove);
    return {
      kind: "Remove",
      keyword: buildName(context, keyword, span.end),
      path: buildNames(context, path),
      ...common,
    };
  }
  return { kind: "MissingDeclaration", ...common };
}

/** Doc comment and span. */
interface Common {
  readonly doc?: string;
  readonly span: Span;
}

type PlainParts = { readonly [K in keyof cst.PlainDeclarationCstChildren]-?: K };
type PlainNode<K extends keyof PlainParts> = NonNullable<cst.PlainDeclarationCstChildren[K]>[number];
type Builders = {
  readonly [K in keyof PlainParts]: (context: BuildContext, node: PlainNode<K>, common: Common) => ast.PlainDeclaration;
};

function buildPlain(
  context: BuildContext,
  node: cst.PlainDeclarationCstNode,
  common: Common,
): ast.PlainDeclaration | ast.MissingDeclaration {
  for (const [rule, nodes] of Object.entries(node.children)) {
    const build = plainBuilders[rule as keyof PlainParts] as
      ((context: BuildContext, node: CstNode, common: Common) => ast.PlainDeclaration) | undefined;
    const child = nodes[0];
    if (build !== undefined && child !== undefined) return build(context, child, common);
  }
  return { kind: "MissingDeclaration", ...common };
}

/** One builder a rule of the grammar, so that a forgotten one does not compile. */
const plainBuilders: Builders = {
  entryBlock: (context, node, common) => {
    const { keyword, entries } = parts(node);
    const kind = kindOfBlock("entryBlock", first(keyword)?.image, "Data");
    return { kind, entries: buildEntries(context, entries), ...common };
  },
  featuresBlock: (context, node, common) => ({
    kind: "Features",
    entries: buildLists(context, parts(node).featureEntries, (inner, list) => {
      const { featureEntry, Comma } = parts(list);
      return separated(inner, featureEntry, Comma, buildFeature);
    }),
    ...common,
  }),
  labelsBlock: (context, node, common) => ({
    kind: "Labels",
    entries: buildLists(context, parts(node).labelEntries, (inner, list) => {
      const { labelEntry, Comma } = parts(list);
      return separated(inner, labelEntry, Comma, buildLabel);
    }),
    ...common,
  }),
  typedBlock: (context, node, common) => {
    const { keyword, typedEntries } = parts(node);
    return {
      kind: kindOfBlock("typedBlock", first(keyword)?.image, "Attributes"),
      entries: buildLists(context, typedEntries, (inner, list) => {
        const { typedEntry, Comma } = parts(list);
        return separated(inner, typedEntry, Comma, buildTyped);
      }),
      ...common,
    };
  },
  paramsBlock: (context, node, common) => ({
    kind: "Params",
    entries: buildLists(context, parts(node).paramEntries, (inner, list) => {
      const { paramEntry, Comma } = parts(list);
      return separated(inner, paramEntry, Comma, buildParam);
    }),
    ...common,
  }),
  networkDeclaration: (context, node, common) => {
    const { keyword } = parts(node);
    const { Identifier, item } = parts(node);
    const { end } = common.span;
    return {
      kind: "Network",
      // The token category admits these words only.
      keyword: (first(keyword)?.image ?? "input") as ast.NetworkDeclaration["keyword"],
      ...common,
      name: buildName(context, Identifier, end),
      value: buildItem(context, first(item), end),
    };
  },
  familyDeclaration: (context, node, common) => {
    const { keyword, members } = parts(node);
    return {
      kind: "Family",
      // The token category admits these words only.
      keyword: (first(keyword)?.image ?? "bottoms") as ast.FamilyDeclaration["keyword"],
      members: buildMembers(context, first(members)),
      ...named(context, node, common),
    };
  },
  gatesDeclaration: (context, node, common) => {
    const { Identifier, members, value, over } = parts(node);
    return {
      kind: "Gates",
      name: buildName(context, Identifier, common.span.end),
      members: buildMembers(context, first(members)),
      value: buildExpression(context, value, common.span.end),
      over: buildExpression(context, over, common.span.end),
      ...common,
    };
  },
  expertsDeclaration: (context, node, common) => ({
    kind: "Experts",
    count: buildSum(context, parts(node).sum, common.span.end),
    ...named(context, node, common),
  }),
  gateDeclaration: (context, node, common) => {
    const { Identifier, value, over } = parts(node);
    return {
      kind: "Gate",
      name: buildName(context, Identifier, common.span.end),
      value: buildExpression(context, value, common.span.end),
      over: buildExpression(context, over, common.span.end),
      ...common,
    };
  },
  taskDeclaration: (context, node, common) => {
    const { type, AuxiliaryKeyword, members } = parts(node);
    const list = first(members);
    const names = list === undefined ? undefined : buildMembers(context, list);
    const name = named(context, node, common);
    return {
      kind: "Task",
      type: buildType(context, type, (names?.at(-1) ?? name.name).span.end),
      auxiliary: first(AuxiliaryKeyword) !== undefined,
      ...name,
      ...(names === undefined ? {} : { members: names, name: names[0] ?? name.name }),
    };
  },
  chainDeclaration: (context, node, common) => {
    const { type } = parts(node);
    return {
      kind: "Chain",
      ...(first(type) === undefined ? {} : { type: buildType(context, type, common.span.end) }),
      ...named(context, node, common),
    };
  },
  fusionDeclaration: (context, node, common) => ({ kind: "Fusion", ...named(context, node, common) }),
  rulesBlock: (context, node, common) => {
    const { Identifier, ruleEntries } = parts(node);
    return {
      kind: "Rules",
      name: buildName(context, Identifier, common.span.end),
      rules: buildRules(context, ruleEntries),
      ...common,
    };
  },
  rankDeclaration: (context, node, common) => {
    const { name, rankSource, rankStage, rules, tieKey } = parts(node);
    const { end } = common.span;
    const stages = (rankStage ?? []).map((stage) => buildRankStage(context, stage));
    const missing = missingExpression(context, end);
    return {
      kind: "Rank",
      name: buildName(context, name, end),
      sources: (rankSource ?? []).map((source) => buildRankSource(context, source)),
      stages:
        stages.length > 0
          ? stages
          : [{ kind: "RankStage", count: missing, by: missing, span: { ...common.span, start: end } }],
      rules: buildNames(context, rules),
      ties: (tieKey ?? []).map((key) => buildTieKey(context, key)),
      ...common,
    };
  },
  experimentDeclaration: (context, node, common) => {
    const { Identifier, entries } = parts(node);
    return {
      kind: "Experiment",
      name: buildName(context, Identifier, common.span.end),
      entries: buildEntries(context, entries),
      ...common,
    };
  },
  testDeclaration: (context, node, common) => {
    const { String: title, testSteps } = parts(node);
    const token = first(title);
    return {
      kind: "Test",
      title:
        token === undefined
          ? { kind: "String", value: "", span: { ...common.span, start: common.span.end } }
          : buildString(context, token),
      steps: buildSteps(context, testSteps),
      ...common,
    };
  },
  defDeclaration: (context, node, common) => {
    const { parameter, Comma } = parts(node);
    const list = (parameter ?? []).map((each): ast.DefParameter => {
      const { Identifier, expression } = parts(each);
      const span = spanOfNode(context, each, common.span.end);
      return {
        kind: "DefParameter",
        name: buildName(context, Identifier, span.start),
        ...(first(expression) === undefined ? {} : { default: buildExpression(context, expression, span.end) }),
        span,
      };
    });
    checkSeparators(context, list, Comma, { items: "parameters", newline: false });
    return { kind: "Def", parameters: list, ...named(context, node, common) };
  },
};

type BlockRow<Rule extends string> = Extract<(typeof declarations)[number], { readonly body: { readonly rule: Rule } }>;

/** The kind of a block whose grammar rule several keywords share; `fallback` where recovery found none of them. */
function kindOfBlock<Rule extends "entryBlock" | "typedBlock">(
  rule: Rule,
  keyword: string | undefined,
  fallback: BlockRow<Rule>["kind"],
): BlockRow<Rule>["kind"] {
  const row = rowOfKeyword(keyword ?? "");
  return row?.body?.rule === rule ? (row.kind as BlockRow<Rule>["kind"]) : fallback;
}

/** `[income, marital]`. */
/** Name and value of `keyword name … = value`. */
function named(
  context: BuildContext,
  node:
    | cst.FamilyDeclarationCstNode
    | cst.ExpertsDeclarationCstNode
    | cst.TaskDeclarationCstNode
    | cst.ChainDeclarationCstNode
    | cst.FusionDeclarationCstNode
    | cst.DefDeclarationCstNode,
  common: Common,
): Common & { readonly name: ast.Name; readonly value: ast.Expression } {
  const { Identifier, expression } = node.children as Partial<(typeof node)["children"]>;
  return {
    ...common,
    name: buildName(context, Identifier, common.span.end),
    value: buildExpression(context, expression, common.span.end),
  };
}

function separated<C extends CstNode, T extends ast.Node>(
  context: BuildContext,
  nodes: readonly C[] | undefined,
  commas: Parameters<typeof checkSeparators>[2],
  build: (context: BuildContext, node: C) => T,
): readonly T[] {
  const items = (nodes ?? []).map((node) => build(context, node));
  checkSeparators(context, items, commas, { items: "entries", newline: true });
  return items;
}

function buildFeature(context: BuildContext, node: cst.FeatureEntryCstNode): ast.FeatureEntry | ast.FeatureGroup {
  const { featureName, last, list, type, callArguments, expression } = parts(node);
  const span = spanOfNode(context, node, 0);
  const token = first(type);
  const rest = {
    type: token === undefined ? missingExpression(context, span.end) : buildCallOrName(context, token, callArguments),
    ...(first(expression) === undefined ? {} : { source: buildExpression(context, expression, span.end) }),
    ...docAbove(context, span.start),
    span,
  };
  const names = first(list);
  if (names !== undefined) return { kind: "FeatureGroup", names: buildList(context, names, span.end), ...rest };
  const from = buildFeatureName(context, first(featureName), span.start);
  if (first(last) === undefined) return { kind: "Feature", name: from, ...rest };
  const to = buildFeatureName(context, first(last), from.span.end);
  return {
    kind: "FeatureGroup",
    names: { kind: "NameRange", first: from, last: to, span: joinSpans(from.span, to.span) },
    ...rest,
  };
}

/** `price`, `"unit price"`. */
function buildFeatureName(context: BuildContext, node: cst.FeatureNameCstNode | undefined, at: number): ast.Name {
  if (node === undefined) return buildName(context, undefined, at);
  const { Identifier, String: text } = parts(node);
  const token = first(text);
  return token === undefined ? buildName(context, Identifier, at) : nameOfText(buildString(context, token));
}

function buildLabel(context: BuildContext, node: cst.LabelEntryCstNode): ast.LabelEntry {
  const children = parts(node);
  const span = spanOfNode(context, node, 0);
  const event = first(children.EventKeyword);
  const amount = first(children.AmountKeyword);
  const unit = first(children.unit);
  const close = first(children.RParen);
  const several = first(children.ClassesKeyword);
  const list = first(children.callArguments);
  const base = event ?? amount ?? several;
  const type: ast.LabelType | ast.MissingType =
    base === undefined
      ? missingType({ ...span, start: span.end })
      : {
          kind: "LabelType",
          base: event !== undefined ? "event" : amount !== undefined ? "amount" : "classes",
          ...(unit === undefined ? {} : { unit: buildName(context, [unit], span.end) }),
          ...(several === undefined ? {} : { classes: buildClasses(context, several, children.callArguments) }),
          span: {
            ...spanOfToken(context, base),
            ...(close === undefined ? {} : { end: close.startOffset + 1 }),
            ...(list === undefined ? {} : { end: spanOfNode(context, list, span.end).end }),
          },
        };
  return {
    kind: "Label",
    name: buildName(context, children.name, span.start),
    type,
    ...(first(children.WithinKeyword) === undefined ? {} : { within: buildName(context, children.within, span.end) }),
    ...(first(children.expression) === undefined
      ? {}
      : { source: buildExpression(context, children.expression, span.end) }),
    ...docAbove(context, span.start),
    span,
  };
}

/** What is in the parentheses of `classes(…)`. */
function buildClasses(
  context: BuildContext,
  word: IToken,
  list: readonly cst.CallArgumentsCstNode[] | undefined,
): readonly ast.Argument[] {
  const call = buildCallOrName(context, word, list);
  return call.kind === "Call" ? call.arguments : [];
}

function buildTyped(context: BuildContext, node: cst.TypedEntryCstNode): ast.TypedEntry {
  const { Identifier, type, MissingKeyword, sum, OutsideKeyword, policy, MalformedKeyword, malformedPolicy } =
    parts(node);
  const span = spanOfNode(context, node, 0);
  return {
    kind: "Typed",
    name: buildName(context, Identifier, span.start),
    type: buildType(context, type, span.end),
    ...(first(MissingKeyword) === undefined ? {} : { missing: buildSum(context, sum, span.end) }),
    ...(first(OutsideKeyword) === undefined ? {} : { outside: buildName(context, policy, span.end) }),
    ...(first(MalformedKeyword) === undefined ? {} : { malformed: buildName(context, malformedPolicy, span.end) }),
    ...docAbove(context, span.start),
    span,
  };
}

function buildRankSource(context: BuildContext, node: cst.RankSourceCstNode): ast.RankSource {
  const { Identifier, TopKeyword, sum, ByKeyword, expression } = parts(node);
  const span = spanOfNode(context, node, 0);
  return {
    kind: "RankSource",
    name: buildName(context, Identifier, span.start),
    ...(first(TopKeyword) === undefined ? {} : { count: buildSum(context, sum, span.end) }),
    ...(first(ByKeyword) === undefined ? {} : { by: buildExpression(context, expression, span.end) }),
    span,
  };
}

function buildRankStage(context: BuildContext, node: cst.RankStageCstNode): ast.RankStage {
  const { sum, expression } = parts(node);
  const span = spanOfNode(context, node, 0);
  return {
    kind: "RankStage",
    count: buildSum(context, sum, span.end),
    by: buildExpression(context, expression, span.end),
    span,
  };
}

function buildTieKey(context: BuildContext, node: cst.TieKeyCstNode): ast.TieKey {
  const { expression, AscendingKeyword } = parts(node);
  const span = spanOfNode(context, node, 0);
  return {
    kind: "TieKey",
    by: buildExpression(context, expression, span.end),
    ascending: first(AscendingKeyword) !== undefined,
    span,
  };
}

function buildParam(context: BuildContext, node: cst.ParamEntryCstNode): ast.ParamEntry {
  const { Identifier, sum, range } = parts(node);
  const span = spanOfNode(context, node, 0);
  const limits = buildRange(context, range, span.end);
  return {
    kind: "Param",
    name: buildName(context, Identifier, span.start),
    value: buildSum(context, sum, span.end),
    ...(limits === undefined ? {} : { range: limits }),
    ...docAbove(context, span.start),
    span,
  };
}

function buildImport(context: BuildContext, node: cst.ImportDeclarationCstNode, common: Common): ast.ImportDeclaration {
  const { LCurly, names, Comma, importSource, String: path } = parts(node);
  const end = endOf(node, common.span.end);
  const list = buildNames(context, names);
  checkSeparators(context, list, Comma, { items: "names", newline: true });
  const source = first(importSource);
  const sourceParts = source === undefined ? undefined : parts(source);
  const text = first(path) ?? first(sourceParts?.String);
  const library = first(sourceParts?.Identifier);
  const version = first(sourceParts?.Number);
  return {
    kind: "Import",
    ...(first(LCurly) === undefined ? {} : { names: list }),
    from:
      text !== undefined
        ? buildString(context, text)
        : library !== undefined
          ? buildName(context, [library], end)
          : missingExpression(context, end),
    ...(version === undefined ? {} : { version: buildNumber(context, version) }),
    ...common,
  };
}

function buildModel(context: BuildContext, node: cst.ModelDeclarationCstNode, common: Common): ast.ModelDeclaration {
  const { Identifier, String: base } = parts(node);
  const token = first(base);
  return {
    kind: "Model",
    name: buildName(context, Identifier, common.span.end),
    ...(token === undefined ? {} : { base: buildString(context, token) }),
    ...common,
  };
}
