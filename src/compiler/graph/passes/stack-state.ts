/** State variables that a step computes in the same way, as rows of one variable: it is read, updated and loaded as one. */
import type { GraphFunction, Program, StateVariable, Update, ValueId } from "../graph.js";
import { sizeOfShape } from "../tensor.js";
import { AppendedNodes } from "./append-nodes.js";
import { equalForms, stackedPrefix, nodeOf } from "./equal-values.js";

/** A variable that has others as its rows. */
export interface StackedState {
  readonly whole: StateVariable;
  /** Of one type each, in the order of their rows. */
  readonly parts: readonly StateVariable[];
}

export interface StackedProgram {
  readonly program: Program;
  readonly stacked: readonly StackedState[];
}

/** Numbers of a stacked variable at most: larger ones are read a few rows at a time. */
const mostNumbers = 1 << 22;

/** Joins what a function of the program reads for values of one form, of at least `least` of them; the program itself where there is nothing to join. */
export function stackState(program: Program, name: string, least: number): StackedProgram {
  const fn = program.functions.find((each) => each.name === name);
  if (fn === undefined) throw new Error(`there is no function ${name}`);
  const stacked = alikeIn(program, fn, least).map((parts) => ({ whole: wholeOf(parts), parts }));
  if (stacked.length === 0) return { program, stacked };
  const names = new Set(stacked.flatMap(({ parts }) => parts.map(({ name }) => name)));
  const state = [...stacked.map(({ whole }) => whole), ...program.state.filter(({ name }) => !names.has(name))];
  return { program: { state, functions: program.functions.map((each) => withStacked(each, stacked)) }, stacked };
}

/** Variables that the values of a group each read one of, and that every function assigns together, or not at all. */
function alikeIn(
  { state, functions }: Program,
  fn: GraphFunction,
  least: number,
): readonly (readonly StateVariable[])[] {
  const known = new Map(state.map((variable) => [variable.name, variable]));
  const taken = new Set<string>();
  const lists: StateVariable[][] = [];
  for (const { members } of equalForms(fn, least).groups)
    for (const input of nodeOf(fn, members[0] ?? -1).inputs.keys()) {
      const variables = members.flatMap((id) => {
        const read = fn.nodes[nodeOf(fn, id).inputs[input] ?? -1];
        return read?.op === "state" ? (known.get(read.attributes.name) ?? []) : [];
      });
      const names = new Set(variables.map(({ name }) => name));
      const [first] = variables;
      const isApart = names.size === members.length && [...names].every((name) => !taken.has(name));
      if (first === undefined || !isApart) continue;
      if (members.length * sizeOfShape(first.type.shape.map(Number)) > mostNumbers) continue;
      if (!variables.every(({ role }) => role === first.role)) continue;
      if (!functions.every((each) => isTogether(each, names))) continue;
      for (const name of names) taken.add(name);
      lists.push(variables);
    }
  return lists;
}

function isTogether({ updates }: GraphFunction, names: ReadonlySet<string>): boolean {
  const own = updates.filter(({ state }) => names.has(state));
  return own.length === 0 || (own.length === names.size && own.every(({ kind }) => kind === "assign"));
}

function wholeOf(parts: readonly StateVariable[]): StateVariable {
  const [first] = parts;
  if (first === undefined) throw new Error("a stacked variable has parts");
  const [rows = 1, ...rest] = first.type.shape.map(Number);
  return {
    name: `${stackedPrefix}${first.name}`,
    type: { dtype: first.type.dtype, shape: [parts.length * rows, ...rest] },
    role: first.role,
    pieces: parts.flatMap(({ pieces }, at) => pieces.map((piece) => ({ ...piece, row: at * rows + piece.row }))),
  };
}

function withStacked(fn: GraphFunction, stacked: readonly StackedState[]): GraphFunction {
  const places = new Map(
    stacked.flatMap(({ whole, parts }) => parts.map((part, at) => [part.name, { whole, part, at }] as const)),
  );
  const b = new AppendedNodes(fn);
  const wholes = new Map<StateVariable, ValueId>();
  fn.nodes.forEach((node, id) => {
    const place = node.op === "state" ? places.get(node.attributes.name) : undefined;
    if (place === undefined) return;
    b.like(node.label, node, () => {
      const whole = wholes.get(place.whole) ?? b.state(place.whole);
      wholes.set(place.whole, whole);
      const size = rowsOf(place.part);
      b.replace(id, b.reshape(b.slice(whole, { axis: 0, begin: place.at * size, size }), node.type.shape));
    });
  });
  const values = new Map(fn.updates.flatMap((each) => (each.kind === "assign" ? [[each.state, each.value]] : [])));
  const assigned = stacked.flatMap(({ whole, parts }): readonly Update[] => {
    const rows = parts.flatMap((part) => values.get(part.name) ?? []);
    if (rows.length === 0) return [];
    const [first = -1] = rows;
    const node = nodeOf(fn, first);
    const value = b.like(node.label, node, () =>
      b.concat(
        rows.map((row) => asRows(b, row)),
        0,
      ),
    );
    return [{ kind: "assign", state: whole.name, value }];
  });
  return b.finish([...fn.updates.filter(({ state }) => !places.has(state)), ...assigned]);
}

/** A number as a row. */
function asRows(b: AppendedNodes, value: ValueId): ValueId {
  return b.shape(value).length === 0 ? b.reshape(value, [1]) : value;
}

function rowsOf({ type }: StateVariable): number {
  return Number(type.shape[0] ?? 1);
}
