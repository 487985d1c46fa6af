/** What there is to say about a declared name besides its kind: type, shape, event, range, and what serving makes of it. */
import { showInterval, showType, type ValueType } from "../../src/compiler/semantics/index.js";
import type {
  FormulaRange,
  FormulaTree,
  HeadExpression,
  LogitExpression,
  Model,
  NetNode,
  RankModel,
  RuleCount,
  RuleModel,
  ServingInput,
  ServingModel,
} from "../../src/compiler/model/index.js";
import { pathAt } from "../../src/compiler/syntax/index.js";
import type { SourceFile, Span } from "../../src/compiler/text/index.js";
import { typeOf, type Analysis } from "../../src/server/analysis/analysis.js";
import type { NamedThing } from "../../src/server/analysis/thing.js";
import { namesOf } from "../../src/server/analysis/names.js";

/** A named thing of an analysis with the block that it is declared in, where that has a name. */
export interface Subject {
  readonly thing: NamedThing;
  /** `home` of a rule of `rules home`, the title of a candidate's test. */
  readonly owner: string;
}

/** The facts of a thing, each a short text. A spec with an error has no model: types and ranges remain. */
export function factsOf(analysis: Analysis, subject: Subject): readonly string[] {
  const { thing } = subject;
  const { model } = analysis.compilation;
  const reads = model === undefined ? [] : readsOf(model, subject);
  return [
    ...typesOf(analysis, thing),
    ...modelFacts(model, subject),
    ...(reads.length === 0 ? [] : [`reads ${reads.join(", ")}`]),
  ];
}

/** `tensor[64]`, `8 × tensor[64]`, `P(buy | click)`, `number (yuan) in [0, ∞)`. */
export function shownType(type: ValueType, { tables }: Analysis): string {
  if (type.kind !== "tensor") return showType(type, tables.within).replace(/^an? /, "");
  return `${type.replicas === undefined ? "" : `${type.replicas} × `}tensor[${type.shape.join(", ")}]`;
}

function typesOf(analysis: Analysis, thing: NamedThing): readonly string[] {
  const { symbol } = thing;
  if (symbol === undefined || symbol.kind === "event") return [];
  if (symbol.kind === "macro") return macroTypes(analysis, thing);
  const type = typeOf(analysis, symbol.declaration);
  return type === undefined ? [] : [shownType(type, analysis)];
}

/** What the calls of a macro are; they differ where its arguments do. */
function macroTypes(analysis: Analysis, { id }: NamedThing): readonly string[] {
  const types = namesOf(analysis.compilation)
    .of(id)
    .flatMap(({ span }) => {
      const spec = analysis.compilation.files.get(span.file);
      const call = spec === undefined ? undefined : pathAt(spec, span.start).findLast(({ kind }) => kind === "Call");
      return call === undefined ? [] : typesAt(analysis, call.span);
    });
  return types.length === 0 ? [] : [[...new Set(types)].join(" or ")];
}

/** The types of all nodes of a span, copies of macros included, each once. */
export function typesAt(analysis: Analysis, { file, start, end }: Span): readonly string[] {
  const types = [...analysis.tables.types]
    .filter(([{ span }]) => span.file === file && span.start === start && span.end === end)
    .map(([, type]) => shownType(type, analysis));
  return [...new Set(types)];
}

function modelFacts(model: Model | undefined, { thing, owner }: Subject): readonly string[] {
  const { kind, name } = thing;
  switch (kind) {
    case "feature": {
      const feature = model?.features.find((each) => each.name === name);
      if (feature === undefined) return [];
      return [feature.kind, ...(feature.serving.kind === "none" ? ["not at serving"] : [])];
    }
    case "label": {
      const label = model?.labels.find((each) => each.name === name);
      if (label === undefined) return [];
      const unit = label.unit === undefined ? "" : ` in ${label.unit}`;
      return [`${label.base}${unit}`, ...(label.within.length === 0 ? [] : [`implies ${label.within.join(", ")}`])];
    }
    case "task":
    case "chain":
      return model?.heads.some((each) => each.name === name && each.auxiliary) === true ? ["auxiliary"] : [];
    case "member":
      return (model?.nodes ?? []).flatMap(({ id, shape }) =>
        id === `${owner}.${name}` ? [`tensor[${shape.join(", ")}]`] : [],
      );
    case "candidate":
      return (model?.tests ?? [])
        .filter(({ title }) => title === owner)
        .flatMap(({ candidates }) => candidates.filter((each) => each.name === name))
        .map(({ fields }) => `${Object.keys(fields).length} values`);
    default:
      return model?.serving === undefined ? [] : servingFacts(model.serving, { thing, owner });
  }
}

