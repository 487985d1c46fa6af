import type { ReportDetails } from "../../diagnostics/index.js";
import type { Arguments, ArgumentSpec, ArgumentType, ArgumentValue, ParameterType } from "../../model/index.js";
import { nameOfText, type Argument, type Expression, type Name } from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import type { CheckContext } from "../context.js";
import type { Callee } from "./callee.js";
import { columnNamed } from "../data/column-names.js";
import { resolveName } from "../names/resolve.js";
import { meantBy } from "../names/suggestion.js";
import { describeValue } from "../names/describe.js";
import { headKinds, networkKinds } from "../names/symbols.js";
import { readGains, readOrder, resolveLabel } from "./label-arguments.js";
import { type Reading, readNumber } from "./reading.js";

export type { ArgumentSpec, ArgumentType, Callee };

/** The defaults of parameters that have one. */
export function argumentDefaults(specs: readonly ArgumentSpec[]): Arguments {
  return Object.fromEntries(
    specs.flatMap((spec) => (spec.default === undefined ? [] : [[spec.name, spec.default] as const])),
  );
}

/**
 * Arguments against parameters, defaults filled in. Positional ones fill the parameters in their order, those given by
 * name left out. Undefined when something is wrong, which is then reported.
 */
export function checkArguments(
  context: CheckContext,
  callee: Callee,
  specs: readonly ArgumentSpec[],
  given: readonly Argument[],
): Arguments | undefined {
  const { reporter } = context;
  const values: Record<string, ArgumentValue> = {};
  const places = new Map<string, Argument>();
  let sound = true;
  let hasUnknown = false;

  const take = (spec: ArgumentSpec, argument: Argument): void => {
    const first = places.get(spec.name);
    if (first !== undefined) {
      sound = false;
      reporter.report("MTL3004", { callee: callee.name, parameter: spec.name }, argument.span, {
        labels: [{ span: first.span, message: "given here first" }],
      });
      return;
    }
    places.set(spec.name, argument);
    const value = readArgument(context, callee, spec, argument.value);
    if (value === undefined) sound = false;
    else keep(spec, value);
  };
  const keep = (spec: ArgumentSpec, value: ArgumentValue): void => {
    if (spec.elided !== true || value !== spec.default) values[spec.name] = value;
  };

  const open = given.length === 0 ? specs : withoutNamed(specs, given);
  let next = 0;
  for (const argument of given) {
    if (argument.name === undefined) {
      const spec = open[next++];
      if (spec !== undefined) take(spec, argument);
      else if (argument.value.kind !== "Missing") {
        sound = false;
        reporter.report("MTL3005", { callee: callee.name, parameters: names(specs) }, argument.span);
      }
    } else if (argument.name.text !== "") {
      const spec = findSpec(context, callee, specs, argument.name);
      if (spec === undefined) hasUnknown = true;
      else take(spec, argument);
    }
  }
  const defaults = context.defaults.get(callee.name);
  for (const spec of specs) {
    if (places.has(spec.name)) continue;
    const isExcluded = spec.excludes?.some((other) => places.has(other)) === true;
    const own = isExcluded ? undefined : defaults?.get(spec.name);
    const value = own ?? spec.default;
    if (value !== undefined) keep(spec, value);
    else {
      // A misspelt name, or a hole that recovery left, may be this very argument.
      if (!hasUnknown && !given.some((argument) => argument.value.kind === "Missing" || argument.name?.text === ""))
        reporter.report(
          "MTL3001",
          { callee: callee.name, parameter: spec.name, expected: describeArgumentType(spec.type) },
          callee.span,
        );
      sound = false;
    }
  }
  return sound && !hasUnknown ? values : undefined;
}

/** The parameters that positional arguments fill. */
function withoutNamed(specs: readonly ArgumentSpec[], given: readonly Argument[]): readonly ArgumentSpec[] {
  const named = new Set(given.map((argument) => argument.name?.text));
  return specs.filter((spec) => !named.has(spec.name));
}

/** The argument that {@link checkArguments} takes for a parameter. */
export function argumentFor(
  specs: readonly ArgumentSpec[],
  given: readonly Argument[],
  name: string,
): Argument | undefined {
  const named = given.find((argument) => argument.name?.text === name);
  if (named !== undefined) return named;
  const place = withoutNamed(specs, given).findIndex((spec) => spec.name === name);
  return place < 0 ? undefined : given.filter((argument) => argument.name === undefined)[place];
}

function findSpec(
  context: CheckContext,
  callee: Callee,
  specs: readonly ArgumentSpec[],
  name: Name,
): ArgumentSpec | undefined {
  const spec = specs.find((each) => each.name === name.text);
  if (spec !== undefined) return spec;
  const { suggestion, details } = meantBy("parameter", name, names(specs));
  context.reporter.report(
    "MTL2005",
    { callee: callee.name, name: name.text, known: names(specs), suggestion },
    name.span,
    details,
  );
  return undefined;
}

