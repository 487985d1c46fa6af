import { batchWord, resolveLoss, resolvePenalty, rowOptions } from "../builtins/index.js";
import {
  type EventModel,
  type HeadExpression,
  type HeadModel,
  type HeadType,
  type LabelModel,
  labelOfEvent,
  type ListKey,
  type LogitExpression,
  type LossTerm,
  type Model,
  type PenaltyTerm,
} from "../model/index.js";
import { showHeadType } from "../semantics/events/events.js";
import { tensorText } from "./network-text.js";
import { argumentsText, callText, nameText, numberText } from "./value-text.js";
import { quote } from "../text/index.js";

/** `P(buy | click)`, without the labels that others imply. */
export function headTypeText(labels: readonly LabelModel[], type: HeadType): string {
  const within = new Map(labels.map((label) => [label.name, label.within]));
  return showHeadType(type, (label) => within.get(labelOfEvent(label)) ?? []);
}

/** `click`, or `every row`. */
export function eventText(labels: readonly LabelModel[], event: EventModel): string {
  if (event.length === 0) return "every row";
  const text = headTypeText(labels, { kind: "probability", event, given: [] });
  return text.slice(2, -1);
}

/** `task ctr: P(click) = sigmoid(logit(t_ctr))`. */
export function headText(model: Pick<Model, "nodes" | "labels">, head: HeadModel): string {
  const type = headTypeText(model.labels, head.type);
  const auxiliary = head.auxiliary && head.keyword === "task" ? " auxiliary" : "";
  return `${head.keyword} ${head.name}: ${type} = ${headValueText(model, head.value)}${auxiliary}`;
}

/** What a head computes. */
export function headValueText(model: Pick<Model, "nodes">, value: HeadExpression): string {
  switch (value.kind) {
    case "activation":
      return `${value.function}(${logitText(model, value.logit)})`;
    case "head":
      return value.name;
    case "class":
      return `${value.head}[${value.index}]`;
    case "product":
      return value.factors.map((factor) => operandText(model, factor)).join(" * ");
    case "quotient":
      return `${operandText(model, value.numerator)} / ${operandText(model, value.denominator)}`;
    case "complement":
      return `1 - ${operandText(model, value.operand)}`;
  }
}

function operandText(model: Pick<Model, "nodes">, value: HeadExpression): string {
  const text = headValueText(model, value);
  return value.kind === "head" || value.kind === "activation" ? text : `(${text})`;
}

export function logitText(model: Pick<Model, "nodes">, logit: LogitExpression): string {
  switch (logit.kind) {
    case "logit":
      return `logit(${tensorText(model, logit.node)})`;
    case "value":
      return tensorText(model, logit.node);
    case "trainOnly":
      return `train_only(${logitText(model, logit.operand)})`;
    case "scaled":
      return `${numberText(logit.factor)} * ${logitOperand(model, logit.operand)}`;
    case "sum":
      return logit.terms
        .map((term, place) => (place === 0 ? logitText(model, term) : sumOperand(model, term)))
        .join(" + ");
  }
}

function logitOperand(model: Pick<Model, "nodes">, logit: LogitExpression): string {
  const text = logitText(model, logit);
  return logit.kind === "sum" || logit.kind === "scaled" ? `(${text})` : text;
}

function sumOperand(model: Pick<Model, "nodes">, logit: LogitExpression): string {
  const text = logitText(model, logit);
  return logit.kind === "sum" || (logit.kind === "scaled" && logit.factor < 0) ? `(${text})` : text;
}

/** `0.1 * huber(delta: 30)`, with `space: all` where a conditional task is put on every row. */
export function lossText(model: Pick<Model, "heads">, term: LossTerm): string {
  const type = model.heads.find(({ name }) => name === term.head)?.type;
  const isConditional = type !== undefined && type.kind !== "score" && type.given.length > 0;
  const loss = resolveLoss(term.loss);
  const seesAll = loss?.per === "row" && loss.sees === "all";
  const space = isConditional && term.space.length === 0 && !seesAll ? ["space: all"] : [];
  const args = argumentsText(loss?.parameters ?? [], term.arguments);
  const rows = term.rows === undefined ? [] : argumentsText(rowOptions, term.rows);
  const by = term.by === undefined ? [] : [`by: ${listKeyText(term.by)}`];
  return `${numberText(term.weight)} * ${callText(term.loss, [...args, ...space, ...rows, ...by])}`;
}

/** `user_id`, `user_id, whole: false`, `batch`; a column of that name is in quotes. */
export function listKeyText(key: ListKey): string {
  if (key.kind === "batch") return batchWord;
  const column = key.column === batchWord ? quote(key.column) : nameText(key.column);
  return key.whole === false ? `${column}, whole: false` : column;
}

/** `1e-6 * l2(of: embeddings)`. */
export function penaltyText(model: Pick<Model, "nodes">, term: PenaltyTerm): string {
  const nodes = term.nodes.map((ref) => tensorText(model, ref));
  const args = argumentsText(resolvePenalty(term.penalty)?.parameters ?? [], term.arguments);
  return `${numberText(term.weight)} * ${callText(term.penalty, [...nodes, ...args])}`;
}