function servingFacts(serving: ServingModel, { thing: { kind, name }, owner }: Subject): readonly string[] {
  const named = <T extends { readonly name: string }>(items: readonly T[]): T | undefined =>
    items.find((each) => each.name === name);
  switch (kind) {
    case "signal":
    case "attribute":
    case "request": {
      const input = serving.inputs.find((each) => each.name === name && each.origin === kind);
      return input === undefined ? [] : policies(input);
    }
    case "param": {
      const param = named(serving.params);
      return param === undefined ? [] : [`value ${param.value}`];
    }
    case "rules": {
      const set = named(serving.ruleSets);
      const bounds = set?.boostBounds;
      const rules = set?.rules.length ?? 0;
      return bounds === undefined
        ? []
        : [`${rules} ${rules === 1 ? "rule" : "rules"}`, `boosts in [${bounds.low}, ${bounds.high}]`];
    }
    case "rule": {
      const rule = serving.ruleSets.find((set) => set.name === owner)?.rules.find((each) => each.name === name);
      return rule === undefined ? [] : ruleFacts(rule);
    }
    case "rank": {
      const rank = named(serving.ranks);
      return rank === undefined ? [] : rankFacts(rank);
    }
    case "experiment": {
      const experiment = named(serving.experiments);
      return experiment === undefined ? [] : [`by ${experiment.key}`, `salt "${experiment.salt}"`];
    }
    case "arm": {
      const arms = serving.experiments.find((each) => each.name === owner)?.arms ?? [];
      const arm = named(arms);
      return arm === undefined
        ? []
        : [`${arm.share} of requests`, ...Object.entries(arm.params).map(([param, value]) => `${param} ${value}`)];
    }
    default:
      return [];
  }
}

function policies({ missing, outside, malformed, predicts, range }: ServingInput): readonly string[] {
  return [
    ...(predicts === undefined ? [] : [`number in ${showInterval(toInterval(range))}`]),
    `missing: ${missing.kind === "default" ? JSON.stringify(missing.value) : missing.kind}`,
    ...(range === undefined ? [] : [`outside: ${outside}`]),
    ...(malformed === undefined ? [] : [`malformed: ${malformed}`]),
  ];
}

function toInterval(range: FormulaRange | undefined): Parameters<typeof showInterval>[0] {
  return { low: -Infinity, high: Infinity, ...range };
}

function ruleFacts(rule: RuleModel): readonly string[] {
  const window = rule.during;
  return [
    rule.verb,
    ...verbFacts(rule),
    ...(window === undefined ? [] : [`from ${time(window.from)} to ${time(window.to)}`]),
  ];
}

function verbFacts(rule: RuleModel): readonly string[] {
  switch (rule.verb) {
    case "drop":
    case "boost":
      return [`where unknown: ${rule.unknown}`];
    case "suppress":
      return [`by ${rule.effect.kind}`, `where unknown: ${rule.unknown}`];
    case "spread":
      return [`at most ${count(rule.most)} in ${count(rule.window)} by ${keyOf(rule.key)}`, priority(rule)];
    case "explore":
      return [`at least ${count(rule.least)} in ${count(rule.top)} by ${rule.choice.kind}`, priority(rule)];
    case "pin":
      return [`at ${rule.place}`];
    case "mmr":
    case "dpp":
      return [`${rule.similarity.measure} of ${rule.similarity.name}`, `weight ${rule.weight}`];
    case "dedupe":
      return [`by ${keyOf(rule.key)}`];
    case "cap":
      return [
        `at most ${rule.most} by ${keyOf(rule.key)} per ${rule.per} in ${rule.zone}`,
        `counts ${rule.count}`,
        `store down: ${rule.down.kind}`,
      ];
    case "pace":
      return [
        `at ${rule.bound} ${rule.budget} by ${keyOf(rule.key)} per ${rule.per} in ${rule.zone}`,
        `multiplier in [${rule.bounds.low}, ${rule.bounds.high}]`,
      ];
  }
}

function priority({ priority: of }: Extract<RuleModel, { readonly priority: unknown }>): string {
  return of.kind === "soft" ? `soft ${of.priority}` : `hard, else ${of.otherwise}`;
}

