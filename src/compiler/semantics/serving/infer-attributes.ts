import type { ParamModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { readArgument } from "../arguments/arguments.js";
import { constantOf } from "../arguments/constants.js";
import { setType, type CheckContext } from "../context.js";
import { declared } from "../names/declared.js";
import { toRange } from "../formulas/typed-formula.js";
import { describeValue } from "../names/describe.js";
import { anyNumber, holds, point, showInterval, type Interval } from "../../functions/intervals.js";
import { errorType, type ValueType } from "../values/types.js";

/** What candidates and requests provide at serving: the `attributes` and `request` blocks by name. */
export function inferAttributes(
  context: CheckContext,
  ...blocks: readonly (ast.AttributesBlock | ast.RequestBlock | undefined)[]
): ReadonlyMap<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const entry of blocks.flatMap((block) => block?.entries ?? [])) {
    if (context.scope.attributes.get(entry.name.text)?.declaration !== entry) continue;
    types.set(entry.name.text, setType(context, entry, inferValueType(context, entry.type, entry.name.text)));
  }
  return types;
}

/** Signals that are plain numbers or texts; those that are events are heads. */
export function inferSignalValues(
  context: CheckContext,
  block: ast.SignalsBlock | undefined,
): ReadonlyMap<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const entry of block?.entries ?? []) {
    if (!["NumberType", "SimpleType", "VectorType"].includes(entry.type.kind)) continue;
    types.set(entry.name.text, setType(context, entry, inferValueType(context, entry.type, entry.name.text)));
  }
  return types;
}

function inferValueType(context: CheckContext, node: ast.Type, name: string): ValueType {
  switch (node.kind) {
    case "MissingType":
      return errorType;
    case "SimpleType":
      return node.base === "duration"
        ? { kind: "duration", range: anyNumber, optional: node.optional }
        : { kind: node.base, optional: node.optional };
    case "NumberType": {
      const range = node.range === undefined ? anyNumber : inferRange(context, node.range, name);
      if (range === undefined) return errorType;
      return {
        kind: "number",
        range,
        optional: node.optional,
        ...(node.unit === undefined || node.unit.text === "" ? {} : { unit: node.unit.text }),
      };
    }
    case "VectorType": {
      const width = readArgument(
        context,
        { name: "vector", span: node.span },
        { name: "width", type: { kind: "number", min: 1, max: 4096, integer: true } },
        node.width,
      );
      return typeof width === "number" ? { kind: "vector", width, optional: node.optional } : errorType;
    }
    case "ProbabilityType":
    case "ExpectationType":
    case "ScoreType":
      context.reporter.report("MTL3045", { name }, node.span);
      return errorType;
  }
}

/** `in [0, 1]`, `>= 0`; undefined when it is none, which is then reported. */
export function inferRange(context: CheckContext, node: ast.RangeClause, name: string): Interval | undefined {
  const low = boundOf(context, node.low, -Infinity);
  const high = boundOf(context, node.high, Infinity);
  if (low === undefined || high === undefined) return undefined;
  const range: Interval = {
    low,
    high,
    ...(node.lowOpen ? { lowOpen: true } : {}),
    ...(node.highOpen ? { highOpen: true } : {}),
  };
  if (low < high || (low === high && !node.lowOpen && !node.highOpen)) return range;
  context.reporter.report("MTL5006", { name, range: showInterval(range) }, node.span, {
    help: "the smaller bound comes first",
  });
  return undefined;
}

function boundOf(context: CheckContext, node: ast.Expression | undefined, otherwise: number): number | undefined {
  if (node === undefined) return otherwise;
  const constant = constantOf(node);
  if (constant.kind === "value" && Number.isFinite(constant.value)) return constant.value;
  if (constant.kind !== "missing")
    context.reporter.report(
      "MTL3002",
      { callee: "range", parameter: "bound", expected: "a number", found: describeValue(node) },
      node.span,
    );
  return undefined;
}

/** The `params` block: numbers that tuning may move within their ranges. */
export function inferParams(
  context: CheckContext,
  block: ast.ParamsBlock | undefined,
): { readonly types: ReadonlyMap<string, ValueType>; readonly models: readonly ParamModel[] } {
  const types = new Map<string, ValueType>();
  const models: ParamModel[] = [];
  for (const entry of block?.entries ?? []) {
    if (context.scope.names.get(entry.name.text)?.declaration !== entry) continue;
    const { type, value } = inferParam(context, entry);
    types.set(entry.name.text, setType(context, entry, type));
    if (type.kind === "number" && value !== undefined)
      models.push({ ...declared(entry), value, range: toRange(type.range) });
  }
  return { types, models };
}

interface TypedParam {
  readonly type: ValueType;
  /** Undefined when something is wrong with it. */
  readonly value?: number;
}

function inferParam(context: CheckContext, entry: ast.ParamEntry): TypedParam {
  const constant = constantOf(entry.value);
  const range = entry.range === undefined ? undefined : inferRange(context, entry.range, entry.name.text);
  if (constant.kind === "missing") return { type: errorType };
  if (constant.kind === "none" || !Number.isFinite(constant.value)) {
    context.reporter.report(
      "MTL3002",
      { callee: "params", parameter: entry.name.text, expected: "a number", found: describeValue(entry.value) },
      entry.value.span,
    );
    return { type: errorType };
  }
  const { value } = constant;
  if (entry.range === undefined) return { type: { kind: "number", range: point(value), optional: false }, value };
  if (range === undefined) return { type: errorType };
  if (holds(range, value)) return { type: { kind: "number", range, optional: false }, value };
  context.reporter.report("MTL5005", { name: entry.name.text, value, range: showInterval(range) }, entry.value.span, {
    labels: [{ span: entry.range.span, message: showInterval(range) }],
  });
  return { type: errorType };
}
