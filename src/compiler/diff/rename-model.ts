/** A model of before under the names of now: what `formerly` says was called otherwise. */
import { headArguments, renameHeadsRead, resolveLoss } from "../builtins/index.js";
import type { Arguments, HeadExpression, LogitExpression, LossTerm, Model, Part, StopModel } from "../model/index.js";

import { omitUndefined } from "../text/index.js";

/** New names by the old ones. */
export type Renames = ReadonlyMap<string, string>;

/** The pairs of a model's `formerly` that speak of an older one; none for one that has the new names already. */
export function renamesFor(before: Model, after: Model): Renames {
  const names = new Set([
    ...before.features.map(({ name }) => name),
    ...before.heads.map(({ name }) => name),
    ...before.nodes.map(({ id }) => leadingName(id)),
  ]);
  const pairs = after.train.formerly ?? [];
  const changed = new Set(pairs.map(({ was }) => was));
  return new Map(
    pairs.flatMap(({ name, was }) => (names.has(was) && (!names.has(name) || changed.has(name)) ? [[was, name]] : [])),
  );
}

/** The same model with other names for its features, parts and heads. */
export function renameModel(model: Model, renames: Renames): Model {
  const to = (name: string): string => renames.get(name) ?? name;
  const renamePart = <T extends Part>(part: T): T => (part.of === "part" ? { ...part, part: to(part.part) } : part);
  return {
    ...model,
    features: model.features.map((feature) => ({ ...feature, name: to(feature.name) })),
    nodes: model.nodes.map((node) => {
      const { feature } = node.arguments;
      return {
        ...node,
        id: renameTensor(node.id, renames),
        ...(node.declared === undefined ? {} : { declared: { ...node.declared, name: to(node.declared.name) } }),
        ...(typeof feature === "string" ? { arguments: { ...node.arguments, feature: to(feature) } } : {}),
      };
    }),
    heads: model.heads.map((head) => ({
      ...head,
      name: renameTensor(head.name, renames),
      value: renameValue(head.value, renames),
    })),
    loss: {
      ...model.loss,
      terms: model.loss.terms.map((term) => renameTerm(term, to)),
      penalties: model.loss.penalties.map((term) => ({
        ...term,
        arguments: { ...term.arguments, ...renamedHeads(term.penalty, term.arguments, to) },
      })),
    },
    metrics: model.metrics.map((each) => ({ ...each, head: to(each.head) })),
    train: {
      ...model.train,
      ...omitUndefined({
        optimizers: model.train.optimizers?.map(renamePart),
        schedules: model.train.schedules?.map(renamePart),
        lrFactors: model.train.lrFactors?.map(renamePart),
        frozen: model.train.frozen?.map(renamePart),
        init: model.train.init?.map(renamePart),
      }),
      ...(model.train.stop === undefined ? {} : { stop: renameStop(model.train.stop, to) }),
    },
  };
}

function renameStop(stop: StopModel, to: (name: string) => string): StopModel {
  return "terms" in stop
    ? { ...stop, terms: stop.terms.map((term) => ({ ...term, head: to(term.head) })) }
    : { ...stop, head: to(stop.head) };
}

function renameTerm(term: LossTerm, to: (name: string) => string): LossTerm {
  return renameHeadsRead(resolveLoss(term.loss)?.parameters ?? [], { ...term, head: to(term.head) }, to);
}

/** The arguments of a penalty that name heads. */
function renamedHeads(term: string, args: Arguments, to: (name: string) => string): Arguments {
  return Object.fromEntries(headArguments(term, args).map(([name, head]) => [name, to(head)] as const));
}

/** The name of a tensor or of a node: a name of the spec, then what the part calls its own. */
export function renameTensor(name: string, renames: Renames): string {
  const own = leadingName(name);
  return `${renames.get(own) ?? own}${name.slice(own.length)}`;
}

function leadingName(id: string): string {
  return /^\w*/.exec(id)?.[0] ?? "";
}

function renameValue(value: HeadExpression, renames: Renames): HeadExpression {
  switch (value.kind) {
    case "activation":
      return { ...value, logit: renameLogit(value.logit, renames) };
    case "head":
      return { ...value, name: renameTensor(value.name, renames) };
    case "class":
      return { ...value, head: renames.get(value.head) ?? value.head };
    case "product":
      return { ...value, factors: value.factors.map((each) => renameValue(each, renames)) };
    case "quotient":
      return {
        ...value,
        numerator: renameValue(value.numerator, renames),
        denominator: renameValue(value.denominator, renames),
      };
    case "complement":
      return { ...value, operand: renameValue(value.operand, renames) };
  }
}

function renameLogit(logit: LogitExpression, renames: Renames): LogitExpression {
  switch (logit.kind) {
    case "logit":
      return { ...logit, id: renameTensor(logit.id, renames) };
    case "value":
      return logit;
    case "sum":
      return { ...logit, terms: logit.terms.map((each) => renameLogit(each, renames)) };
    case "scaled":
    case "trainOnly":
      return { ...logit, operand: renameLogit(logit.operand, renames) };
  }
}
