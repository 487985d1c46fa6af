/** The files of a SavedModel's folder: one where the weights are small, else the weights in files of their own. */
import { type Program, stateBytes, type StateVariable } from "../../graph/index.js";
import { crc32c } from "../../model/index.js";
import { type ByteSource, joinedBytes } from "../protobuf.js";
import type { StateBytes, TargetFile } from "../target.js";
import { type BundleEntry, bundleFiles, compareBundleNames, encodeBundleIndex } from "./bundle.js";
import { createSavedModel } from "./saved-model.js";

/** Bytes of weights that are in the one file; more of them are files of their own beside it. */
const largestInline = 1 << 26;
const graphFile = "saved_model.pb";
/** Bytes of a piece. */
const chunkBytes = 1 << 21;

export interface FilesOptions {
  /** The most bytes of weights that the one file has. */
  readonly inline?: number;
  /** As of `createSavedModel`. */
  readonly accessors?: boolean;
}

/**
 * Parameters and statistics have the values of `weights`; slots and the step start at zero, as in a session that has not trained.
 */
export function savedModelFiles(
  program: Program,
  weights: StateBytes,
  { inline = largestInline, accessors = true }: FilesOptions = {},
): readonly TargetFile[] {
  const variables = program.state.filter(({ role }) => role === "parameter" || role === "statistic");
  const total = variables.reduce((sum, variable) => sum + stateBytes(variable), 0);
  if (total <= inline) {
    const values = new Map(variables.map((variable) => [variable.name, bytesOf(variable, weights)]));
    return [{ path: graphFile, content: () => createSavedModel(program, { values, accessors }).content.pieces() }];
  }
  const restored = new Set(variables.map(({ name }) => name));
  const entries: BundleEntry[] = [];
  return [
    { path: graphFile, content: joinedBytes(createSavedModel(program, { restored, accessors }).content) },
    { path: bundleFiles.data, content: () => bundleData(variables, weights, entries) },
    { path: bundleFiles.index, content: () => [encodeBundleIndex(entries)] },
  ];
}

/** The elements of all variables, and what the index says of them, into `entries`. */
function* bundleData(
  variables: readonly StateVariable[],
  weights: StateBytes,
  entries: BundleEntry[],
): Iterable<Uint8Array> {
  let offset = 0;
  for (const variable of variables.toSorted((a, b) => compareBundleNames(a.name, b.name))) {
    const { name, type } = variable;
    const size = stateBytes(variable);
    let sum = 0;
    for (const bytes of piecesOf(variable, weights)) {
      sum = crc32c(bytes, sum);
      yield bytes;
    }
    entries.push({ name, dtype: type.dtype, shape: type.shape.map(Number), offset, size, crc32c: sum });
    offset += size;
  }
}

/** The elements of a variable, read as they are written. */
function bytesOf(variable: StateVariable, weights: StateBytes): ByteSource {
  const length = stateBytes(variable);
  return { length, pieces: () => piecesOf(variable, weights) };
}

function* piecesOf(variable: StateVariable, weights: StateBytes): Iterable<Uint8Array> {
  const length = stateBytes(variable);
  for (let from = 0; from < length; from += chunkBytes)
    yield weights(variable.name, from, Math.min(length, from + chunkBytes));
}
