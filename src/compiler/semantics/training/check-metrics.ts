import type { DataModel, HeadMetrics, HeadModel, HeadType, MetricName, TrainModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { collectEntries } from "../names/blocks.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { showHeadType } from "../events/events.js";
import type { Heads } from "../heads/heads.js";
import { defaultMetrics, metricNames, metricsOf } from "./metric-types.js";
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
  const stated = new Map<string, readonly MetricName[]>();
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
      const metric = checkMetric(context, item, name, head?.type, data);
      return metric === undefined ? [] : [metric];
    });
    stated.set(name, metrics);
  }
  return models.map(({ name, type }) => {
    const listed = stated.get(name) ?? defaultMetrics[type.kind];
    const watched = stop?.head === name ? [stop.metric as MetricName] : [];
    return { head: name, metrics: [...new Set([...listed, ...watched])] };
  });
}

function itemsOf(value: ast.Expression): readonly ast.Expression[] {
  if (value.kind === "Parenthesized") return itemsOf(value.inner);
  return value.kind === "List" ? value.items : [value];
}

/** One metric of a head; undefined when it does not fit, which is then reported. */
export function checkMetric(
  context: CheckContext,
  item: ast.Expression,
  head: string,
  type: HeadType | undefined,
  data: DataModel,
): MetricName | undefined {
  if (item.kind === "Missing") return undefined;
  if (item.kind !== "NameExpression") {
    context.reporter.report(
      "MTL3002",
      {
        callee: "metrics",
        parameter: head,
        expected: "a list of metrics such as `[auc, logloss]`",
        found: describeValue(item),
      },
      item.span,
    );
    return undefined;
  }
  return checkMetricName(context, item.name, head, type, data);
}

export function checkMetricName(
  context: CheckContext,
  name: ast.Name,
  head: string,
  type: HeadType | undefined,
  data: DataModel,
): MetricName | undefined {
  if (name.text === "") return undefined;
  const metric = metricNames.find((each) => each === name.text);
  if (metric === undefined) {
    const meant = meantBy("metric", name, metricNames);
    context.reporter.report(
      "MTL2004",
      {
        name: name.text,
        what: "a metric",
        known: type === undefined ? metricNames : metricsOf[type.kind],
        suggestion: meant.suggestion,
      },
      name.span,
      meant.details,
    );
    return undefined;
  }
  if (type === undefined) return undefined;
  if (!metricsOf[type.kind].includes(metric)) {
    context.reporter.report(
      "MTL3040",
      { metric, head, type: showHeadType(type, context.within), fitting: metricsOf[type.kind] },
      name.span,
    );
    return undefined;
  }
  if (metric === "gauc" && data.group === undefined) {
    // One group is missing, however many heads want it; it may appear in what the parser left out.
    if (context.incomplete || context.reported.has("gauc")) return undefined;
    context.reported.add("gauc");
    context.reporter.report("MTL3041", { head }, name.span, {
      help: "name the column whose values group the rows: `data { …, group: user_id }`",
    });
    return undefined;
  }
  return metric;
}
