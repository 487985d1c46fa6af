import { formulaFunctions } from "../../functions/index.js";
import type { ColumnExpression, ColumnFunction } from "../../model/index.js";
import type { BinaryExpression, CallExpression, Expression } from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import type { ColumnUse } from "./check-data.js";
import { columnOfCall, columnWord, meantColumn } from "./column-names.js";
import type { CheckContext } from "../context.js";
import { describeTyped, describeValue } from "../names/describe.js";
import { placeArguments } from "../arguments/place-arguments.js";
import { suggestedBy } from "../names/suggestion.js";

/** What an expression over raw columns gives; a bare column is whatever the file holds. */
export type ColumnType = "any" | "number" | "text" | "bool";

/** An expression over the columns of a row, with its type. */
export interface TypedColumnExpression {
  readonly expression: ColumnExpression;
  readonly type: ColumnType;
}

const nouns: Readonly<Record<ColumnType, string>> = {
  any: "a column",
  number: "a number",
  text: "a text",
  bool: "true or false",
};

/** A function of columns: the kinds that it takes and gives. */
export interface ColumnFunctionType {
  /** One sentence for editors. */
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly kind: ColumnType }[];
  readonly result: ColumnType;
}

/** The functions of columns, as data. */
export const columnFunctions: Readonly<Record<ColumnFunction, ColumnFunctionType>> = {
  abs: { summary: formulaFunctions.abs.summary, parameters: [{ name: "x", kind: "number" }], result: "number" },
  log1p: { summary: formulaFunctions.log1p.summary, parameters: [{ name: "x", kind: "number" }], result: "number" },
  log: { summary: formulaFunctions.log.summary, parameters: [{ name: "x", kind: "number" }], result: "number" },
  sqrt: { summary: formulaFunctions.sqrt.summary, parameters: [{ name: "x", kind: "number" }], result: "number" },
  floor: { summary: formulaFunctions.floor.summary, parameters: [{ name: "x", kind: "number" }], result: "number" },
  min: {
    summary: formulaFunctions.min.summary,
    parameters: [
      { name: "a", kind: "number" },
      { name: "b", kind: "number" },
    ],
    result: "number",
  },
  max: {
    summary: formulaFunctions.max.summary,
    parameters: [
      { name: "a", kind: "number" },
      { name: "b", kind: "number" },
    ],
    result: "number",
  },
  lower: { summary: formulaFunctions.lower.summary, parameters: [{ name: "s", kind: "text" }], result: "text" },
  length: { summary: "The number of characters.", parameters: [{ name: "s", kind: "text" }], result: "number" },
  missing: { summary: formulaFunctions.missing.summary, parameters: [{ name: "x", kind: "any" }], result: "bool" },
  cross: {
    summary: "A text for each pair of values; null where one of them is null.",
    parameters: [
      { name: "a", kind: "any" },
      { name: "b", kind: "any" },
    ],
    result: "text",
  },
};

/** Checks and types an expression over columns; undefined when something is wrong, which is then reported. */
export function checkColumnExpression(
  context: CheckContext,
  expression: Expression,
): TypedColumnExpression | undefined {
  const { span } = expression;
  switch (expression.kind) {
    case "Missing":
      return undefined;
    case "Parenthesized":
      return checkColumnExpression(context, expression.inner);
    case "Number":
      return { expression: { kind: "literal", value: expression.value, span }, type: "number" };
    case "String":
      return { expression: { kind: "literal", value: expression.value, span }, type: "text" };
    case "Boolean":
      return { expression: { kind: "literal", value: expression.value, span }, type: "bool" };
    case "NameExpression":
      return expression.name.text === ""
        ? undefined
        : { expression: { kind: "column", name: expression.name.text, span }, type: "any" };
    case "Unary": {
      const wanted = expression.operator === "-" ? "number" : "bool";
      const operand = operandOf(context, expression.operand, wanted, expression.operator);
      return operand === undefined
        ? undefined
        : { expression: { kind: "unary", operator: expression.operator, operand, span }, type: wanted };
    }
    case "Binary":
      return checkBinary(context, expression);
    case "Call":
      return checkCall(context, expression);
    default:
      context.reporter.report("MTL3023", { found: describeValue(expression) }, span);
      return undefined;
  }
}

