import { toDiagnosticJson } from "../../../compiler/diagnostics/index.js";
import { plural } from "../../../compiler/text/index.js";
import type { View } from "../../command.js";
import type { FlowCounter, FlowResult } from "./run.js";
import { count, table } from "../../views/text.js";
import { visibleText } from "../../views/visible-text.js";

export const flowView: View<FlowResult> = {
  document: "flow",
  human: ({ store, warnings, counters, omitted }) => {
    const notes = warnings.map(({ code, message }) => `warning[${code}]: ${message}\n`).join("");
    if (counters.length === 0) return `${notes}${store}: no counter of an open window\n`;
    const head = ["rule", "value", "window", "limit", "granted", "shown", "held", "by"];
    const left = omitted === 0 ? "" : `and ${plural(omitted, "counter")} more; --top shows them\n`;
    return `${notes}${store}\n\n${table([head, ...counters.map(row)])}${left}`;
  },
  json: (result) => ({
    ...result,
    warnings: result.warnings.map((warning) => toDiagnosticJson(warning, new Map())),
  }),
};

function row({
  scope,
  value,
  unit,
  zone,
  startsAt,
  limit,
  granted,
  spent,
  held,
  holders,
}: FlowCounter): readonly string[] {
  return [
    scope.join(" › "),
    visibleText(valueText(value)),
    `${unit} from ${startsAt} ${zone}`,
    ...[limit, granted, spent, held].map(count),
    holders === 0 ? "" : plural(holders, "server"),
  ];
}

/** Rankings name values as JSON arrays; a single one reads better bare. */
function valueText(value: FlowCounter["value"]): string {
  try {
    const parts: unknown = JSON.parse(String(value));
    if (Array.isArray(parts) && parts.length === 1) return String(parts[0]);
  } catch {
    // A text of its own.
  }
  return String(value);
}
