/**
 * `a + b`, `a - b`, `a * b` of tensors, and of a tensor and a number. They are layers by an operator's name, so that a
 * spec writes them as arithmetic and never as a call.
 */
import type { ValueId } from "../../graph/graph.js";
import type { GraphBuilder } from "../../graph/builder.js";
import type { Arguments } from "../../model/model.js";
import type { LayerBuiltin, LayerContext, ShapeResult } from "../builtin.js";
import { inputOf } from "../replicas.js";
import { problem, shapeOf, shapeText } from "../shapes.js";

const arithmeticOperators = ["+", "-", "*"] as const;

export type ArithmeticOperator = (typeof arithmeticOperators)[number];

export function isArithmeticOperator(word: string): word is ArithmeticOperator {
  return (arithmeticOperators as readonly string[]).includes(word);
}

function operator(
  name: ArithmeticOperator,
  summary: string,
  apply: (builder: GraphBuilder, a: ValueId, b: ValueId) => ValueId,
): LayerBuiltin {
  return {
    kind: "layer",
    name,
    summary,
    inputs: "variadic",
    parameters: [],
    positions: true,
    shape: commonWidth,
    lower: (context) => {
      const [a, b] = operands(context);
      return apply(context.builder, a, b);
    },
  };
}

export const operators: readonly LayerBuiltin[] = [
  operator("+", "The sum, unit by unit.", (builder, a, b) => builder.add(a, b)),
  operator("-", "The difference, unit by unit.", (builder, a, b) => builder.sub(a, b)),
  operator("*", "The product, unit by unit.", (builder, a, b) => builder.mul(a, b)),
];

/** Equal widths; a width of 1 goes with any. */
function commonWidth(inputs: readonly (readonly number[])[]): ShapeResult {
  const several = inputs.find((shape) => shape.length !== 1);
  if (several !== undefined) return problem(`needs a vector per row, has ${shapeText(several)}`);
  const widths = inputs.map(([width = 1]) => width);
  const width = Math.max(...widths);
  const other = widths.find((each) => each !== width && each !== 1);
  return other === undefined
    ? shapeOf(width)
    : problem(`needs one width on both sides, or a width of 1 on one of them; has ${widths.join(" and ")}`);
}

/** Broadcast against each other: a tensor that all copies share meets each of them. */
function operands(context: LayerContext): readonly [ValueId, ValueId] {
  const { builder, inputReplicas, arguments: args } = context;
  const copied = inputReplicas.some((count) => count !== undefined);
  const tensors = inputReplicas.map((count, index) => {
    const value = inputOf(context, index);
    return copied && count === undefined ? builder.expandDims(value, 1) : value;
  });
  const [first = -1, second = -1] = tensors;
  const left = numberOperand(args, "left");
  const right = numberOperand(args, "right");
  if (left !== undefined) return [builder.scalar(left), first];
  if (right !== undefined) return [first, builder.scalar(right)];
  return [first, second];
}

function numberOperand(args: Arguments, side: "left" | "right"): number | undefined {
  const value = args[side];
  return typeof value === "number" ? value : undefined;
}
