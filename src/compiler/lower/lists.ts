/** The lists of a batch as values of a function: what losses over lists look at their rows by. */
import type { Lists } from "../builtins/index.js";
import { float32, type GraphBuilder, int32, type ValueId } from "../graph/index.js";
import { type ListKey, listInputs } from "../model/index.js";

/** `counted`: [B], 1 for rows that count, else 0. */
export function createLists(builder: GraphBuilder, key: ListKey, counted: ValueId): Lists {
  switch (key.kind) {
    case "column":
      return listsOfColumn(builder, counted);
    case "batch":
      return listOfBatch(builder, counted);
  }
}

/** Rows go to [G, L] by their indices, and from there whole lists to the rows: what is copied lies together. */
function listsOfColumn(builder: GraphBuilder, counted: ValueId): Lists {
  const groups = builder.input(listInputs.groups, int32("B"));
  const rows = builder.input(listInputs.rows, int32("B"));
  const lists = builder.input(listInputs.lists, int32("G", "L"));
  const zero = builder.scalar(0, "int32");
  const isRow = builder.lessEqual(zero, lists);
  const taken = builder.maximum(lists, zero);
  const inLists = (value: ValueId): ValueId => builder.gather(value, taken);
  const real = (): ValueId => builder.mul(inLists(counted), builder.cast(isRow, "float32"));
  const own = (value: ValueId): ValueId => builder.expandDims(value, 1);
  const memberRows = (): ValueId => builder.gather(lists, groups);
  return {
    count: "G",
    length: "L",
    counted,
    own,
    padded: (value, fill) =>
      builder.select(builder.less(builder.scalar(0), real()), inLists(value), builder.scalar(fill)),
    members: (value) => builder.gather(inLists(value), groups),
    isMember: () => builder.mul(builder.gather(real(), groups), own(counted)),
    isSelf: () => builder.equal(memberRows(), own(rows)),
    isEarlier: () => builder.less(memberRows(), own(rows)),
    sum: (value) => builder.segmentSum(value, groups, "G"),
    spread: (value) => builder.gather(value, groups),
  };
}

/** One list of all rows, [1, B]: sizes that are known with the batch's, and nothing to be gathered. */
function listOfBatch(builder: GraphBuilder, counted: ValueId): Lists {
  const across = (value: ValueId): ValueId => builder.broadcast(builder.reshape(value, [1, "B"]), ["B", "B"]);
  const own = (value: ValueId): ValueId => builder.expandDims(value, 1);
  const rows = (): ValueId => builder.input(listInputs.rows, int32("B"));
  return {
    count: 1,
    length: "B",
    counted,
    own,
    padded: (value, fill) =>
      builder.reshape(builder.select(builder.less(builder.scalar(0), counted), value, builder.scalar(fill)), [1, "B"]),
    members: across,
    isMember: () => builder.mul(across(counted), own(counted)),
    isSelf: () => builder.equal(across(rows()), own(rows())),
    isEarlier: () => builder.less(across(rows()), own(rows())),
    sum: (value) => builder.reshape(builder.sum(value), [1]),
    spread: (value) => builder.broadcast(value, float32("B").shape),
  };
}
