/**
 * Formulas as steps over columns: what a ranking runs for each of its requests. A formula is walked once; a request then costs
 * one loop per operation, over columns that are kept from one request to the next. It agrees with the interpreter bit
 * for bit, since both call the same functions on the same numbers in the same order.
 */
import { formulaFunctions } from "../functions/index.js";
import type { FormulaExpression } from "../model/index.js";
import { compareTexts, compareWithAny, compileText, constantText } from "./compile-texts.js";
import type { Frame, NumberColumn, TextsColumn } from "./frame.js";
import {
  arithmeticKernels,
  type BinaryKernel,
  comparisonKernels,
  functionKernels,
  hasValue,
  logicKernels,
  negate,
  not,
  type UnaryKernel,
} from "./kernels.js";
import * as operations from "./operations.js";
import {
  combine,
  type CompiledFormula,
  type Compiling,
  inRegister,
  type Operand,
  register,
  required,
  type State,
} from "./steps.js";

/** Formulas over one frame after the other. */
export interface FormulaColumns {
  /** Begins with the candidates of a frame. */
  readonly load: (frame: Frame) => void;
  /**
   * A formula's numbers, at least as many as candidates; theirs come first. Valid until another formula is asked for, and not
   * to be written to.
   */
  readonly passing: (formula: number) => NumberColumn;
}

/** Compiles formulas; `fusions` are those that others may read. */
export function compileFormulas(
  formulas: readonly FormulaExpression[],
  fusions: ReadonlyMap<string, FormulaExpression>,
): FormulaColumns {
  const state: State = {
    frame: undefined,
    count: 0,
    now: new Float64Array(1),
    registers: [],
    fusions: new Map(),
    capacity: 0,
  };
  const compiled: (CompiledFormula | undefined)[] = [];
  return {
    load: (frame) => {
      state.frame = frame;
      state.count = frame.count;
      state.now[0] = frame.now;
      if (frame.count > state.capacity) {
        state.capacity = Math.max(frame.count, 2 * state.capacity);
        state.registers.length = 0;
        state.fusions.clear();
      }
      for (const fusion of state.fusions.values()) fusion.isReady = false;
    },
    passing: (formula) => {
      const expression = formulas[formula];
      if (expression === undefined) throw new Error(`there is no formula ${formula}`);
      return evaluate(state, (compiled[formula] ??= compileFormula(expression, fusions)));
    },
  };
}

function evaluate(state: State, { steps, result, reads }: CompiledFormula): NumberColumn {
  for (const { name, formula } of reads) {
    const known = state.fusions.get(name);
    if (known?.isReady === true) continue;
    const column = known?.column ?? new Float64Array(state.capacity);
    const numbers = evaluate(state, formula);
    column.set(numbers.length > state.count ? numbers.subarray(0, state.count) : numbers);
    state.fusions.set(name, { column, isReady: true });
  }
  for (const step of steps) step(state);
  const numbers = result.numbers(state);
  if (result.mask === -1) return numbers;
  return register(state, 0).fill(numbers[0]!, 0, state.count);
}

function compileFormula(formula: FormulaExpression, fusions: ReadonlyMap<string, FormulaExpression>): CompiledFormula {
  const compiling: Compiling = { steps: [], reads: [], fusions };
  const result = compileNumber(compiling, formula, 0);
  return { steps: compiling.steps, result, reads: compiling.reads };
}

