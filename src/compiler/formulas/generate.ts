/**
 * Formulas as JavaScript: the second evaluator. The code holds slots (`c0`, `p1`), numbers and the names of our own
 * functions, and nothing that a spec's author wrote: texts and names are in tables beside it. It agrees with the
 * interpreter bit for bit, since both call the same functions on the same numbers in the same order.
 */
import { formulaFunctions, type FormulaFunctionName } from "../functions/index.js";
import type { FormulaExpression } from "../model/index.js";
import { calledName, type OperatorName } from "./called.js";

/** A formula under the name by which others read it; those come after it. */
export interface NamedFormula {
  readonly name: string;
  readonly value: FormulaExpression;
}

/** Code with the tables that its slots point into. */
export interface GeneratedFormulas {
  /**
   * A function declaration `evaluateFormulas(n, now, p, c, t, l, k)`: the count of candidates, the clock, parameters,
   * columns of numbers, of texts and of lists of texts (of vectors, only for `missing`), and constant texts; it returns a
   * Float64Array a formula. It calls the functions of called.ts by their names.
   */
  readonly source: string;
  /** Names of the inputs and parameters in the order of the slots. */
  readonly params: readonly string[];
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  readonly lists: readonly string[];
  readonly constants: readonly string[];
}

/** Compiles formulas, each after the ones it reads. */
export function generateFormulas(formulas: readonly NamedFormula[]): GeneratedFormulas {
  const state: Generating = {
    params: [],
    numbers: [],
    texts: [],
    lists: [],
    constants: [],
    fusions: new Map(),
    statements: [],
    columns: 0,
  };
  const outputs = formulas.map(({ name, value }) => {
    const column = emitColumn(state, value);
    state.fusions.set(name, column);
    return column;
  });
  const slots = [
    ...state.params.map((_, i) => `const p${i} = p[${i}];`),
    ...state.numbers.map((_, i) => `const c${i} = c[${i}];`),
    ...state.texts.map((_, i) => `const t${i} = t[${i}];`),
    ...state.lists.map((_, i) => `const l${i} = l[${i}];`),
  ];
  const body = [...slots, ...state.statements, `return [${outputs.join(", ")}];`];
  const { params, numbers, texts, lists, constants } = state;
  return {
    source: `function evaluateFormulas(n, now, p, c, t, l, k) {\n${body.map((line) => `  ${line}\n`).join("")}}\n`,
    params,
    numbers,
    texts,
    lists,
    constants,
  };
}

interface Generating {
  readonly params: string[];
  readonly numbers: string[];
  readonly texts: string[];
  readonly lists: string[];
  readonly constants: string[];
  /** Formulas by name, with the column that holds them. */
  readonly fusions: Map<string, string>;
  readonly statements: string[];
  columns: number;
}

/** The lines of one loop over the candidates. */
interface Loop {
  readonly state: Generating;
  readonly lines: string[];
}

/** The name of a column with a formula's value for each candidate. */
function emitColumn(state: Generating, node: FormulaExpression): string {
  if (node.kind === "list") {
    const operand = emitColumn(state, node.operand);
    return define(state, `${calledName(node.function)}(${operand})`);
  }
  const loop: Loop = { state, lines: [] };
  const value = emitNumber(loop, node);
  const column = define(state, "new Float64Array(n)");
  state.statements.push(
    "for (let i = 0; i < n; i++) {",
    ...loop.lines.map((line) => `  ${line}`),
    `  ${column}[i] = ${value};`,
    "}",
  );
  return column;
}

function define(state: Generating, value: string): string {
  const name = `m${state.columns++}`;
  state.statements.push(`const ${name} = ${value};`);
  return name;
}