function names(specs: readonly ArgumentSpec[]): readonly string[] {
  return specs.map((spec) => spec.name);
}

/** The value of one argument; undefined when it is none of its type, which is then reported. */
export function readArgument(
  context: CheckContext,
  callee: Callee,
  spec: Pick<ArgumentSpec, "name" | "type">,
  expression: Expression,
): ArgumentValue | undefined {
  const result = readValue(context, spec.type, expression);
  switch (result.kind) {
    case "value":
      return result.value;
    case "reported":
      return undefined;
    case "range":
      context.reporter.report(
        "MTL3003",
        { callee: callee.name, parameter: spec.name, expected: describeArgumentType(spec.type), found: result.found },
        result.span,
      );
      return undefined;
    case "word":
      context.reporter.report(
        "MTL2006",
        {
          callee: callee.name,
          parameter: spec.name,
          found: result.found,
          known: result.known,
          suggestion: suggest(result.found, result.known),
        },
        result.span,
        { suggest: { span: result.span, word: suggest(result.found, result.known) } },
      );
      return undefined;
    case "kind":
      context.reporter.report(
        "MTL3002",
        {
          callee: callee.name,
          parameter: spec.name,
          expected: describeArgumentType(spec.type),
          found: describeValue(result.expression),
        },
        result.expression.span,
        withoutQuotes(spec.type, result.expression),
      );
      return undefined;
  }
}

/** A word in quotes where the word itself is. */
function withoutQuotes(type: ArgumentType, expression: Expression): ReportDetails {
  const words = type.kind === "oneOf" ? type.options : [type];
  if (expression.kind !== "String") return {};
  const { value, span } = expression;
  if (!words.some((option) => option.kind === "choice" && option.values.includes(value))) return {};
  const title = `write it without quotes: \`${value}\``;
  return { help: title, fixes: [{ title, edits: [{ span, newText: value }] }] };
}

function readValue(context: CheckContext, type: ArgumentType, expression: Expression): Reading {
  if (expression.kind === "Missing") return { kind: "reported" };
  switch (type.kind) {
    case "number":
      return readNumber(type, expression);
    case "choice": {
      if (expression.kind !== "NameExpression") return { kind: "kind", expression };
      const { text, span } = expression.name;
      if (type.values.includes(text)) return { kind: "value", value: type.reads ?? text };
      return text === "" ? { kind: "reported" } : { kind: "word", found: text, known: type.values, span };
    }
    case "boolean":
      return expression.kind === "Boolean" ? { kind: "value", value: expression.value } : { kind: "kind", expression };
    case "text":
      return expression.kind === "String" ? { kind: "value", value: expression.value } : { kind: "kind", expression };
    case "widths":
      // A layer that needs at least one width says so with its shape.
      return readList(expression, false, (item) => readNumber({ kind: "number", min: 1, integer: true }, item));
    case "levels":
      return readList(expression, true, (item) => readValue(context, { kind: "widths" }, item));
    case "numbers":
      return readList(expression, true, (item) => readNumber({ kind: "number" }, item));
    case "column":
      return readColumn(context, expression);
    case "names":
      return readList(expression, true, readWord);
    case "strings":
      return readList(expression, type.nonEmpty === true, (item) => readValue(context, { kind: "text" }, item));
    case "literals":
      return readList(expression, true, readPlainValue);
    case "expression":
      return { kind: "value", value: null };
    case "reference":
      return readReference(context, type.to, expression);
    case "order":
      return readOrder(context, expression);
    case "gains":
      return readGains(context, expression);
    case "oneOf":
      return readEither(context, type.options, expression);
  }
}

/** A list, or one item that stands for a list of one. */
function readList(expression: Expression, nonEmpty: boolean, readItem: (item: Expression) => Reading): Reading {
  if (expression.kind !== "List") {
    const item = readItem(expression);
    return item.kind === "value" ? { kind: "value", value: [item.value] } : item;
  }
  const values: ArgumentValue[] = [];
  for (const item of expression.items) {
    const reading = item.kind === "Missing" ? ({ kind: "reported" } as const) : readItem(item);
    if (reading.kind !== "value") return reading;
    values.push(reading.value);
  }
  if (nonEmpty && values.length === 0) return { kind: "kind", expression };
  return { kind: "value", value: values };
}

function readColumn(context: CheckContext, expression: Expression): Reading {
  const column = columnNamed(context, expression);
  if (column === undefined) return { kind: "kind", expression };
  return column === "" ? { kind: "reported" } : { kind: "value", value: column };
}

