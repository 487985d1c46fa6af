/**
 * Numbers that are computed from columns, as ONNX nodes over doubles; NaN is null. What they mean is in
 * `runtime/data/expressions/expression.ts`.
 */
import type { ColumnExpression } from "../../model/index.js";
import type { NodeList, TensorName } from "./node-list.js";

/** The columns of an expression whose value ONNX computes from numbers; undefined for one that it does not. */
export function numberColumns(expression: ColumnExpression): readonly string[] | undefined {
  const all = (parts: readonly ColumnExpression[]): readonly string[] | undefined => {
    const found = parts.map(numberColumns);
    return found.some((columns) => columns === undefined) ? undefined : found.flatMap((columns) => columns ?? []);
  };
  switch (expression.kind) {
    case "column":
      return [expression.name];
    case "literal":
      return typeof expression.value === "number" ? [] : undefined;
    case "unary":
      return expression.operator === "-" ? all([expression.operand]) : undefined;
    case "binary":
      return expression.operator in arithmetic ? all([expression.left, expression.right]) : undefined;
    case "call":
      return expression.name in functions ? all(expression.arguments) : undefined;
    case "in":
      return undefined;
  }
}

/** The value of such an expression, [B, 1]. `column`: the doubles of a column, NaN where it is null. */
export function encodeExpression(
  list: NodeList,
  expression: ColumnExpression,
  column: (name: string) => TensorName,
): TensorName {
  const value = (part: ColumnExpression): TensorName => encodeExpression(list, part, column);
  switch (expression.kind) {
    case "column":
      return column(expression.name);
    case "literal":
      return list.constant("float64", Number(expression.value));
    case "unary":
      return list.add("Neg", [value(expression.operand)]);
    case "binary": {
      const opType = arithmetic[expression.operator as keyof typeof arithmetic];
      return list.add(opType, [value(expression.left), value(expression.right)]);
    }
    case "call":
      return functions[expression.name as keyof typeof functions](list, expression.arguments.map(value));
    case "in":
      throw new Error("membership is not a number of columns");
  }
}

const arithmetic = { "+": "Add", "-": "Sub", "*": "Mul", "/": "Div" } as const;

type FunctionRow = (list: NodeList, values: readonly TensorName[]) => TensorName;

const plain =
  (opType: string): FunctionRow =>
  (list, values) =>
    list.add(opType, values);

/** Of two finite numbers; null where one is not. */
const ofFinite =
  (opType: string): FunctionRow =>
  (list, values) =>
    list.add(
      opType,
      values.map((value) => finite(list, value)),
    );

/** log x, null where x is not above 0. */
const log: FunctionRow = (list, [x = ""]) => {
  const isAbove = list.add("Greater", [x, list.constant("float64", 0)]);
  return list.add("Where", [isAbove, list.add("Log", [x]), list.constant("float64", NaN)]);
};

const functions = {
  abs: plain("Abs"),
  floor: plain("Floor"),
  sqrt: plain("Sqrt"),
  log,
  log1p: (list, [x = ""]) => log(list, [list.add("Add", [x, list.constant("float64", 1)])]),
  min: ofFinite("Min"),
  max: ofFinite("Max"),
} as const satisfies Readonly<Record<string, FunctionRow>>;

/** Which numbers are finite: x − x is 0, or NaN where x is not. */
export function isFiniteTensor(list: NodeList, x: TensorName): TensorName {
  return list.add("Equal", [list.add("Sub", [x, x]), list.constant("float64", 0)]);
}

/** NaN in the place of infinities. */
export function finite(list: NodeList, x: TensorName): TensorName {
  return list.add("Where", [isFiniteTensor(list, x), x, list.constant("float64", NaN)]);
}
