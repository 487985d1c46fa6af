/** Sums, differences and products of tensors, and of a tensor and a number: `2 * sigmoid(mlp(c, [64])) * x`. */
import { isArithmeticOperator, layerShape, resolveLayer, type ArithmeticOperator } from "../../builtins/index.js";
import { nodeAt, type Arguments, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { omitUndefined } from "../../text/index.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { showShape } from "../values/types.js";
import { sequenceHelp, sequenceOf } from "./sequences.js";
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
  if (!isQuotient && !isArithmeticOperator(operator)) return reportNone(site, expression);
  const factors = [left, right].map((each) => (each.kind === "value" ? each.value : undefined));
  const [leftNumber, rightNumber] = isQuotient ? [undefined, 1 / right.value] : factors;
  const wrong = [leftNumber, rightNumber].findIndex((each) => each !== undefined && !Number.isFinite(each));
  if (wrong >= 0) {
    const { span } = wrong === 0 ? expression.left : expression.right;
    site.context.reporter.report("MTL3011", { found: "a number that is not finite" }, span);
    return undefined;
  }
  const name = isQuotient || !isArithmeticOperator(operator) ? "*" : operator;
  const operands = [
    ...(leftNumber === undefined ? [expression.left] : []),
    ...(rightNumber === undefined ? [expression.right] : []),
  ];
  return apply(site, expression, name, omitUndefined({ left: leftNumber, right: rightNumber }), operands);
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
  const read = operands.map(operand);
  const inputs = read.filter((node) => node !== undefined);
  if (inputs.length < read.length) return undefined;
  const nodes = inputs.map((ref) => nodeAt(network, ref));
  const shapes = nodes.map(({ shape }) => shape);
  const layer = resolveLayer(operator);
  if (layer === undefined) throw new Error(`there is no operator ${operator}`);
  const result = layerShape(layer, shapes, args);
  const replicas = nodes.find((node) => node.replicas !== undefined)?.replicas;
  const found = result.kind === "problem" ? result : sequenceOf(network, inputs, { shape: result.shape, replicas });
  if (result.kind === "problem" || found.kind === "problem") {
    const { problem } = found.kind === "problem" ? found : { problem: "" };
    context.reporter.report("MTL3007", { layer: operator, problem }, expression.span, {
      labels: operands.map(({ span }, i) => ({ span, message: showShape(shapes[i] ?? []) })),
      help: shapes.some((shape) => shape.length > 1)
        ? sequenceHelp
        : "a list joins tensors of any widths, `[a, b]`; `linear(a, width)` gives one another width",
    });
    return undefined;
  }
  return addNode(network, owner, outermost, {
    layer: operator,
    inputs,
    arguments: args,
    shape: result.shape,
    ...omitUndefined({ sequence: found.sequence, replicas }),
    span: expression.span,
  });
}