function checkBinary(context: CheckContext, node: BinaryExpression): TypedColumnExpression | undefined {
  const { operator, span } = node;
  switch (operator) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "^":
    case "and":
    case "or": {
      const type = operator === "and" || operator === "or" ? "bool" : "number";
      const left = operandOf(context, node.left, type, operator);
      const right = operandOf(context, node.right, type, operator);
      if (left === undefined || right === undefined) return undefined;
      return { expression: { kind: "binary", operator, left, right, span }, type };
    }
    case "in":
      return checkMembership(context, node);
    default: {
      const left = checkColumnExpression(context, node.left);
      const right = checkColumnExpression(context, node.right);
      if (left === undefined || right === undefined) return undefined;
      if (left.type !== "any" && right.type !== "any" && left.type !== right.type) {
        context.reporter.report(
          "MTL3025",
          { operator, left: nouns[left.type], right: nouns[right.type] },
          node.operatorSpan,
          {
            ...meantColumn(...[node.left, node.right].filter(({ kind }) => kind === "String")),
            labels: [
              { span: node.left.span, message: nouns[left.type] },
              { span: node.right.span, message: nouns[right.type] },
            ],
          },
        );
        return undefined;
      }
      return {
        expression: { kind: "binary", operator, left: left.expression, right: right.expression, span },
        type: "bool",
      };
    }
  }
}

/** An operand of one type; reports another one. */
function operandOf(
  context: CheckContext,
  node: Expression,
  wanted: ColumnType,
  operator: string,
): ColumnExpression | undefined {
  const operand = checkColumnExpression(context, node);
  if (operand === undefined) return undefined;
  if (wanted === "any" || operand.type === "any" || operand.type === wanted) return operand.expression;
  context.reporter.report(
    "MTL3024",
    { operator, expected: nouns[wanted], found: describeTyped(node, nouns[operand.type]) },
    node.span,
    node.kind === "String" ? meantColumn(node) : {},
  );
  return undefined;
}

/** `column in ["a", "b"]`. */
function checkMembership(context: CheckContext, node: BinaryExpression): TypedColumnExpression | undefined {
  const left = checkColumnExpression(context, node.left);
  if (left === undefined || node.right.kind === "Missing") return undefined;
  if (node.right.kind !== "List" || node.right.items.length === 0) {
    context.reporter.report("MTL3026", { found: describeValue(node.right) }, node.right.span);
    return undefined;
  }
  const values: (number | string)[] = [];
  for (const item of node.right.items) {
    const value = checkColumnExpression(context, item);
    if (value === undefined) return undefined;
    const literal = literalValue(value.expression);
    if (literal === undefined) {
      context.reporter.report("MTL3026", { found: describeValue(item) }, item.span);
      return undefined;
    }
    const type = typeof literal === "number" ? "number" : "text";
    const expected = left.type === "any" ? typeof (values[0] ?? literal) : left.type === "text" ? "string" : "number";
    if (typeof literal !== expected) {
      context.reporter.report(
        "MTL3025",
        { operator: "in", left: expected === "string" ? nouns.text : nouns.number, right: nouns[type] },
        item.span,
      );
      return undefined;
    }
    values.push(literal);
  }
  return { expression: { kind: "in", operand: left.expression, values, span: node.span }, type: "bool" };
}

function literalValue(expression: ColumnExpression): number | string | undefined {
  if (expression.kind === "literal" && typeof expression.value !== "boolean") return expression.value;
  if (expression.kind === "unary" && expression.operator === "-") {
    const value = literalValue(expression.operand);
    return typeof value === "number" ? -value : undefined;
  }
  return undefined;
}

function checkCall(context: CheckContext, call: CallExpression): TypedColumnExpression | undefined {
  const { text: name, span } = call.callee;
  if (name === "") return undefined;
  if (name === columnWord) {
    const column = columnOfCall(context, call);
    return column === "" ? undefined : { expression: columnOfName(column, call.span), type: "any" };
  }
  const known = [columnWord, ...Object.keys(columnFunctions)];
  if (!isColumnFunction(name)) {
    const { suggestion, details } = suggestedBy(call.callee, known);
    context.reporter.report("MTL2004", { name, what: "a function of columns", known, suggestion }, span, details);
    return undefined;
  }
  const { parameters, result } = columnFunctions[name];
  const names = parameters.map((parameter) => parameter.name);
  const placed = placeArguments(context, { name, span }, names, call.arguments, call);
  if (placed === undefined) return undefined;
  const operands = placed.map((argument, i) =>
    operandOf(context, argument.value, parameters[i]?.kind ?? "any", `${name}(…)`),
  );
  const sound = operands.filter((operand) => operand !== undefined);
  if (sound.length < operands.length) return undefined;
  return { expression: { kind: "call", name, arguments: sound, span: call.span }, type: result };
}

function isColumnFunction(name: string): name is ColumnFunction {
  return Object.hasOwn(columnFunctions, name);
}

/** Every place where an expression reads a column. */
export function columnUses(expression: ColumnExpression): readonly ColumnUse[] {
  switch (expression.kind) {
    case "column":
      return [{ column: expression.name, span: expression.span }];
    case "literal":
      return [];
    case "unary":
    case "in":
      return columnUses(expression.operand);
    case "binary":
      return [...columnUses(expression.left), ...columnUses(expression.right)];
    case "call":
      return expression.arguments.flatMap(columnUses);
  }
}

/** The column of a feature or label that says nothing else: the one of its name. */
export function columnOfName(name: string, span: Span): ColumnExpression {
  return { kind: "column", name, span };
}
