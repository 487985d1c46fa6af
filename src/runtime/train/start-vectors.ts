/** First values of tables that start from vectors of a file. */
import { type Program, rowsOf } from "../../compiler/graph/index.js";
import { lookupOf } from "../../compiler/lower/index.js";
import type { Model } from "../../compiler/model/model.js";
import { type Fitted, readVectors, type TableVectors, type VectorsRequest } from "../data/index.js";
import type { StateReader } from "../engine/state.js";

/** `initial` with the vectors that `embedding(…, from: "file")` names. Throws a `Failure` for a file that does not fit. */
export async function withVectors(
  initial: StateReader,
  { model, program, fitted }: { readonly model: Model; readonly program: Program; readonly fitted: Fitted },
  options: { readonly specPath: string; readonly signal?: AbortSignal | undefined },
): Promise<StateReader> {
  const vectors = await readVectors(requestsOf(model, program), fitted, options);
  return vectors.size === 0 ? initial : overlaid(initial, vectors);
}

function requestsOf(model: Model, program: Program): readonly VectorsRequest[] {
  const pieces = new Map(program.state.flatMap((variable) => variable.pieces.map((piece) => [piece.name, piece.rows])));
  return model.nodes.flatMap((node): readonly VectorsRequest[] => {
    const { from, width } = node.arguments;
    const lookup = lookupOf(node);
    const feature = model.features.find(({ name }) => name === lookup?.feature);
    const rows = pieces.get(lookup?.piece ?? "");
    if (typeof from !== "string" || lookup === undefined || feature === undefined || rows === undefined) return [];
    const { piece } = lookup;
    return [{ piece, feature, path: from, width: Number(width), copies: node.replicas ?? 1, rows, span: node.span }];
  });
}

function overlaid(initial: StateReader, vectors: ReadonlyMap<string, TableVectors>): StateReader {
  return {
    rows: (variable, first, count) => {
      const values = initial.rows(variable, first, count);
      const { width } = rowsOf(variable);
      for (const piece of variable.pieces) {
        const found = vectors.get(piece.name);
        const from = Math.max(first, piece.row);
        const to = Math.min(first + count, piece.row + piece.rows);
        if (found === undefined || from >= to) continue;
        const part = found.data.subarray((from - piece.row) * width, (to - piece.row) * width);
        values.set(part, (from - first) * width);
      }
      return values;
    },
  };
}
