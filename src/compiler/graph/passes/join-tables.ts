/**
 * Tables whose rows a step reads and writes by the same ids, such as an embedding and the slots of its optimizer, as one table: the row of an id is
 * then in one place of the memory, which of a large table is not in a near cache. The numbers stay the same.
 */
import type { GraphFunction, Program, StateVariable, Update, ValueId } from "../graph.js";
import { AppendedNodes } from "./append-nodes.js";
import { readersIn, readersOf } from "./readers.js";

/** A table of several beside each other. */
export interface JoinedTable {
  /** [rows, sum of the widths]; without pieces, since its first values are those of its parts. */
  readonly table: StateVariable;
  readonly parts: readonly JoinedPart[];
}

/** Columns [begin, begin + width) of a joined table. */
export interface JoinedPart {
  readonly variable: StateVariable;
  readonly begin: number;
  readonly width: number;
}

export interface JoinedProgram {
  /** Whose state has joined tables in the place of their parts. */
  readonly program: Program;
  readonly joined: readonly JoinedTable[];
}

/** Elements of a joined table at most, 256 MiB: a session that is filled has it twice for a while. */
const mostElements = 2 ** 26;

/**
 * The program with fewer tables: those are joined that have as many rows, that every function updates at the same distinct ids or not at all, and that are only
 * read by rows. A function that updates nothing reads its columns of joined rows.
 */
export function joinTables(program: Program): JoinedProgram {
  const joined = groupsOf(program).map((parts) => joinedTable(program, parts));
  if (joined.length === 0) return { program, joined };
  const first = new Map(joined.map((each) => [each.parts[0]?.variable.name, each]));
  const parts = new Set(joined.flatMap((each) => each.parts.map(({ variable }) => variable.name)));
  return {
    program: {
      state: program.state.flatMap((variable) => {
        const whole = first.get(variable.name);
        if (whole !== undefined) return [whole.table];
        return parts.has(variable.name) ? [] : [variable];
      }),
      functions: program.functions.map((fn) => joinIn(fn, joined)),
    },
    joined,
  };
}

/** Variables that may be one, in their order; each group has two or more. */
function groupsOf({ state, functions }: Program): readonly (readonly StateVariable[])[] {
  const facts = functions.map((fn) => ({ whole: readWhole(fn), ids: updatedAt(fn) }));
  const groups = new Map<string, StateVariable[]>();
  for (const variable of state) {
    const { dtype, shape } = variable.type;
    const [rows, width] = shape;
    if (dtype !== "float32" || shape.length !== 2 || typeof rows !== "number" || typeof width !== "number") continue;
    if (facts.some(({ whole }) => whole.has(variable.name))) continue;
    const ids = facts.map((fact) => fact.ids.get(variable.name));
    if (ids.every((each) => each === undefined) || ids.includes(assigned)) continue;
    const key = [rows, ...ids.map((id) => id ?? "")].join(" ");
    const group = groups.get(key) ?? [];
    const columns = [...group, variable].reduce((sum, { type }) => sum + Number(type.shape[1]), 0);
    if (columns * rows <= mostElements) groups.set(key, [...group, variable]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** State that something else than a gather reads. */
function readWhole(fn: GraphFunction): ReadonlySet<string> {
  const readers = readersOf(fn);
  return new Set(
    fn.nodes.flatMap((node, id) =>
      node.op === "state" && readersIn(readers, id).some((reader) => reader?.node.op !== "gather" || reader.input !== 0)
        ? [node.attributes.name]
        : [],
    ),
  );
}

/** In the place of the ids of a variable that is replaced as a whole. */
const assigned = -1;

/** The ids by which each variable is updated. */
function updatedAt(fn: GraphFunction): ReadonlyMap<string, ValueId> {
  return new Map(fn.updates.map((update) => [update.state, update.kind === "scatter" ? update.ids : assigned]));
}

function joinedTable({ state }: Program, variables: readonly StateVariable[]): JoinedTable {
  const parts: JoinedPart[] = [];
  let columns = 0;
  for (const variable of variables) {
    const width = Number(variable.type.shape[1]);
    parts.push({ variable, begin: columns, width });
    columns += width;
  }
  const [first] = variables;
  if (first === undefined) throw new Error("a joined table has parts");
  const taken = new Set(state.map(({ name }) => name));
  let name = `${first.name}/joined`;
  while (taken.has(name)) name += "_";
  const shape = [first.type.shape[0] ?? 0, columns];
  return { table: { ...first, name, type: { dtype: "float32", shape }, pieces: [] }, parts };
}

function joinIn(fn: GraphFunction, joined: readonly JoinedTable[]): GraphFunction {
  const places = new Map(
    joined.flatMap(({ table, parts }) => parts.map((part) => [part.variable.name, { table, parts, ...part }] as const)),
  );
  const appended = new AppendedNodes(fn);
  const states = new Map<string, ValueId>();
  const rows = new Map<string, ValueId>();
  fn.nodes.forEach((node, id) => {
    const [source = -1, ids = -1] = node.inputs;
    const of = fn.nodes[source];
    const place = node.op === "gather" && of?.op === "state" ? places.get(of.attributes.name) : undefined;
    if (place === undefined) return;
    const { table, begin, width } = place;
    const columns = appended.like(node.label, node, () => {
      const state = states.get(table.name) ?? appended.state(table);
      states.set(table.name, state);
      const key = `${table.name} ${ids}`;
      const read = rows.get(key) ?? appended.gather(state, ids);
      rows.set(key, read);
      return appended.slice(read, { axis: node.type.shape.length - 1, begin, size: width });
    });
    appended.replace(id, columns);
  });
  const updates = fn.updates.flatMap((update): readonly Update[] => {
    const place = places.get(update.state);
    if (place === undefined || update.kind !== "scatter") return [update];
    if (place.begin > 0) return [];
    const { table, parts } = place;
    const values = parts.map(({ variable }) => rowsOf(fn, variable.name));
    const joinedRows = appended.like(`update/${table.name}`, {}, () => appended.concat(values, 1));
    return [{ kind: "scatter", state: table.name, ids: update.ids, rows: joinedRows }];
  });
  return appended.finish(updates);
}

/** The rows that a scatter writes. */
function rowsOf({ name, updates }: GraphFunction, state: string): ValueId {
  for (const update of updates) if (update.state === state && update.kind === "scatter") return update.rows;
  throw new Error(`\`${name}\` writes no rows of \`${state}\``);
}
