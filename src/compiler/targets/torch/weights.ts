/** `weights.safetensors`: tensors of the package under the keys of its state dict. */
import type { StateVariable } from "../../graph/index.js";
import { safetensorsHead } from "../safetensors-head.js";
import type { StateBytes } from "../target.js";
import type { Placement } from "./parameters.js";

/** A piece of a variable of the program: where a tensor's rows are. */
interface Source {
  readonly variable: StateVariable;
  readonly row: number;
  readonly rows: number;
}

/** Bytes of one read. */
const chunk = 1 << 24;

export function weightsContent(
  placements: readonly Placement[],
  state: readonly StateVariable[],
  read: StateBytes,
): () => Iterable<Uint8Array> {
  const sources = new Map(
    state.flatMap((variable) =>
      variable.pieces.map(({ name, row, rows }): [string, Source] => [name, { variable, row, rows }]),
    ),
  );
  return function* () {
    const forms = placements.map(({ key, shape, transposed: isTransposed }) => {
      return [key, { dtype: "float32", shape: isTransposed ? shape.toReversed() : shape }] as const;
    });
    yield safetensorsHead(forms).head;
    for (const placement of placements) {
      if (placement.transposed) yield transposed(placement, sources, read);
      else yield* bytesOf(placement, sources, read);
    }
  };
}

/** The bytes of a variable as the package has it, whose pieces the program may keep elsewhere. */
function* bytesOf(
  { variable }: Placement,
  sources: ReadonlyMap<string, Source>,
  read: StateBytes,
): Iterable<Uint8Array> {
  for (const { name } of variable.pieces) {
    const source = sources.get(name);
    if (source === undefined) throw new Error(`the program has no ${name}`);
    const width = 4 * source.variable.type.shape.slice(1).reduce<number>((product, size) => product * Number(size), 1);
    const end = (source.row + source.rows) * width;
    for (let from = source.row * width; from < end; from += chunk)
      yield read(source.variable.name, from, Math.min(end, from + chunk));
  }
}

/** [in, out] as [out, in]. */
function transposed(placement: Placement, sources: ReadonlyMap<string, Source>, read: StateBytes): Uint8Array {
  const [rows = 0, columns = 0] = placement.shape;
  const from = new Uint8Array(4 * rows * columns);
  let at = 0;
  for (const bytes of bytesOf(placement, sources, read)) {
    from.set(bytes, at);
    at += bytes.length;
  }
  const [values, result] = [new Float32Array(from.buffer), new Float32Array(rows * columns)];
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      result[column * rows + row] = values[row * columns + column] ?? 0;
  return new Uint8Array(result.buffer);
}