/** An expression or a name for the value of the node for candidate i; what is computed is in the loop's lines. */
function emitNumber(loop: Loop, node: FormulaExpression): string {
  const { state } = loop;
  switch (node.kind) {
    case "constant":
      return typeof node.value === "string" ? "NaN" : literal(Number(node.value));
    case "input":
      return `c${slot(state.numbers, node.name)}[i]`;
    case "param":
      return `p${slot(state.params, node.name)}`;
    case "fusion": {
      const column = state.fusions.get(node.name);
      if (column === undefined) throw new Error(`the formula \`${node.name}\` does not come before what reads it`);
      return `${column}[i]`;
    }
    case "negate":
      return assign(loop, `-${emitNumber(loop, node.operand)}`);
    case "not":
      return assign(loop, `doesNotHold(${emitNumber(loop, node.operand)})`);
    case "arithmetic": {
      const [a, b] = [emitNumber(loop, node.left), emitNumber(loop, node.right)];
      return assign(loop, node.operator === "^" ? `raise(${a}, ${b})` : `${a} ${node.operator} ${b}`);
    }
    case "comparison": {
      const isText = node.left.type === "text";
      const emit = isText ? emitText : emitNumber;
      const [a, b] = [emit(loop, node.left), emit(loop, node.right)];
      return assign(loop, compare(node.operator, a, b, isText));
    }
    case "logic": {
      const [a, b] = [emitNumber(loop, node.left), emitNumber(loop, node.right)];
      return assign(loop, `${node.operator === "and" ? "bothHold" : "eitherHolds"}(${a}, ${b})`);
    }
    case "member":
      return node.values
        .map((value) => emitMember(loop, node.operand, value))
        .reduce((a, b) => assign(loop, `eitherHolds(${a}, ${b})`));
    case "call":
      return emitCall(loop, node.function, node.arguments);
    case "list":
      return `${emitColumn(state, node)}[i]`;
    case "piecewise": {
      const [knots, values] = [node.knots, node.values].map((numbers) =>
        define(state, `[${numbers.map(literal).join(", ")}]`),
      );
      return assign(loop, `interpolate(${emitNumber(loop, node.operand)}, ${knots}, ${values})`);
    }
  }
}

/** Gives a name to a value, so that it is computed once and in the order of the interpreter. */
function assign({ lines }: Loop, value: string): string {
  const name = `v${lines.length}`;
  lines.push(`const ${name} = ${value};`);
  return name;
}

function slot(table: string[], name: string): number {
  const found = table.indexOf(name);
  return found >= 0 ? found : table.push(name) - 1;
}

/** The shortest text that reads back as the same number. */
function literal(value: number): string {
  return value < 0 || Object.is(value, -0) ? `(-${-value})` : String(value);
}

function compare(operator: "==" | "!=" | "<" | "<=" | ">" | ">=", a: string, b: string, isText: boolean): string {
  const [same, less, lessOrEqual]: readonly OperatorName[] = isText
    ? ["isSameText", "isTextLess", "isTextLessOrEqual"]
    : ["isEqual", "isLess", "isLessOrEqual"];
  switch (operator) {
    case "==":
      return `${same}(${a}, ${b})`;
    case "!=":
      return `doesNotHold(${same}(${a}, ${b}))`;
    case "<":
      return `${less}(${a}, ${b})`;
    case "<=":
      return `${lessOrEqual}(${a}, ${b})`;
    case ">":
      return `${less}(${b}, ${a})`;
    case ">=":
      return `${lessOrEqual}(${b}, ${a})`;
  }
}

function emitMember(loop: Loop, operand: FormulaExpression, value: FormulaExpression): string {
  if (operand.type === "texts" && operand.kind === "input") {
    const list = slot(loop.state.lists, operand.name);
    return assign(loop, `hasText(l${list}[i], ${emitText(loop, value)})`);
  }
  return operand.type === "text"
    ? assign(loop, `isSameText(${emitText(loop, operand)}, ${emitText(loop, value)})`)
    : assign(loop, `isEqual(${emitNumber(loop, operand)}, ${emitNumber(loop, value)})`);
}

function emitText(loop: Loop, node: FormulaExpression): string {
  const { texts, constants } = loop.state;
  if (node.kind === "constant" && typeof node.value === "string") return `k[${slot(constants, node.value)}]`;
  if (node.kind === "input") return `t${slot(texts, node.name)}[i]`;
  const [argument] = node.kind === "call" ? node.arguments : [];
  if (node.kind !== "call" || argument === undefined || formulaFunctions[node.function].of !== "text")
    throw new Error(`a formula of the kind ${node.kind} is not a text`);
  return assign(loop, `${calledName(node.function)}(${emitText(loop, argument)})`);
}

function emitCall(loop: Loop, name: FormulaFunctionName, args: readonly FormulaExpression[]): string {
  const { of } = formulaFunctions[name];
  const values = args.map((argument) => (of === "value" ? emitAny(loop, argument) : emitNumber(loop, argument)));
  if (of === "text") throw new Error(`\`${name}\` is not a number`);
  if (of === "numbers and clock") values.push("now");
  return assign(loop, `${calledName(name)}(${values.join(", ")})`);
}

/** The value of a node of any type. */
function emitAny(loop: Loop, node: FormulaExpression): string {
  switch (node.type) {
    case "text":
      return emitText(loop, node);
    case "texts":
    case "vector":
      return `l${slot(loop.state.lists, node.kind === "input" ? node.name : "")}[i]`;
    default:
      return emitNumber(loop, node);
  }
}
