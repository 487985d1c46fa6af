/** Checks that a function or a program keeps the rules of the IR; run after every pass. */
import { formatType, isDim, sameType, symbolsOf } from "./dims.js";
import { GraphError } from "./graph-error.js";
import type { GraphFunction, GraphNode, Program, StateVariable, TensorType, Update, ValueId } from "./graph.js";
import { inferType, isOpName } from "./ops/table.js";

/** What is wrong with the program, in sentences; empty when nothing is. */
export function checkProgram(program: Program): readonly string[] {
  return [
    ...repeated(program.state.map((variable) => variable.name)).map((name) => `two variables are called \`${name}\``),
    ...repeated(program.functions.map((fn) => fn.name)).map((name) => `two functions are called \`${name}\``),
    ...program.state.flatMap(checkVariable),
    ...program.functions.flatMap((fn) => checkFunction(fn, program.state)),
  ];
}

/** Throws {@link GraphError} with all that {@link checkProgram} finds. */
export function assertValidProgram(program: Program): void {
  assertNone("the program", checkProgram(program));
}

/** Throws {@link GraphError} with all that {@link checkFunction} finds. */
export function assertValidFunction(fn: GraphFunction, state: readonly StateVariable[]): void {
  assertNone(`\`${fn.name}\``, checkFunction(fn, state));
}

function assertNone(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new GraphError(`${what} is not well formed: ${problems.join("; ")}`);
}

/** What is wrong with the function over this state: order, types, names, sizes, updates. */
export function checkFunction(fn: GraphFunction, state: readonly StateVariable[]): readonly string[] {
  const variables = new Map(state.map((variable) => [variable.name, variable]));
  const where = (id: ValueId): string => `\`${fn.name}\` %${id}`;
  return [
    ...fn.nodes.flatMap((node, id) => checkNode(fn, node, id, variables).map((problem) => `${where(id)}: ${problem}`)),
    ...checkInputs(fn),
    ...checkSizes(fn),
    ...repeated(fn.outputs.map((output) => output.name)).map(
      (name) => `\`${fn.name}\`: two outputs are called \`${name}\``,
    ),
    ...fn.outputs
      .filter((output) => fn.nodes[output.value] === undefined)
      .map((output) => `\`${fn.name}\`: output \`${output.name}\` is %${output.value}, which does not exist`),
    ...fn.updates.flatMap((update) => checkUpdate(fn, update, variables)),
    ...checkWrites(fn),
  ];
}

function checkNode(
  fn: GraphFunction,
  node: GraphNode,
  id: ValueId,
  variables: ReadonlyMap<string, StateVariable>,
): readonly string[] {
  if (!isOpName(node.op)) return [`there is no op \`${String((node as GraphNode).op)}\``];
  const late = node.inputs.filter((input) => !(Number.isInteger(input) && input >= 0 && input < id));
  if (late.length > 0) return [`reads ${late.map((input) => `%${input}`).join(", ")}, which is not before it`];
  const odd = node.type.shape.filter((dim) => !isDim(dim));
  if (odd.length > 0) return [`has ${odd.map((dim) => `\`${dim}\``).join(", ")} as a size`];
  try {
    const inputs = node.inputs.flatMap((input) => fn.nodes[input]?.type ?? []);
    const type = inferType(node.op, inputs, node.attributes, (name) => variableType(variables, name));
    return sameType(type, node.type) ? [] : [`is typed ${formatType(node.type)}; it is ${formatType(type)}`];
  } catch (error) {
    if (error instanceof GraphError) return [error.message];
    throw error;
  }
}

function variableType(variables: ReadonlyMap<string, StateVariable>, name: string): TensorType {
  const variable = variables.get(name);
  if (variable === undefined) throw new GraphError(`reads \`${name}\`, which is not a state of the program`);
  return variable.type;
}

