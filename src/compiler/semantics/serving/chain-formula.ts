import type { FormulaExpression, FormulaRange, FusionModel, HeadExpression, HeadModel } from "../../model/index.js";
import { valueOfHead } from "../formulas/formula-scope.js";
import { numberConstant, toRange } from "../formulas/typed-formula.js";
import { isExternalChain, type Heads } from "../heads/heads.js";

/** A chain over signals as a formula; a quotient is guarded, and stays a probability. */
export function chainFormula(heads: Heads, { name, doc, value, span }: HeadModel): FusionModel {
  const numbers = (low: number): FormulaExpression => numberConstant(low, span);
  const range = headRange(heads, name);
  const build = (node: HeadExpression): FormulaExpression => {
    switch (node.kind) {
      case "head":
        return isExternalChain(heads, node.name)
          ? { kind: "fusion", type: "number", name: node.name, range: headRange(heads, node.name), span }
          : { kind: "input", type: "number", name: node.name, range: headRange(heads, node.name), span };
      case "product": {
        const [first = numbers(1), ...rest] = node.factors.map(build);
        return rest.reduce(
          (left, right) => ({ kind: "arithmetic", type: "number", operator: "*", left, right, range, span }),
          first,
        );
      }
      case "quotient":
        return {
          kind: "call",
          type: "number",
          function: "min",
          arguments: [
            numbers(1),
            {
              kind: "arithmetic",
              type: "number",
              operator: "/",
              left: build(node.numerator),
              right: {
                kind: "call",
                type: "number",
                function: "max",
                arguments: [build(node.denominator), numbers(smallestDivisor)],
                range: { low: smallestDivisor, high: 1 },
                span,
              },
              range: { low: 0, high: 1 / smallestDivisor },
              span,
            },
          ],
          range: { low: 0, high: 1 },
          span,
        };
      case "complement":
        return {
          kind: "arithmetic",
          type: "number",
          operator: "-",
          left: numbers(1),
          right: build(node.operand),
          range: { low: 0, high: 1 },
          span,
        };
      case "class":
      case "activation":
        throw new Error(`the chain ${name} over signals has no formula`);
    }
  };
  return { name, ...(doc === undefined ? {} : { doc }), value: build(value), chain: true, span };
}

function headRange(heads: Heads, name: string): FormulaRange {
  const value = valueOfHead(heads, name);
  return value.kind === "number" ? toRange(value.range) : {};
}

/** What a chain's divisor is kept above. */
const smallestDivisor = 1e-9;