function readWord(item: Expression): Reading {
  if (item.kind === "String") return { kind: "value", value: item.value };
  if (item.kind !== "NameExpression") return { kind: "kind", expression: item };
  return item.name.text === "" ? { kind: "reported" } : { kind: "value", value: item.name.text };
}

function readPlainValue(item: Expression): Reading {
  if (item.kind === "String") return { kind: "value", value: item.value };
  return readNumber({ kind: "number" }, item);
}

function readEither(context: CheckContext, options: readonly ArgumentType[], expression: Expression): Reading {
  let nearest: Reading = { kind: "kind", expression };
  for (const option of options) {
    const reading = readValue(context, option, expression);
    if (reading.kind === "value" || reading.kind === "reported") return reading;
    // A number out of range or an unknown word says more than "something else".
    if (reading.kind !== "kind") nearest = reading;
  }
  return nearest;
}

/** Words that `l2(…)` and its kin take besides parts of the network. */
export const parameterGroups = ["embeddings", "weights", "biases", "all"] as const;

/** The name of the feature that is called by a column, `"unit price"`. */
function featureCalled({ scope }: CheckContext, expression: Expression): Name | undefined {
  if (expression.kind !== "String") return undefined;
  const name = nameOfText(expression);
  return scope.names.get(name.text)?.at.quoted === name.quoted ? name : undefined;
}

function readReference(
  context: CheckContext,
  to: Extract<ParameterType, { kind: "reference" }>["to"],
  expression: Expression,
): Reading {
  const name = expression.kind === "NameExpression" ? expression.name : featureCalled(context, expression);
  if (name === undefined) return { kind: "kind", expression };
  const resolved = (() => {
    switch (to) {
      case "feature":
        return resolveName(context, name, { kinds: ["feature"], what: "a feature" });
      case "head":
        return resolveName(context, name, { kinds: headKinds, what: "a task or a chain" });
      case "label":
        return resolveLabel(context, name);
      case "parameters":
        if ((parameterGroups as readonly string[]).includes(name.text) && !context.scope.names.has(name.text))
          return { name: name.text };
        return resolveName(context, name, {
          kinds: ["feature", ...networkKinds, "task"],
          what: `${parameterGroups.map((each) => `\`${each}\``).join(", ")} or a part of the network`,
        });
    }
  })();
  return resolved === undefined ? { kind: "reported" } : { kind: "value", value: resolved.name };
}

/** `a whole number ≥ 1`, `one of \`relu\`, \`tanh\``, `a list of numbers`. */
export function describeArgumentType(type: ArgumentType): string {
  switch (type.kind) {
    case "number": {
      const noun = type.integer === true ? "a whole number" : "a number";
      const { min, max } = type;
      if (min !== undefined && max !== undefined)
        return `${noun} in ${type.minOpen === true ? "(" : "["}${min}, ${max}${type.maxOpen === true ? ")" : "]"}`;
      if (min !== undefined) return `${noun} ${type.minOpen === true ? ">" : "≥"} ${min}`;
      if (max !== undefined) return `${noun} ${type.maxOpen === true ? "<" : "≤"} ${max}`;
      return noun;
    }
    case "choice":
      return type.values.length === 1
        ? `\`${type.values[0] ?? ""}\``
        : `one of ${type.values.map((value) => `\`${value}\``).join(", ")}`;
    case "widths":
      return "a list of whole numbers ≥ 1 such as `[64, 32]`";
    case "levels":
      return "a list of lists of whole numbers ≥ 1 such as `[[64, 32], [32]]`";
    case "numbers":
      return "a list of numbers";
    case "boolean":
      return "`true` or `false`";
    case "text":
      return "a text in quotes";
    case "column":
      return "the name of a column";
    case "names":
      return "a list of names";
    case "strings":
      return "a text in quotes or a list of such";
    case "literals":
      return "a list of texts or numbers";
    case "reference":
      return describeReference(type);
    case "order":
      return "labels from the best on, `[buy, click]`, or what goes before what, `[buy > click, share > click]`";
    case "gains":
      return "a number ≥ 0 for each label such as `{ buy: 3, click: 1 }`";
    case "expression":
      return type.expected;
    case "oneOf":
      return type.options.map(describeArgumentType).join(" or ");
  }
}

function describeReference(type: Extract<ArgumentType, { kind: "reference" }>): string {
  if ("is" in type && type.is !== undefined)
    return type.is === "score" ? "a score" : "the probability of the condition";
  if ("base" in type && type.base !== undefined) return "the label of an amount";
  return {
    feature: "a feature",
    head: "a task or a chain",
    label: "a label",
    parameters: "a group of parameters such as `embeddings`",
  }[type.to];
}
