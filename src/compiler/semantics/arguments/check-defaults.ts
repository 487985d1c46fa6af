import { builtins, optimizers, schedules } from "../../builtins/index.js";
import { metrics } from "../../metrics/index.js";
import type { ArgumentSpec, ArgumentValue } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { CheckContext, DefaultArguments } from "../context.js";
import { featureKinds } from "../data/feature-types.js";
import { collectEntries } from "../names/blocks.js";
import { describeValue } from "../names/describe.js";
import { meantBy, suggestedBy } from "../names/suggestion.js";
import { readArgument } from "./arguments.js";

/** Everything that takes arguments of its own, by its name: built-ins, kinds of features, metrics, optimizers, schedules. */
const parametersByName: ReadonlyMap<string, readonly ArgumentSpec[]> = new Map(
  [
    ...metrics,
    ...optimizers,
    ...schedules,
    ...builtins,
    ...Object.entries(featureKinds).map(([name, { options }]) => ({
      name,
      // Each feature has a column of its own.
      parameters: options.filter((option) => option.name !== "column"),
    })),
  ].map(({ name, parameters }) => [name, parameters]),
);

/** What the block may have entries for. */
export const defaultKeys: readonly string[] = [...parametersByName].flatMap(([name, parameters]) =>
  parameters.length === 0 ? [] : [name],
);

/**
 * The `defaults` block: what arguments are that nobody gives, by the name of what takes them. An entry that names nothing, and a
 * value of another type, is reported whether anything uses it or not.
 */
export function checkDefaults(context: CheckContext, block: ast.DefaultsBlock | undefined): DefaultArguments {
  const found = new Map<string, ReadonlyMap<string, ArgumentValue>>();
  for (const [name, { key, value }] of collectEntries(context, "defaults", block?.entries ?? [])) {
    const parameters = parametersByName.get(name);
    if (parameters === undefined) {
      const { suggestion, details } = suggestedBy(key, defaultKeys);
      const problem = { block: "defaults", key: name, known: defaultKeys, suggestion };
      context.reporter.report("MTL2007", problem, key.span, details);
    } else if (value.kind === "Record") found.set(name, readDefaults(context, key, value, parameters));
    else if (value.kind !== "Missing") {
      const details = { callee: "defaults", parameter: name, expected: "a record such as `{ norm: batch }`" };
      context.reporter.report("MTL3002", { ...details, found: describeValue(value) }, value.span);
    }
  }
  return found;
}

function readDefaults(
  context: CheckContext,
  callee: ast.Name,
  record: ast.RecordExpression,
  parameters: readonly ArgumentSpec[],
): ReadonlyMap<string, ArgumentValue> {
  const values = new Map<string, ArgumentValue>();
  const known = parameters.map(({ name }) => name);
  for (const { key, value } of record.entries) {
    if (key.text === "" || value.kind === "Missing") continue;
    const spec = parameters.find(({ name }) => name === key.text);
    if (spec === undefined) {
      const { suggestion, details } = meantBy("parameter", key, known);
      const problem = { callee: callee.text, name: key.text, known, suggestion };
      context.reporter.report("MTL2005", problem, key.span, details);
    } else if (values.has(key.text)) {
      context.reporter.report("MTL2008", { block: "defaults", key: key.text }, key.span);
    } else {
      const read = readArgument(context, { name: callee.text, span: callee.span }, spec, value);
      if (read !== undefined) values.set(key.text, read);
    }
  }
  return values;
}