/** Appends the steps of a node, which may write the registers from `free` on. */
function compileNumber(compiling: Compiling, node: FormulaExpression, free: number): Operand {
  switch (node.kind) {
    case "constant":
      return constant(typeof node.value === "string" ? NaN : Number(node.value));
    case "input":
      return { numbers: ({ frame }) => required(frame?.numbers.get(node.name), node.name), mask: -1 };
    case "param": {
      const one = new Float64Array(1);
      const numbers = ({ frame }: State): NumberColumn => one.fill(required(frame?.params.get(node.name), node.name));
      return { numbers, mask: 0 };
    }
    case "fusion":
      return compileFusion(compiling, node.name);
    case "negate":
      return unary(compiling, negate, node.operand, free);
    case "not":
      return unary(compiling, not, node.operand, free);
    case "arithmetic":
      return binary(compiling, arithmeticKernels[node.operator], [node.left, node.right], free);
    case "comparison":
      return node.left.type === "text"
        ? compareTexts(compiling, node.operator, node.left, node.right, free)
        : binary(compiling, comparisonKernels[node.operator], [node.left, node.right], free);
    case "logic":
      return binary(compiling, logicKernels[node.operator], [node.left, node.right], free);
    case "member":
      return compileMember(compiling, node, free);
    case "call":
      return compileCall(compiling, node, free);
    case "list": {
      const { compute } = formulaFunctions[node.function];
      return columnStep(compiling, node.operand, free, (column) =>
        (compute as (all: NumberColumn) => NumberColumn)(column),
      );
    }
    case "piecewise": {
      const { knots, values } = node;
      return unary(
        compiling,
        (out, a, mask, count) => {
          for (let i = 0; i < count; i++) out[i] = operations.interpolate(a[i & mask]!, knots, values);
        },
        node.operand,
        free,
      );
    }
  }
}

function constant(value: number): Operand {
  const one = Float64Array.of(value);
  return { numbers: () => one, mask: 0 };
}

/** The first register from `free` on that no operand holds. */
function after(free: number, { register: held }: Operand): number {
  return held === undefined ? free : Math.max(free, held + 1);
}

function unary(compiling: Compiling, kernel: UnaryKernel, operand: FormulaExpression, free: number): Operand {
  const { numbers, mask } = compileNumber(compiling, operand, free);
  compiling.steps.push((state) => kernel(register(state, free), numbers(state), mask, state.count));
  return inRegister(free);
}

function binary(
  compiling: Compiling,
  kernel: BinaryKernel,
  [left, right]: readonly [FormulaExpression, FormulaExpression],
  free: number,
): Operand {
  const a = compileNumber(compiling, left, free);
  return combine(compiling, kernel, a, compileNumber(compiling, right, after(free, a)), free);
}

/** A step that makes a whole new column of the operand's. */
function columnStep(
  compiling: Compiling,
  operand: FormulaExpression,
  free: number,
  compute: (column: NumberColumn) => NumberColumn,
): Operand {
  const { numbers, mask } = compileNumber(compiling, operand, free);
  compiling.steps.push((state) => {
    const given = numbers(state);
    const { count } = state;
    const whole = mask === 0 ? new Float64Array(count).fill(given[0]!) : given.subarray(0, count);
    register(state, free).set(compute(whole));
  });
  return inRegister(free);
}

function compileFusion({ reads, fusions }: Compiling, name: string): Operand {
  if (!reads.some((each) => each.name === name))
    reads.push({ name, formula: compileFormula(required(fusions.get(name), name), fusions) });
  return { numbers: (state) => required(state.fusions.get(name), name).column, mask: -1 };
}

function compileCall(
  compiling: Compiling,
  node: Extract<FormulaExpression, { readonly kind: "call" }>,
  free: number,
): Operand {
  const row = formulaFunctions[node.function];
  const kernel = functionKernels[node.function];
  switch (row.of) {
    case "numbers":
      return applyNumbers(compiling, { compute: row.compute, kernel }, node.arguments, undefined, free);
    case "numbers and clock": {
      const clock: Operand = { numbers: ({ now }) => now, mask: 0 };
      return applyNumbers(compiling, { compute: row.compute, kernel }, node.arguments, clock, free);
    }
    case "value": {
      const [argument] = node.arguments;
      if (argument === undefined) throw new Error(`\`${node.function}\` has no argument`);
      const values = compileValues(compiling, argument, free);
      const { compute } = row;
      compiling.steps.push((state) => {
        const [out, given] = [register(state, free), values(state)];
        for (let i = 0; i < state.count; i++) out[i] = compute(given[i]);
      });
      return inRegister(free);
    }
    case "text":
      throw new Error(`\`${node.function}\` is not a number`);
  }
}

/** A function of numbers, which may have a loop of its own. */
interface NumbersFunction {
  readonly compute: (...numbers: number[]) => number;
  readonly kernel: BinaryKernel | undefined;
}

