/** Arguments that say something of labels: which goes before which, and what each is worth. */
import { labelOrder } from "../../model/index.js";
import type { Expression, Name } from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { collectEntries } from "../names/blocks.js";
import { withoutParentheses } from "../names/describe.js";
import { resolveName } from "../names/resolve.js";
import { type Reading, readNumber } from "./reading.js";

const reported: Reading = { kind: "reported" };

/** `[buy, click]`, `[buy > click, share > click]` or `click` → a list of chains, the best label of each first. */
export function readOrder(context: CheckContext, expression: Expression): Reading {
  const value = withoutParentheses(expression);
  const items = value.kind === "List" ? value.items.map(withoutParentheses) : [value];
  if (items.some(({ kind }) => kind === "Missing")) return reported;
  if (items.length === 0) return { kind: "kind", expression };
  const chains: (readonly string[])[] = [];
  for (const item of items) {
    const names = item.kind === "Binary" && item.operator === ">" ? [item.left, item.right] : [item];
    const labels: string[] = [];
    for (const each of names.map(withoutParentheses)) {
      if (each.kind === "Missing") return reported;
      if (each.kind !== "NameExpression") return { kind: "kind", expression: each };
      const label = readEvent(context, each.name);
      if (label === undefined) return reported;
      labels.push(label);
    }
    chains.push(labels);
  }
  const isPlain = chains.every((chain) => chain.length === 1);
  const order = isPlain ? [chains.flat()] : chains;
  const { cycle } = labelOrder(order);
  if (cycle === undefined) return { kind: "value", value: order };
  context.reporter.report("MTL3034", { cycle }, expression.span);
  return reported;
}

/** A label that is a number on each row: one with classes is not, which is then reported. */
export function resolveLabel(context: CheckContext, name: Name): { readonly name: string } | undefined {
  const label = resolveName(context, name, { kinds: ["label"], what: "a label" });
  if (label === undefined || context.labels.get(label.name)?.base !== "classes") return label;
  context.reporter.report("MTL4042", { label: label.name, use: "a number" }, name.span, {
    help: `make a label of the class that is meant: \`is_it: event = ${label.name} == …\``,
  });
  return undefined;
}

/** The label of an event; an amount has no place in an order, which is then reported. */
function readEvent(context: CheckContext, name: Name): string | undefined {
  const label = resolveLabel(context, name);
  if (label === undefined) return undefined;
  if (context.labels.get(label.name)?.base !== "amount") return label.name;
  context.reporter.report(
    "MTL3002",
    { callee: "order", parameter: "order", expected: "labels of events", found: `the amount \`${label.name}\`` },
    name.span,
    { help: `give an amount a gain, \`gain: { ${label.name}: 1 }\`, under a loss that takes one` },
  );
  return undefined;
}

/** `{ buy: 3, click: 1 }` → numbers by label, at least one of them above 0. */
export function readGains(context: CheckContext, expression: Expression): Reading {
  const value = withoutParentheses(expression);
  if (value.kind !== "Record") return { kind: "kind", expression };
  const gains: (readonly [string, number])[] = [];
  for (const { key, value: worth } of collectEntries(context, "gain", value.entries).values()) {
    if (worth.kind === "Missing") return reported;
    const label = resolveLabel(context, key);
    if (label === undefined) return reported;
    const number = readNumber({ kind: "number", min: 0 }, worth);
    if (number.kind !== "value") return number;
    gains.push([label.name, Number(number.value)]);
  }
  if (!gains.some(([, worth]) => worth > 0)) return { kind: "range", found: "0 for each", span: expression.span };
  return { kind: "value", value: Object.fromEntries(gains) };
}
