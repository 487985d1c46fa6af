/** Texts in compiled formulas: what they are for each candidate, and how they compare. */
import { formulaFunctions } from "../functions/index.js";
import type { FormulaExpression } from "../model/index.js";
import type { TextColumn } from "./frame.js";
import { isOneOf, not } from "./kernels.js";
import { type Compiling, inRegister, type Operand, register, required, type State } from "./steps.js";
import { textComparisons } from "./text-comparisons.js";

type Texts = (state: State) => TextColumn;

export function compileText(node: FormulaExpression): Texts {
  if (node.kind === "constant") {
    const text = constantText(node);
    return ({ count }) => Array.from({ length: count }, () => text);
  }
  if (node.kind === "input") return ({ frame }) => required(frame?.texts.get(node.name), node.name);
  const [argument] = node.kind === "call" ? node.arguments : [];
  const row = node.kind === "call" ? formulaFunctions[node.function] : undefined;
  if (argument === undefined || row?.of !== "text") throw new Error(`a formula of the kind ${node.kind} is not a text`);
  const texts = compileText(argument);
  return (state) => texts(state).map(row.compute);
}

export function constantText(node: FormulaExpression): string | undefined {
  return node.kind === "constant" && typeof node.value === "string" ? node.value : undefined;
}

export function compareTexts(
  compiling: Compiling,
  operator: keyof typeof textComparisons,
  left: FormulaExpression,
  right: FormulaExpression,
  free: number,
): Operand {
  const value = constantText(right);
  if (value !== undefined && (operator === "==" || operator === "!=")) {
    const result = compareWithAny(compiling, left, [value], free);
    if (operator === "!=")
      compiling.steps.push((state) => not(register(state, free), register(state, free), -1, state.count));
    return result;
  }
  const [a, b, compare] = [compileText(left), compileText(right), textComparisons[operator]];
  compiling.steps.push((state) => {
    const [out, x, y] = [register(state, free), a(state), b(state)];
    for (let i = 0; i < state.count; i++) out[i] = compare(x[i], y[i]);
  });
  return inRegister(free);
}

export function compareWithAny(
  { steps }: Compiling,
  operand: FormulaExpression,
  values: readonly string[],
  free: number,
): Operand {
  const texts = compileText(operand);
  steps.push((state) => isOneOf(register(state, free), texts(state), values, state.count));
  return inRegister(free);
}
