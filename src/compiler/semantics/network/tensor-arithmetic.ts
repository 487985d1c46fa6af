/** Sums, differences and products of tensors, and of a tensor and a number: `2 * sigmoid(mlp(c, [64])) * x`. */
import { arithmeticOperators, resolveLayer, type ArithmeticOperator } from "../../builtins/index.js";
import { nodeAt, type Arguments, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { omitUndefined } from "../../text/index.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { showShape } from "../values/types.js";
import { addNode, type Network, type Owner } from "./network.js";

/** Where the arithmetic appears. */
export interface ArithmeticSite {
  readonly context: CheckContext;
  readonly network: Network;
  readonly owner: Owner;
  readonly outermost: boolean;
  /** The node of an operand; undefined when it is none, which is then reported. */
  readonly operand: (expression: ast.Expression) => NodeRef | undefined;
}

type Arithmetic = ast.UnaryExpression | ast.BinaryExpression;

/**
 * The node of the arithmetic. It has replicas only when an operand has: without parameters, copies of it would all be the
 * same. Undefined when it is none, which is then reported.
 */
export function checkArithmetic(site: ArithmeticSite, expression: Arithmetic): NodeRef | undefined {
  if (expression.kind === "Unary") {
    if (expression.operator !== "-" || constantOf(expression).kind !== "none") return reportNone(site, expression);
    return apply(site, expression, "*", { left: -1 }, [expression.operand]);
  }
  const { operator } = expression;
  const [left, right] = [constantOf(expression.left), constantOf(expression.right)];
  if (left.kind === "missing" || right.kind === "missing") return undefined;
  if (left.kind === "value" && right.kind === "value") return reportNone(site, expression);
  const isQuotient = operator === "/" && right.kind === "value";
  if (!isQuotient && !isArithmetic(operator)) return reportNone(site, expression);
  const factors = [left, right].map((each) => (each.kind === "value" ? each.value : undefined));
  const [leftNumber, rightNumber] = isQuotient ? [undefined, 1 / right.value] : factors;
  const wrong = [leftNumber, rightNumber].findIndex((each) => each !== undefined && !Number.isFinite(each));
  if (wrong >= 0) {
    const { span } = wrong === 0 ? expression.left : expression.right;
    site.context.reporter.report("MTL3011", { found: "a number that is not finite" }, span);
    return undefined;
  }
  const name = isQuotient || !isArithmetic(operator) ? "*" : operator;
  const operands = [
    ...(leftNumber === undefined ? [expression.left] : []),
    ...(rightNumber === undefined ? [expression.right] : []),
  ];
  return apply(site, expression, name, omitUndefined({ left: leftNumber, right: rightNumber }), operands);
}

function isArithmetic(operator: string): operator is ArithmeticOperator {
  return (arithmeticOperators as readonly string[]).includes(operator);
}

function reportNone({ context }: ArithmeticSite, expression: Arithmetic): undefined {
  context.reporter.report(
    "MTL3011",
    { found: describeValue(expression) },
    expression.span,
    expression.kind === "Binary" && expression.operator === "/"
      ? { help: "a tensor is divided by a number only: a unit of the other tensor may be 0" }
      : {},
  );
  return undefined;
}

function apply(
  { context, network, owner, outermost, operand }: ArithmeticSite,
  expression: Arithmetic,
  operator: ArithmeticOperator,
  args: Arguments,
  operands: readonly ast.Expression[],
): NodeRef | undefined {
  const found = operands.map(operand);
  const inputs = found.filter((node) => node !== undefined);
  if (inputs.length < found.length) return undefined;
  const nodes = inputs.map((ref) => nodeAt(network, ref));
  const shapes = nodes.map(({ shape }) => shape);
  const result = resolveLayer(operator)?.shape(shapes, args);
  if (result === undefined) throw new Error(`there is no operator ${operator}`);
  if (result.kind === "problem") {
    context.reporter.report("MTL3007", { layer: operator, problem: result.problem }, expression.span, {
      labels: operands.map(({ span }, i) => ({ span, message: showShape(shapes[i] ?? []) })),
      help: "a list joins tensors of any widths, `[a, b]`; `linear(a, width)` gives one another width",
    });
    return undefined;
  }
  const replicas = nodes.find((node) => node.replicas !== undefined)?.replicas;
  return addNode(network, owner, outermost, {
    layer: operator,
    inputs,
    arguments: args,
    shape: result.shape,
    ...omitUndefined({ replicas }),
    span: expression.span,
  });
}
