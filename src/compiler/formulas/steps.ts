/** What steps of compiled formulas work on: columns of one request, and registers for what is on its way. */
import type { FormulaExpression } from "../model/index.js";
import type { Frame, NumberColumn } from "./frame.js";
import type { BinaryKernel } from "./kernels.js";

export interface State {
  frame: Frame | undefined;
  count: number;
  /** The clock, as an operand. */
  readonly now: NumberColumn;
  /** Columns of intermediate results. */
  readonly registers: NumberColumn[];
  /** Columns of the formulas that others read. */
  readonly fusions: Map<string, FusionColumn>;
  /** Candidates that a column has space for. */
  capacity: number;
}

export interface FusionColumn {
  readonly column: NumberColumn;
  isReady: boolean;
}

export type Step = (state: State) => void;

/** Where a step finds numbers. */
export interface Operand {
  readonly numbers: (state: State) => NumberColumn;
  /** 0: the same number for all candidates. */
  readonly mask: 0 | -1;
  /** The register that holds them, if one does. */
  readonly register?: number;
}

export function register({ registers, capacity }: State, at: number): NumberColumn {
  return (registers[at] ??= new Float64Array(capacity));
}

/** What compiling one formula gathers. */
export interface Compiling {
  readonly steps: Step[];
  readonly reads: NamedSteps[];
  readonly fusions: ReadonlyMap<string, FormulaExpression>;
}

export interface CompiledFormula {
  readonly steps: readonly Step[];
  readonly result: Operand;
  /** Formulas that must be computed before. */
  readonly reads: readonly NamedSteps[];
}

export interface NamedSteps {
  readonly name: string;
  readonly formula: CompiledFormula;
}

export function inRegister(at: number): Operand {
  return { numbers: (state) => register(state, at), mask: -1, register: at };
}

/** A step that combines two operands into a register. */
export function combine({ steps }: Compiling, kernel: BinaryKernel, a: Operand, b: Operand, free: number): Operand {
  steps.push((state) => kernel(register(state, free), a.numbers(state), a.mask, b.numbers(state), b.mask, state.count));
  return inRegister(free);
}

/** Names were resolved by the checker: one that is not there is our mistake, not the user's. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the frame has no \`${name}\``);
  return value;
}