/** A function of numbers over its arguments' columns, and over the last operand where there is one. */
function applyNumbers(
  compiling: Compiling,
  { compute, kernel }: NumbersFunction,
  nodes: readonly FormulaExpression[],
  last: Operand | undefined,
  free: number,
): Operand {
  let next = free;
  const operands = nodes.map((node) => {
    const operand = compileNumber(compiling, node, next);
    next = after(next, operand);
    return operand;
  });
  const [a, b, c, ...more] = last === undefined ? operands : [...operands, last];
  if (a === undefined) throw new Error("a function of numbers without an argument");
  if (b === undefined) {
    compiling.steps.push((state) => {
      const [out, x, { count }] = [register(state, free), a.numbers(state), state];
      for (let i = 0; i < count; i++) out[i] = compute(x[i & a.mask]!);
    });
    return inRegister(free);
  }
  if (c === undefined) return combine(compiling, kernel ?? kernelOf(compute), a, b, free);
  compiling.steps.push((state) => {
    const out = register(state, free);
    const [x, y, z, { count }] = [a.numbers(state), b.numbers(state), c.numbers(state), state];
    const others = more.map(({ numbers, mask }) => ({ column: numbers(state), mask }));
    if (others.length === 0)
      for (let i = 0; i < count; i++) out[i] = compute(x[i & a.mask]!, y[i & b.mask]!, z[i & c.mask]!);
    else
      for (let i = 0; i < count; i++) {
        const rest = others.map(({ column, mask }) => column[i & mask]!);
        out[i] = compute(x[i & a.mask]!, y[i & b.mask]!, z[i & c.mask]!, ...rest);
      }
  });
  return inRegister(free);
}

function kernelOf(compute: NumbersFunction["compute"]): BinaryKernel {
  return (out, x, xMask, y, yMask, count) => {
    for (let i = 0; i < count; i++) out[i] = compute(x[i & xMask]!, y[i & yMask]!);
  };
}

/** Values of any type, a candidate each. */
function compileValues(
  compiling: Compiling,
  node: FormulaExpression,
  free: number,
): (state: State) => ArrayLike<unknown> {
  switch (node.type) {
    case "text":
      return compileText(node);
    case "texts":
    case "vector": {
      const name = node.kind === "input" ? node.name : "";
      return ({ frame }) => required(frame?.lists.get(name) ?? frame?.vectors.get(name), name);
    }
    default: {
      const { numbers, mask } = compileNumber(compiling, node, free);
      return (state) => (mask === -1 ? numbers(state) : new Float64Array(state.count).fill(numbers(state)[0]!));
    }
  }
}

/** Whether the operand is one of the values, or has one among its texts. */
function compileMember(
  compiling: Compiling,
  { operand, values }: Extract<FormulaExpression, { readonly kind: "member" }>,
  free: number,
): Operand {
  const texts = values.flatMap((value) => constantText(value) ?? []);
  if (operand.type === "text" && texts.length === values.length) return compareWithAny(compiling, operand, texts, free);
  const [first, ...others] = values;
  if (first === undefined) throw new Error("a list of no values");
  let result = compileMemberOf(compiling, operand, first, free);
  for (const value of others)
    result = combine(compiling, logicKernels.or, result, compileMemberOf(compiling, operand, value, free + 1), free);
  return result;
}

function compileMemberOf(
  compiling: Compiling,
  operand: FormulaExpression,
  value: FormulaExpression,
  free: number,
): Operand {
  if (operand.type === "texts" && operand.kind === "input") {
    const { name } = operand;
    const lists = ({ frame }: State): TextsColumn => required(frame?.lists.get(name), name);
    const text = constantText(value);
    const texts = compileText(value);
    compiling.steps.push((state) => {
      const [out, all] = [register(state, free), lists(state)];
      if (text !== undefined) return hasValue(out, all, text, state.count);
      const own = texts(state);
      for (let i = 0; i < state.count; i++) out[i] = operations.hasText(all[i], own[i]);
    });
    return inRegister(free);
  }
  return operand.type === "text"
    ? compareTexts(compiling, "==", operand, value, free)
    : binary(compiling, comparisonKernels["=="], [operand, value], free);
}
