import type { Argument } from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import type { Callee } from "./callee.js";
import type { CheckContext } from "../context.js";

/**
 * The arguments of a call that takes exactly `parameters`, in the order of the parameters: those given by position fill
 * the ones that are not named. Undefined when they do not fit, or when recovery left a hole; says nothing.
 */
export function argumentsInOrder(
  parameters: readonly string[],
  given: readonly Argument[],
): readonly Argument[] | undefined {
  if (given.length !== parameters.length || given.some(({ value }) => value.kind === "Missing")) return undefined;
  const named = new Map(given.flatMap((argument) => (argument.name ? [[argument.name.text, argument]] : [])));
  const positional = given.filter(({ name }) => name === undefined);
  let next = 0;
  const placed = parameters.flatMap((parameter) => named.get(parameter) ?? positional[next++] ?? []);
  return new Set(placed).size === given.length ? placed : undefined;
}

/** {@link argumentsInOrder}, which reports a name that is unknown or given twice, and a wrong number of arguments. */
export function placeArguments(
  context: CheckContext,
  callee: Callee,
  parameters: readonly string[],
  given: readonly Argument[],
  call: { readonly span: Callee["span"] },
): readonly Argument[] | undefined {
  const { reporter } = context;
  const seen = new Map<string, Argument>();
  for (const argument of given) {
    const { name } = argument;
    if (name === undefined || name.text === "") continue;
    const first = seen.get(name.text);
    if (!parameters.includes(name.text)) {
      const suggestion = suggest(name.text, parameters);
      reporter.report("MTL2005", { callee: callee.name, name: name.text, known: parameters, suggestion }, name.span, {
        suggest: { span: name.span, word: suggestion },
      });
      return undefined;
    }
    if (first !== undefined) {
      reporter.report("MTL3004", { callee: callee.name, parameter: name.text }, argument.span, {
        labels: [{ span: first.span, message: "given here first" }],
      });
      return undefined;
    }
    seen.set(name.text, argument);
  }
  const placed = argumentsInOrder(parameters, given);
  const isWhole = given.every(({ name, value }) => value.kind !== "Missing" && name?.text !== "");
  if (placed === undefined && isWhole)
    reporter.report("MTL3006", { name: callee.name, expected: parameters.length, found: given.length }, call.span);
  return placed;
}
