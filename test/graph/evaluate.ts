/** Small helpers of the graph's tests: variables, and running what a builder wrote. */
import {
  type ArrayValue,
  createInterpreter,
  GraphBuilder,
  type Initializer,
  type StateVariable,
  type Tensor,
  type TensorType,
  type ValueId,
} from "../../src/compiler/graph/index.js";

export const array = (shape: readonly number[], ...data: readonly number[]): ArrayValue => ({ shape, data });

export function variable(
  name: string,
  type: TensorType,
  role: StateVariable["role"] = "parameter",
  initializer: Initializer = { kind: "constant", value: 0 },
): StateVariable {
  const [rows = 1] = type.shape;
  return { name, type, role, pieces: [{ name, row: 0, rows: Number(rows), initializer }] };
}

/** Runs the function that `build` writes; what it returns are the outputs. */
export function evaluate(
  build: (builder: GraphBuilder) => Readonly<Record<string, ValueId>>,
  feeds: Readonly<Record<string, ArrayValue>> = {},
  state: ReadonlyMap<string, ArrayLike<number>> = new Map(),
): Readonly<Record<string, Tensor>> {
  const builder = new GraphBuilder("f");
  const outputs = Object.entries(build(builder)).map(([name, value]) => ({ name, value }));
  const program = { state: builder.variables, functions: [builder.finish(outputs)] };
  const known = new Map([...state].filter(([name]) => builder.variables.some((each) => each.name === name)));
  return createInterpreter(program, known).run("f", feeds);
}

/** The numbers of one output. */
export function numbers(outputs: Readonly<Record<string, Tensor>>, name: string): readonly number[] {
  const tensor = outputs[name];
  if (tensor === undefined) throw new Error(`there is no output \`${name}\``);
  return [...tensor.data];
}

/** Differences of magnitude, for comparing with a tolerance that grows with the numbers. */
export function largestError(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  return actual.reduce(
    (most, value, place) =>
      Math.max(most, Math.abs(value - (expected[place] ?? NaN)) / Math.max(1, Math.abs(expected[place] ?? 0))),
    0,
  );
}
