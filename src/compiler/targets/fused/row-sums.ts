/** Sums of rows that are read from tables: one instruction adds them up in registers, and none of them is written by itself. */
import type { ValueId } from "../../graph/graph.js";
import { rootsOf } from "../../graph/passes/eliminate-dead-code.js";
import { keyOf, type Placed, type Schedule } from "./placed.js";

/** What a sum adds up, and the values that are not computed by themselves any more. */
export interface RowSum {
  readonly gathers: readonly ValueId[];
  readonly others: readonly ValueId[];
}

export interface RowSums {
  /** By the last addition. */
  readonly sums: ReadonlyMap<ValueId, RowSum>;
  readonly absorbed: ReadonlySet<ValueId>;
}

const fewest = 2;

/** Whether rows lie together, and begin where a number of 32 bits says. */
const isNear = ({ shape, strides }: Placed): boolean =>
  shape.length === 2 && strides[1] === 1 && (shape[0] ?? 0) * (strides[0] ?? 0) < 2 ** 32;

/** The sums of a function with two or more rows of tables in them. */
export function rowSumsOf(schedule: Schedule): RowSums {
  const { fn, values, live } = schedule;
  const readers = new Map<ValueId, number>();
  const count = (id: ValueId): void => void readers.set(id, (readers.get(id) ?? 0) + 1);
  fn.nodes.forEach((node, id) => {
    if (live.has(id)) node.inputs.forEach(count);
  });
  rootsOf(fn).forEach(count);
  const sums = new Map<ValueId, RowSum>();
  const absorbed = new Set<ValueId>();
  for (let id = fn.nodes.length - 1; id >= 0; id -= 1) {
    const last = fn.nodes[id];
    const whole = values.get(id);
    if (last?.op !== "add" || last.type.dtype !== "float32" || absorbed.has(id)) continue;
    if (whole?.loop === undefined || whole.shape.length !== 2) continue;
    const key = keyOf(whole.loop);
    const isInner = (operand: ValueId): boolean => {
      const value = values.get(operand);
      return (
        value?.loop !== undefined &&
        value.root === operand &&
        !value.isGlobal &&
        readers.get(operand) === 1 &&
        keyOf(value.loop) === key &&
        value.shape.length === 2 &&
        value.shape.every((size, axis) => size === whole.shape[axis])
      );
    };
    const found: { gathers: ValueId[]; others: ValueId[]; within: ValueId[] } = { gathers: [], others: [], within: [] };
    const visit = (operand: ValueId): void => {
      const node = fn.nodes[operand];
      const table = values.get(node?.inputs[0] ?? -1);
      if (node?.op === "add" && isInner(operand)) {
        found.within.push(operand);
        node.inputs.forEach(visit);
      } else if (node?.op === "gather" && isInner(operand) && table !== undefined && isNear(table)) {
        found.gathers.push(operand);
      } else found.others.push(operand);
    };
    last.inputs.forEach(visit);
    if (found.gathers.length < fewest) continue;
    sums.set(id, found);
    for (const each of [...found.gathers, ...found.within]) absorbed.add(each);
  }
  return { sums, absorbed };
}
