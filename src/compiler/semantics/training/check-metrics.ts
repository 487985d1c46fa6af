import {
  createMetricModel,
  defaultMetrics,
  findMetric,
  metricNames,
  metricsOf,
  metricText,
  stopTerms,
  type Metric,
} from "../../metrics/index.js";
import type {
  Arguments,
  DataModel,
  HeadMetrics,
  HeadModel,
  HeadType,
  MetricModel,
  TrainModel,
} from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { checkArguments } from "../arguments/arguments.js";
import { collectEntries } from "../names/blocks.js";
import type { CheckContext } from "../context.js";
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
  data: DataModel,
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
      const metric = checkItem(context, item, { name, type: head?.type }, data);
      return metric === undefined ? [] : [metric];
    });
    stated.set(name, metrics);
  }
  const watched = stop === undefined ? [] : stopTerms(stop);
  return models.map(({ name, type }) => {
    const listed = stated.get(name) ?? defaultMetrics[type.kind];
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
  data: DataModel,
): MetricModel | undefined {
  switch (item.kind) {
    case "Missing":
      return undefined;
    case "NameExpression":
      return checkMetric(context, { name: item.name, given: [] }, head, data);
    case "Call":
      return checkMetric(context, { name: item.callee, given: item.arguments }, head, data);
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
  data: DataModel,
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
  return hasGroup(context, metric, name, head, data, args) ? createMetricModel(metric, args) : undefined;
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
  if (!looksAtGroups || data.group !== undefined) return true;
  // One group is missing, however many heads want it; it may appear in what the parser left out.
  if (context.incomplete || context.reported.has("group")) return false;
  context.reported.add("group");
  context.reporter.report("MTL3041", { metric: name.text, head: head.name }, name.span, {
    help: "name the column whose values group the rows: `data { …, group: user_id }`",
  });
  return false;
}
