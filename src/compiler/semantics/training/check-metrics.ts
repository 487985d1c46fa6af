import {
  createMetricModel,
  defaultMetrics,
  findMetric,
  metricNames,
  metricsOf,
  metricText,
  relevanceOf,
  stopTerms,
  type Metric,
} from "../../metrics/index.js";
import { declaredHeads } from "../../model/index.js";
import type {
  Arguments,
  DataModel,
  HeadMetrics,
  HeadModel,
  HeadType,
  LossModel,
  MetricModel,
  TrainModel,
} from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { argumentFor, checkArguments } from "../arguments/arguments.js";
import { collectEntries } from "../names/blocks.js";
import type { CheckContext } from "../context.js";
import { checkColumns } from "../data/check-data.js";
import { describeValue } from "../names/describe.js";
import { showHeadType } from "../events/events.js";
import type { Heads } from "../heads/heads.js";
import { meantBy } from "../names/suggestion.js";
import { resolveName } from "../names/resolve.js";
import { headKinds } from "../names/symbols.js";

/** What each head is measured by: the `metrics` block, defaults for heads without an entry, and what `stop` watches. */
export function checkMetrics(
  context: CheckContext,
  block: ast.MetricsBlock | undefined,
  heads: Heads,
  models: readonly HeadModel[],
  spec: MeasuredSpec,
  stop: TrainModel["stop"],
): readonly HeadMetrics[] {
  const stated = new Map<string, readonly MetricModel[]>();
  for (const [name, entry] of collectEntries(context, "metrics", block?.entries ?? [])) {
    const symbol = resolveName(context, entry.key, { kinds: headKinds, what: "a task or a chain", block: "metrics" });
    const head = symbol === undefined ? undefined : heads.get(symbol.name);
    if (head?.external === true) {
      context.reporter.report("MTL3037", { head: name }, entry.key.span, {
        labels: [{ span: head.symbol.at.span, message: "computed by another system" }],
      });
      continue;
    }
    const metrics = itemsOf(entry.value).flatMap((item) => {
      const metric = checkItem(context, item, { name, type: head?.type }, spec);
      return metric === undefined ? [] : [metric];
    });
    stated.set(name, metrics);
  }
  const watched = stop === undefined ? [] : stopTerms(stop);
  return declaredHeads(models).map(({ name, type }) => {
    const listed = stated.get(name) ?? defaultsOf({ name, type }, spec);
    const all = [...listed, ...watched.flatMap(({ head, metric }) => (head === name ? [metric] : []))];
    // A metric that is asked for twice is measured once.
    return { head: name, metrics: [...new Map(all.map((metric) => [metricText(metric), metric])).values()] };
  });
}

function itemsOf(value: ast.Expression): readonly ast.Expression[] {
  if (value.kind === "Parenthesized") return itemsOf(value.inner);
  return value.kind === "List" ? value.items : [value];
}

/** `auc` or `ndcg(at: 10)` in the list of a head. */
function checkItem(
  context: CheckContext,
  item: ast.Expression,
  head: MeasuredHead,
  spec: MeasuredSpec,
): MetricModel | undefined {
  switch (item.kind) {
    case "Missing":
      return undefined;
    case "NameExpression":
      return checkMetric(context, { name: item.name, given: [] }, head, spec);
    case "Call":
      return checkMetric(context, { name: item.callee, given: item.arguments }, head, spec);
    default:
      context.reporter.report(
        "MTL3002",
        {
          callee: "metrics",
          parameter: head.name,
          expected: "a list of metrics such as `[auc, logloss]`",
          found: describeValue(item),
        },
        item.span,
      );
      return undefined;
  }
}

/** What of a spec decides how its heads are measured. */
export interface MeasuredSpec {
  readonly data: DataModel;
  readonly loss: LossModel;
}

/** What a head without an entry is measured by; a score by the order that it is trained for, where it is. */
function defaultsOf(head: Pick<HeadModel, "name" | "type">, { data, loss }: MeasuredSpec): readonly MetricModel[] {
  if (head.type.kind !== "score" || !loss.terms.some((term) => term.head === head.name))
    return defaultMetrics[head.type.kind];
  if (data.group === undefined) return ["auc"];
  return relevanceOf("ndcg", head, loss) === undefined ? ["pair_accuracy"] : [{ name: "ndcg", arguments: { at: 10 } }];
}

