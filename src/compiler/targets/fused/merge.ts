/**
 * Instructions of a loop that do the same for one list of ids, as one: parts of the rows of a table are read and written while they are in the nearest cache, and sums of the same rows by several lists of ids
 * read these rows once. The numbers are the same.
 */
import type { PlanInstruction, PlanOperand } from "./plan.js";

/** Parts of a row of a table that one instruction reads or writes: `mostParts` of the addon. */
const mostParts = 8;

/** How instructions of a code become one. */
interface Merging {
  /** Those with the same text may be one. */
  readonly keyOf: (instruction: PlanInstruction) => string;
  /** Operands and numbers of an instruction that are added to those of the one before. */
  readonly operands: readonly number[];
  readonly numbers: readonly number[];
  readonly most: number;
  /** Whether they are done where the last of them was: nothing between reads what they write. Otherwise where the first was, whose operands do not change. */
  readonly isLast: boolean;
}

const operandOf = ({ operands }: PlanInstruction, at: number): string => {
  const { buffer, offset, rowStride }: PlanOperand = operands[at] ?? { buffer: -1, offset: 0, rowStride: 0 };
  return [buffer, offset, rowStride].join("/");
};
const numbersOf = ({ numbers }: PlanInstruction, ...places: readonly number[]): string =>
  places.map((at) => numbers[at]).join();

const merging: Readonly<Record<string, Merging>> = {
  gather: {
    keyOf: (each) => `${each.operands[1]?.buffer} ${operandOf(each, 2)} ${numbersOf(each, 0, 1, 4)}`,
    operands: [0, 1],
    numbers: [2, 3, 5],
    most: mostParts,
    isLast: false,
  },
  scatter: {
    keyOf: (each) => `${each.operands[0]?.buffer} ${operandOf(each, 1)} ${numbersOf(each, 0, 2)}`,
    operands: [0, 2],
    numbers: [1, 3],
    most: mostParts,
    isLast: true,
  },
  segmentSumOverRows: {
    keyOf: (each) => `${operandOf(each, 1)} ${numbersOf(each, 0, 2, 3)}`,
    operands: [0, 2],
    numbers: [1, 4, 5],
    most: Infinity,
    isLast: true,
  },
};

/** The instructions of a loop with such ones merged. */
export function mergeInstructions(instructions: readonly PlanInstruction[]): readonly PlanInstruction[] {
  const groups = new Map<string, number[]>();
  const open = new Map<string, number[]>();
  instructions.forEach((instruction, at) => {
    const how = merging[instruction.code];
    if (how === undefined) return;
    const key = `${instruction.code} ${how.keyOf(instruction)}`;
    const known = open.get(key);
    if (known !== undefined && known.length < how.most) known.push(at);
    else {
      const group = [at];
      open.set(key, group);
      groups.set(`${key} ${at}`, group);
    }
  });
  const placed = new Map<number, PlanInstruction | undefined>();
  for (const group of groups.values()) {
    const members = group.flatMap((at) => instructions[at] ?? []);
    const [first, ...others] = members;
    const how = first === undefined ? undefined : merging[first.code];
    if (first === undefined || how === undefined || others.length === 0) continue;
    for (const at of group) placed.set(at, undefined);
    placed.set(group.at(how.isLast ? -1 : 0) ?? -1, {
      ...first,
      operands: [
        ...first.operands,
        ...others.flatMap(({ operands }) => how.operands.flatMap((at) => operands[at] ?? [])),
      ],
      numbers: [...first.numbers, ...others.flatMap(({ numbers }) => how.numbers.map((at) => numbers[at] ?? 0))],
    });
  }
  return instructions.flatMap((instruction, at) => (placed.has(at) ? (placed.get(at) ?? []) : [instruction]));
}