/** Inputs of one name are one feed. */
function checkInputs(fn: GraphFunction): readonly string[] {
  const types = new Map<string, TensorType>();
  return fn.nodes.flatMap((node) => {
    if (node.op !== "input") return [];
    const { name, type } = node.attributes;
    const known = types.get(name);
    types.set(name, type);
    return known === undefined || sameType(known, type) ? [] : [`\`${fn.name}\`: input \`${name}\` has two types`];
  });
}

/** Each symbolic size is said by an input or made by one `unique`, before it is used. */
function checkSizes(fn: GraphFunction): readonly string[] {
  const said = new Set(
    fn.nodes.flatMap((node) =>
      node.op === "input" ? node.type.shape.filter((dim) => typeof dim === "string" && symbolsOf(dim)[0] === dim) : [],
    ),
  );
  return fn.nodes.flatMap((node, id) => {
    if (node.op === "unique") {
      const { dim } = node.attributes;
      if (said.has(dim)) return [`\`${fn.name}\` %${id}: the size \`${dim}\` already stands for another`];
      said.add(dim);
    }
    const unsaid = node.type.shape.flatMap(symbolsOf).filter((name) => !said.has(name));
    return unsaid.map((name) => `\`${fn.name}\` %${id}: nothing says the size \`${name}\``);
  });
}

function checkUpdate(
  fn: GraphFunction,
  update: Update,
  variables: ReadonlyMap<string, StateVariable>,
): readonly string[] {
  const what = `\`${fn.name}\`: the update of \`${update.state}\``;
  const variable = variables.get(update.state);
  if (variable === undefined) return [`${what} has no such state`];
  const named = update.kind === "assign" ? [update.value] : [update.ids, update.rows];
  const missing = named.filter((id) => fn.nodes[id] === undefined);
  if (missing.length > 0) return [`${what} reads ${missing.map((id) => `%${id}`).join(", ")}, which does not exist`];
  const [first, second] = named.flatMap((id) => fn.nodes[id]?.type ?? []);
  const { type } = variable;
  if (update.kind === "assign") {
    if (first === undefined || sameType(first, type)) return [];
    return [`${what} is ${formatType(first)}; the state is ${formatType(type)}`];
  }
  if (first === undefined || second === undefined) return [];
  const rows: TensorType = { dtype: type.dtype, shape: [...first.shape, ...type.shape.slice(1)] };
  const isIds = first.dtype === "int32" && first.shape.length === 1 && type.shape.length > 0;
  return isIds && sameType(second, rows)
    ? []
    : [`${what} has the ids ${formatType(first)} and the rows ${formatType(second)} for ${formatType(type)}`];
}

/** One update for each variable: their order must not matter. */
function checkWrites(fn: GraphFunction): readonly string[] {
  return repeated(fn.updates.map((update) => update.state)).map(
    (name) => `\`${fn.name}\`: two updates write \`${name}\``,
  );
}

function checkVariable({ name, type, pieces }: StateVariable): readonly string[] {
  const problems: string[] = [];
  if (type.shape.some((dim) => typeof dim !== "number" || !isDim(dim))) {
    problems.push(`state \`${name}\` is ${formatType(type)}: its sizes must be known`);
  }
  const [first] = type.shape;
  let row = 0;
  for (const piece of pieces) {
    if (piece.row !== row || !(piece.rows >= 0))
      problems.push(`piece \`${piece.name}\` of \`${name}\` does not start at row ${row}`);
    row = piece.row + piece.rows;
  }
  if (type.shape.length > 0 && row !== first) problems.push(`the pieces of \`${name}\` have ${row} rows of ${first}`);
  if (type.shape.length === 0 && pieces.length !== 1)
    problems.push(`the scalar \`${name}\` has ${pieces.length} pieces`);
  return [
    ...problems,
    ...repeated(pieces.map((piece) => piece.name)).map((piece) => `two pieces of \`${name}\` are called \`${piece}\``),
  ];
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, place) => names.indexOf(name) !== place))];
}
