/** The parts of a call in a network: what it calls, its tensors and its arguments, its shape. */
import { resolveBuiltin, type FamilyBuiltin, type LayerBuiltin, type ShapeResult } from "../../builtins/index.js";
import { isSequence, nodeAt, type Arguments, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { omitUndefined } from "../../text/index.js";
import { describeBuiltin, namesOfBuiltins } from "../arguments/builtin-lookup.js";
import type { CheckContext } from "../context.js";
import { shortArgument, withoutParentheses } from "../names/describe.js";
import { meantBy } from "../names/suggestion.js";
import { networkKinds, type SymbolKind } from "../names/symbols.js";
import { showShape } from "../values/types.js";
import type { NetworkContext } from "./network.js";
import { sequenceHelp } from "./sequences.js";

/** What a tensor expression may name. */
export const readable = ["feature", ...networkKinds] as const;

/** The layer that a call names; what is none is reported. */
export function findLayer(context: CheckContext, name: ast.Name): LayerBuiltin | FamilyBuiltin | undefined {
  if (name.text === "") return undefined;
  const builtin = resolveBuiltin(name.text);
  if (builtin?.kind === "family" || (builtin?.kind === "layer" && name.text !== "feature")) return builtin;
  if (builtin !== undefined && builtin.kind !== "layer") {
    context.reporter.report(
      "MTL3014",
      { name: name.text, found: describeBuiltin(builtin.kind), expected: "a layer" },
      name.span,
      builtin.kind === "gate" ? { help: `declare a gate: \`gate g = ${name.text}(x) over pool\`, and read \`g\`` } : {},
    );
  } else {
    const known = [...namesOfBuiltins("layer"), ...namesOfBuiltins("family")];
    const { suggestion, details } = meantBy("layer", name, known);
    context.reporter.report("MTL2004", { name: name.text, what: "a layer", known, suggestion }, name.span, details);
  }
  return undefined;
}

/** The tensors of a call in the order of the layer's inputs, the arguments of its parameters, and an input that is missing. */
export interface CallParts {
  readonly tensors: readonly ast.Argument[];
  readonly rest: readonly ast.Argument[];
  readonly missing?: string;
}

/**
 * Tensors by the names of the layer's inputs; those without a name fill the others, before the parameters. Those that may be
 * left out follow, and have a name.
 */
export function splitArguments(
  inputs: LayerBuiltin["inputs"],
  given: readonly ast.Argument[],
  optional: readonly string[] = [],
): CallParts {
  const positional = given.filter(({ name }) => name === undefined);
  if (inputs === "none") return { tensors: [], rest: given };
  if (inputs === "variadic") {
    const rest = given.filter(({ name }) => name !== undefined);
    return { tensors: positional, rest, ...(positional.length === 0 ? { missing: "input" } : {}) };
  }
  let next = 0;
  const found = inputs.map((input) => given.find(({ name }) => name?.text === input) ?? positional[next++]);
  const more = optional.map((input) => given.find(({ name }) => name?.text === input));
  const tensors = [...found, ...more].filter((argument) => argument !== undefined);
  const missing = inputs.find((_, i) => found[i] === undefined);
  return {
    tensors,
    rest: given.filter((argument) => !tensors.includes(argument)),
    ...omitUndefined({ missing }),
  };
}

/** Reports an input that the call does not give; a name that the layer does not know may be meant for it, and was reported. */
export function reportMissing(
  context: CheckContext,
  call: ast.CallExpression,
  layer: LayerBuiltin | FamilyBuiltin,
  { missing, rest }: CallParts,
): void {
  const isKnown = ({ name }: ast.Argument): boolean =>
    name === undefined || layer.parameters.some((parameter) => parameter.name === name.text);
  if (missing === undefined || !rest.every(isKnown)) return;
  context.reporter.report(
    "MTL3001",
    { callee: layer.name, parameter: missing, expected: "a feature, a part of the network or a list of such" },
    call.callee.span,
  );
}

/** `attend(base, [64])`: numbers where a further tensor goes, which are meant for a parameter. */
export function reportMisplaced(
  context: CheckContext,
  { callee }: ast.CallExpression,
  layer: LayerBuiltin | FamilyBuiltin,
  { tensors }: CallParts,
): boolean {
  if (layer.inputs === "none" || layer.inputs === "variadic") return false;
  const at = tensors.findIndex(({ name, value }) => name === undefined && isNumbers(value));
  const input = layer.inputs[at];
  const argument = tensors[at];
  const [parameter] = layer.parameters;
  if (at < 1 || input === undefined || argument === undefined || parameter === undefined) return false;
  const given = [
    ...tensors.slice(0, at).map(shortArgument),
    `${input}: …`,
    `${parameter.name}: ${shortArgument(argument)}`,
  ];
  context.reporter.report(
    "MTL3001",
    { callee: callee.text, parameter: input, expected: "a feature, a part of the network or a list of such" },
    argument.span,
    { help: `write \`${callee.text}(${given.join(", ")})\`` },
  );
  return true;
}

/** Whether an expression is a number or a list of nothing else. */
function isNumbers(expression: ast.Expression): boolean {
  const value = withoutParentheses(expression);
  if (value.kind === "Number") return true;
  return value.kind === "List" && value.items.length > 0 && value.items.every((item) => isNumbers(item));
}

/** `mlp(u, v, [8])`: several tensors where the layer reads one, which a list joins. */
export function reportSeveral(
  context: CheckContext,
  { callee }: ast.CallExpression,
  { tensors, rest }: { readonly tensors: readonly ast.Argument[]; readonly rest: readonly ast.Argument[] },
): boolean {
  const more = rest.findIndex((argument) => argument.name !== undefined || !isTensor(context, argument.value));
  const extra = more < 0 ? rest : rest.slice(0, more);
  const all = [...tensors, ...extra];
  const [first, last] = [all[0], all.at(-1)];
  if (tensors.length !== 1 || extra.length === 0 || first === undefined || last === undefined) return false;
  const span = { ...first.span, end: last.span.end };
  const others = rest.slice(extra.length).map(shortArgument);
  const title = `join them by a list: \`${callee.text}(${[`[${all.map(shortArgument).join(", ")}]`, ...others].join(", ")})\``;
  context.reporter.report("MTL3056", { callee: callee.text, count: all.length }, span, {
    help: title,
    fixes: [
      {
        title,
        edits: [
          { span: { ...span, end: span.start }, newText: "[" },
          { span: { ...span, start: span.end }, newText: "]" },
        ],
      },
    ],
  });
  return true;
}

/** Whether an expression can only be a tensor. */
function isTensor(context: CheckContext, expression: ast.Expression): boolean {
  const value = withoutParentheses(expression);
  switch (value.kind) {
    case "NameExpression": {
      const kind = context.scope.names.get(value.name.text)?.kind;
      return kind !== undefined && (readable as readonly SymbolKind[]).includes(kind);
    }
    case "Member":
      return true;
    case "Call":
      return ["layer", "family"].includes(resolveBuiltin(value.callee.text)?.kind ?? "");
    case "List":
      return value.items.length > 0 && value.items.every((item) => isTensor(context, item));
    case "Binary":
      return isTensor(context, value.left) || isTensor(context, value.right);
    case "Unary":
      return isTensor(context, value.operand);
    default:
      return false;
  }
}

/** A table is indexed by ids; a number has none. */
export function checkHasIds(
  { context, network }: NetworkContext,
  call: ast.CallExpression,
  layer: LayerBuiltin | FamilyBuiltin,
  args: Arguments,
): boolean {
  for (const { name, type } of layer.parameters) {
    if (type.kind !== "reference" || type.to !== "feature") continue;
    const feature = network.features.get(String(args[name]));
    // A feature that is wrong was reported and left out.
    if (feature === undefined) return false;
    if (isSequence(feature)) {
      const problem = `gives a vector per row, but \`${feature.name}\` is a sequence`;
      const help = `\`pool(${feature.name})\` pools it; a \`bag(like: …)\` has the table of another feature`;
      context.reporter.report("MTL3007", { layer: layer.name, problem }, call.span, { help });
      return false;
    }
    if (feature.kind === "bucket" && typeof args["from"] === "string") {
      context.reporter.report("MTL3103", { feature: feature.name }, call.span);
      return false;
    }
    if (feature.kind !== "numeric") continue;
    context.reporter.report("MTL3048", { layer: layer.name, feature: feature.name }, call.span, {
      help: `make it ids: \`${feature.name}: bucket(quantiles: 10)\``,
    });
    return false;
  }
  return true;
}

/** The shape that the layer's rule gives for what it reads; the rule's problem is reported. */
export function checkShape(
  { context, network }: NetworkContext,
  call: ast.CallExpression,
  layer: Pick<LayerBuiltin, "name">,
  inputs: { readonly nodes: readonly NodeRef[]; readonly written: readonly ast.Argument[] },
  rule: (shapes: readonly (readonly number[])[]) => ShapeResult,
): readonly number[] | undefined {
  const shapes = inputs.nodes.map((ref) => nodeAt(network, ref).shape);
  const result = rule(shapes);
  if (result.kind === "shape") return result.shape;
  context.reporter.report("MTL3007", { layer: layer.name, problem: result.problem }, call.callee.span, {
    labels: inputs.written.map((argument, i) => ({ span: argument.span, message: showShape(shapes[i] ?? []) })),
    ...omitUndefined({ help: result.help ?? (shapes.some((shape) => shape.length > 1) ? sequenceHelp : undefined) }),
  });
  return undefined;
}
