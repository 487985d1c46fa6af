/** Calls of any number of rows as calls of few sizes, for a session that makes a plan for each size that comes. */
import { functionInputs, type GraphFunction } from "../../../compiler/graph/index.js";
import type { HostTensor, Session } from "../../engine/index.js";

/** Rows of a call at least: fewer are filled up. */
const leastRows = 16;

/** And at most; sizes are twice as large as one another, so that there are eight plans. */
const mostRows = 2048;

type Feeds = Readonly<Record<string, HostTensor>>;

/** What computes the functions of a session. */
export type Caller = Pick<Session, "run">;

/** Calls of a function whose inputs and outputs have a row for each row of a call; undefined where one has not. What a row gets does not depend on the others. */
export function sizedCalls(session: Session, target: GraphFunction): Caller | undefined {
  const inputs = functionInputs(target);
  const outputs = target.outputs.map(({ value }) => target.nodes[value]?.type.shape ?? []);
  const types = [...inputs.map(({ type }) => type.shape), ...outputs];
  if (!types.every(([first, ...rest]) => first === "B" && rest.every((size) => typeof size === "number")))
    return undefined;
  /** What is filled up: with the first rows of tables, and zeros. */
  const rooms = inputs.map(({ name, type: { dtype, shape } }) => {
    const length = shape.slice(1).reduce<number>((product, size) => product * Number(size), leastRows);
    return { name, room: dtype === "float32" ? new Float32Array(length) : new Int32Array(length) };
  });
  const partOf = (feeds: Feeds, rows: number, first: number, count: number): Feeds =>
    Object.fromEntries(
      rooms.flatMap(({ name, room }): readonly (readonly [string, HostTensor])[] => {
        const feed = feeds[name];
        if (feed === undefined) return [];
        const width = feed.data.length / rows;
        const some = feed.data.subarray(first * width, Math.min(rows, first + count) * width);
        const isWhole = some.length === count * width;
        if (!isWhole) room.fill(0).set(some);
        return [[name, { shape: [count, ...feed.shape.slice(1)], data: isWhole ? some : room }]];
      }),
    );
  const run: Session["run"] = (name, feeds) => {
    const rows = Object.values(feeds)[0]?.shape[0] ?? 0;
    const parts: Feeds[] = [];
    let first = 0;
    while (first < rows) {
      const count = sizeOf(rows - first);
      parts.push(session.run(name, partOf(feeds, rows, first, count)));
      first += count;
    }
    return joined(parts, rows);
  };
  return { run };
}

/** Rows of the next call where so many are left: as many as a size has at most, the smallest one for what is less than that. */
function sizeOf(left: number): number {
  let size = mostRows;
  while (size > left && size > leastRows) size /= 2;
  return size;
}

/** The first rows of parts behind one another. */
function joined(parts: readonly Feeds[], rows: number): Feeds {
  const [first = {}] = parts;
  return Object.fromEntries(
    Object.entries(first).map(([name, { shape, data }]): [string, HostTensor] => {
      const width = data.length / (shape[0] ?? 1);
      const all = data instanceof Float32Array ? new Float32Array(rows * width) : new Int32Array(rows * width);
      let at = 0;
      for (const part of parts) {
        const values = part[name]?.data.subarray(0, rows * width - at) ?? [];
        all.set(values, at);
        at += values.length;
      }
      return [name, { shape: [rows, ...shape.slice(1)], data: all }];
    }),
  );
}