/** A head as it is named where it is measured; without a type where the name is not a head. */
export interface MeasuredHead {
  readonly name: string;
  readonly type: HeadType | undefined;
}

/** A metric of a head with its arguments; undefined when something does not fit, which is then reported. */
export function checkMetric(
  context: CheckContext,
  { name, given }: { readonly name: ast.Name; readonly given: readonly ast.Argument[] },
  head: MeasuredHead,
  spec: MeasuredSpec,
): MetricModel | undefined {
  if (name.text === "") return undefined;
  const metric = findMetric(name.text);
  if (metric === undefined) {
    reportUnknown(context, name, head.type);
    return undefined;
  }
  const callee = { name: name.text, span: name.span };
  const args = checkArguments(context, callee, metric.parameters, given);
  if (head.type === undefined) return undefined;
  if (!metric.heads.includes(head.type.kind)) {
    const fitting = metricsOf(head.type.kind).map((each) => each.name);
    const type = showHeadType(head.type, context.within);
    context.reporter.report("MTL3040", { metric: name.text, head: head.name, type, fitting }, name.span);
    return undefined;
  }
  if (args === undefined) return undefined;
  const problem = metric.problem?.(args, head.type.kind);
  if (problem !== undefined) {
    context.reporter.report("MTL3070", { metric: name.text, problem }, name.span);
    return undefined;
  }
  if (!hasGroup(context, metric, name, head, spec.data, args)) return undefined;
  checkColumn(context, metric, given, spec.data, args);
  const model = createMetricModel(metric, args);
  return isStated(context, model, name, head, spec.loss) ? model : undefined;
}

function reportUnknown(context: CheckContext, name: ast.Name, type: HeadType | undefined): void {
  const meant = meantBy("metric", name, metricNames);
  context.reporter.report(
    "MTL2004",
    {
      name: name.text,
      what: "a metric",
      known: type === undefined ? metricNames : metricsOf(type.kind).map((each) => each.name),
      suggestion: meant.suggestion,
    },
    name.span,
    meant.details,
  );
}

/** Whether a metric over groups has them; what is missing is reported. */
function hasGroup(
  context: CheckContext,
  metric: Metric,
  name: ast.Name,
  head: MeasuredHead,
  data: DataModel,
  args: Arguments,
): boolean {
  const looksAtGroups =
    metric.group === "required" || (metric.group !== "none" && (args[metric.group.where] ?? null) !== null);
  if (!looksAtGroups || data.group !== undefined || typeof args["by"] === "string") return true;
  // One group is missing, however many heads want it; it may appear in what the parser left out.
  if (context.incomplete || context.reported.has("group")) return false;
  context.reported.add("group");
  context.reporter.report("MTL3041", { metric: name.text, head: head.name }, name.span, {
    help: `name the column whose values group the rows: \`data { …, group: user_id }\`, or \`${name.text}(by: user_id)\``,
  });
  return false;
}

/** The column that rows are grouped by is one that the spec lists, where it lists any. */
function checkColumn(
  context: CheckContext,
  { parameters }: Metric,
  given: readonly ast.Argument[],
  data: DataModel,
  { by: column }: Arguments,
): void {
  const argument = argumentFor(parameters, given, "by");
  if (argument !== undefined && typeof column === "string")
    checkColumns(context, data, [{ column, span: argument.value.span }]);
}

/** Whether something says what is relevant: of a score, the metric or the loss. */
function isStated(
  context: CheckContext,
  metric: MetricModel,
  name: ast.Name,
  head: MeasuredHead,
  loss: LossModel,
): boolean {
  const row = findMetric(name.text);
  if (head.type === undefined || row?.relevance === undefined) return true;
  if (relevanceOf(metric, { name: head.name, type: head.type }, loss) !== undefined) return true;
  const example = { label: "label: click", gain: "gain: { buy: 3, click: 1 }", order: "order: [buy, click]" };
  // A loss that is wrong, which is reported, may be what says it.
  const isTrained = loss.terms.some((term) => term.head === head.name);
  if (!context.incomplete && (isTrained || !context.reporter.hasErrors))
    context.reporter.report("MTL3072", { metric: name.text, head: head.name, parameter: row.relevance }, name.span, {
      help: `say it here: \`${name.text}(${example[row.relevance]})\``,
    });
  return false;
}
