import type { OpBuilder } from "../graph/op-builder.js";
import type { ValueId } from "../graph/graph.js";
import { scalarsOf, sizeOf, vectorOf } from "./vectors.js";

/** The x with M x = y, M [K, K] positive definite: by elimination, which needs no order then. */
export function solve(builder: OpBuilder, matrix: ValueId, right: ValueId): ValueId {
  const count = sizeOf(builder, matrix);
  const rows = scalarsOf(builder, right).map((value, begin) => {
    const row = builder.reshape(builder.slice(matrix, { axis: 0, begin, size: 1 }), [count]);
    return builder.concat([row, builder.reshape(value, [1])], 0);
  });
  const element = (row: ValueId, at: number): ValueId => builder.slice(row, { axis: 0, begin: at, size: 1 });
  for (let pivot = 0; pivot < count; pivot += 1) {
    const own = rows[pivot] ?? -1;
    const scaled = builder.div(own, element(own, pivot));
    for (let other = 0; other < count; other += 1) {
      const row = rows[other] ?? -1;
      rows[other] = other === pivot ? scaled : builder.sub(row, builder.mul(element(row, pivot), scaled));
    }
  }
  return vectorOf(
    builder,
    rows.map((row) => element(row, count)),
  );
}