function count(value: RuleCount): string {
  return typeof value === "number" ? String(value) : showInterval(toInterval(value.range));
}

function keyOf(key: readonly { readonly name: string }[]): string {
  return key.map(({ name }) => name).join(" and ");
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}

function rankFacts({ sources, stages, rules, ties }: RankModel): readonly string[] {
  return [
    ...(sources.length === 0 ? [] : [`from ${sources.map(({ name, top }) => `${name} ${top ?? "all"}`).join(", ")}`]),
    stages.map(({ top }) => `top ${top}`).join(" → "),
    ...(rules.length === 0 ? [] : [`rules ${rules.join(", ")}`]),
    ...(ties.length === 0 ? [] : [`${ties.length} tie ${ties.length === 1 ? "key" : "keys"}`]),
  ];
}

// ------------------------------------------------------------------------------------------------------- what is read

/** What a part of the network, a head or a formula computes from, each name once. */
function readsOf(model: Model, { thing: { kind, name }, owner }: Subject): readonly string[] {
  switch (kind) {
    case "input":
    case "table":
    case "bottom":
    case "experts":
    case "gate":
    case "tower":
      return readsOfNode(model.nodes, (node) => node.declared?.keyword === kind && node.declared.name === name);
    case "member":
      return readsOfNode(model.nodes, ({ id }) => id === `${owner}.${name}`);
    case "task":
    case "chain": {
      const head = model.heads.find((each) => each.name === name);
      const formula = model.serving?.fusions.find((each) => each.name === name && each.chain === true);
      if (head !== undefined) return unique(readsOfHead(model.nodes, head.value));
      return formula === undefined ? [] : unique(readsOfFormula(formula.value));
    }
    case "fusion": {
      const formula = model.serving?.fusions.find((each) => each.name === name);
      return formula === undefined ? [] : unique(readsOfFormula(formula.value));
    }
    default:
      return [];
  }
}

function readsOfNode(nodes: readonly NetNode[], isIt: (node: NetNode) => boolean): readonly string[] {
  const node = nodes.find(isIt);
  return node === undefined ? [] : unique(node.inputs.flatMap((input) => namesAt(nodes, input)));
}

/** The name of a node that has one, else those that it computes from. */
function namesAt(nodes: readonly NetNode[], at: number): readonly string[] {
  const node = nodes[at];
  if (node === undefined) return [];
  if (node.layer === "feature" || node.declared !== undefined) return [node.id];
  return node.inputs.flatMap((input) => namesAt(nodes, input));
}

function readsOfHead(nodes: readonly NetNode[], value: HeadExpression): readonly string[] {
  switch (value.kind) {
    case "activation":
      return readsOfLogit(nodes, value.logit);
    case "head":
      return [value.name];
    case "class":
      return [value.head];
    case "product":
      return value.factors.flatMap((factor) => readsOfHead(nodes, factor));
    case "quotient":
      return [value.numerator, value.denominator].flatMap((each) => readsOfHead(nodes, each));
    case "complement":
      return readsOfHead(nodes, value.operand);
  }
}

function readsOfLogit(nodes: readonly NetNode[], logit: LogitExpression): readonly string[] {
  switch (logit.kind) {
    case "logit":
    case "value":
      return namesAt(nodes, logit.node);
    case "sum":
      return logit.terms.flatMap((term) => readsOfLogit(nodes, term));
    case "scaled":
    case "trainOnly":
      return readsOfLogit(nodes, logit.operand);
  }
}

function readsOfFormula<L extends { readonly kind: string }>(formula: FormulaTree<L>): readonly string[] {
  if (formula.kind === "constant") return [];
  const names = "name" in formula && typeof formula.name === "string" ? [formula.name] : [];
  const parts = Object.values(formula).flatMap((part: unknown) => (Array.isArray(part) ? (part as unknown[]) : [part]));
  return [...names, ...parts.filter(isTree).flatMap((part) => readsOfFormula(part))];
}

function isTree(value: unknown): value is FormulaTree<{ readonly kind: string }> {
  return typeof value === "object" && value !== null && "kind" in value;
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

/** The text of a span on one line, cut after 60 characters. */
export function excerpt(source: SourceFile, { start, end }: Span): string {
  const text = source.text
    .slice(start, end)
    .replaceAll(/\/\/[^\r\n]*/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
