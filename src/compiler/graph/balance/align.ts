/** Gradients of several losses with respect to one value, dense or by rows, side by side. */
import type { Gradient, SparsePart } from "../autodiff.js";
import type { GraphBuilder } from "../builder.js";
import type { Shape, ValueId } from "../graph.js";

/** The sum; parts of one gather are added row by row. `shape`: that of the value. */
export function addGradients(builder: GraphBuilder, gradients: readonly Gradient[], shape: Shape): Gradient {
  const dense = gradients.flatMap((gradient) => (gradient.kind === "dense" ? [gradient.value] : []));
  const parts = joinParts(builder, gradients);
  if (dense.length === 0) return parts.length === 0 ? { kind: "none" } : { kind: "sparse", parts };
  const values = [...dense, ...parts.map((part) => builder.segmentSum(part.rows, part.ids, shape[0] ?? 1))];
  return { kind: "dense", value: values.reduce((sum, value) => builder.add(sum, value)) };
}

/** The gradient times a factor that broadcasts to a row: float32[]. */
export function scaleGradient(builder: GraphBuilder, gradient: Gradient, factor: ValueId): Gradient {
  switch (gradient.kind) {
    case "dense":
      return { kind: "dense", value: builder.mul(gradient.value, factor) };
    case "sparse":
      return {
        kind: "sparse",
        parts: gradient.parts.map((part) => ({ ...part, rows: builder.mul(part.rows, factor) })),
      };
    case "none":
      return gradient;
  }
}

/** One part for each gather that any of them has. */
function joinParts(builder: GraphBuilder, gradients: readonly Gradient[]): readonly SparsePart[] {
  const joined = new Map<string, SparsePart>();
  for (const part of gradients.flatMap((gradient) => (gradient.kind === "sparse" ? gradient.parts : []))) {
    const key = keyOf(part);
    const known = joined.get(key);
    joined.set(key, known === undefined ? part : { ...part, rows: builder.add(known.rows, part.rows) });
  }
  return [...joined.values()];
}

function keyOf({ gathered }: SparsePart): string {
  return gathered.join(" ");
}

/** Gradients of one value as tensors of one shape; nothing for a loss that does not depend on it. */
export interface Aligned {
  readonly values: readonly (ValueId | undefined)[];
  /** Set when the values are [U, …r], of the distinct rows of a table that any of the gradients touches. */
  readonly rows?: AlignedRows;
}

/** The rows before equal ids were added up. */
export interface AlignedRows {
  readonly gathered: readonly ValueId[];
  /** [N]. */
  readonly ids: ValueId;
  /** [N, …r] each. */
  readonly values: readonly (ValueId | undefined)[];
}

/** `shape`: that of the value. Sparse gradients meet on the union of their ids. */
export function alignGradients(builder: GraphBuilder, gradients: readonly Gradient[], shape: Shape): Aligned {
  if (gradients.some(({ kind }) => kind === "dense") || gradients.every(({ kind }) => kind === "none")) {
    return { values: gradients.map((gradient) => denseValue(builder, gradient, shape)) };
  }
  const parts = joinParts(builder, gradients);
  const ids = builder.concat(
    parts.map((part) => part.ids),
    0,
  );
  const index = builder.uniqueIndex(ids);
  const [count = 0] = builder.shape(builder.unique(ids));
  const rows = gradients.map((gradient) => {
    if (gradient.kind !== "sparse") return undefined;
    const own = new Map(gradient.parts.map((part) => [keyOf(part), part.rows]));
    return builder.concat(
      parts.map((part) => own.get(keyOf(part)) ?? builder.zeros(builder.shape(part.rows))),
      0,
    );
  });
  return {
    values: rows.map((each) => (each === undefined ? undefined : builder.segmentSum(each, index, count))),
    rows: { gathered: parts.flatMap(({ gathered }) => gathered), ids, values: rows },
  };
}

function denseValue(builder: GraphBuilder, gradient: Gradient, shape: Shape): ValueId | undefined {
  const sum = addGradients(
    builder,
    [gradient, ...(gradient.kind === "sparse" ? [zeroGradient(builder, shape)] : [])],
    shape,
  );
  return sum.kind === "dense" ? sum.value : undefined;
}

function zeroGradient(builder: GraphBuilder, shape: Shape): Gradient {
  return { kind: "dense", value: builder.zeros(shape) };
}
