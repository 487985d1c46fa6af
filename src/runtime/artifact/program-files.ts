/**
 * The graphs of an artifact: the program as text, a SavedModel and a tfjs GraphModel. They hold the weights again, and read them
 * from the file of weights, which is written before them.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Program, StateVariable } from "../../compiler/graph/graph.js";
import { rowsOf } from "../../compiler/graph/initialize.js";
import { crc32c } from "../../compiler/model/checksums/crc32c.js";
import {
  type BundleEntry,
  bundleFiles,
  compareBundleNames,
  createSavedModel,
  encodeBundleIndex,
} from "../../compiler/targets/tensorflow/index.js";
import { createGraphModel, type StateBytes } from "../../compiler/targets/tfjs/index.js";
import { chunkBytes } from "../engine/engine.js";
import { version } from "../version.js";
import type { DirectoryFile } from "./directory.js";
import { artifactFiles } from "./files.js";

/** The file of weights as its readers need it: where each state variable begins in it. */
export interface WeightsFile {
  readonly path: string;
  readonly variables: readonly StateVariable[];
  readonly offset: (variable: StateVariable) => number;
}

/** Bytes of weights that are in the SavedModel's one file; more of them are files of their own beside it. */
const largestInline = 1 << 26;

/** `graphText` is the program printed; weights of at most `inline` bytes are in the SavedModel's one file. Files that hold weights are to be written after those. */
export function programFiles(
  program: Program,
  graphText: string,
  weights: WeightsFile,
  inline = largestInline,
): readonly DirectoryFile[] {
  return [
    { path: artifactFiles.graph, content: graphText },
    ...savedModelFiles(program, weights, inline),
    ...graphModelFiles(program, weights),
  ];
}

/** Slots and the step start at zero, as in a session that has not trained. */
function savedModelFiles(program: Program, weights: WeightsFile, inline: number): readonly DirectoryFile[] {
  const { variables } = weights;
  const total = variables.reduce((sum, variable) => sum + sizeOf(variable), 0);
  if (total <= inline) {
    const content = function* (folder: string): Iterable<Uint8Array> {
      yield withWeights(weights, folder, (read) => {
        const values = new Map(
          variables.map((variable) => [variable.name, arrayOf(variable, read(variable.name, 0, sizeOf(variable)))]),
        );
        return createSavedModel(program, { values }).bytes;
      });
    };
    return [{ path: artifactFiles.savedModel, content }];
  }
  const restored = new Set(variables.map(({ name }) => name));
  const entries: BundleEntry[] = [];
  return [
    { path: artifactFiles.savedModel, content: createSavedModel(program, { restored }).bytes },
    { path: `saved_model/${bundleFiles.data}`, content: (folder) => bundleData(weights, folder, entries) },
    { path: `saved_model/${bundleFiles.index}`, content: () => [encodeBundleIndex(entries)] },
  ];
}

/** The elements of all variables, and what the index says of them, into `entries`. */
function* bundleData(weights: WeightsFile, folder: string, entries: BundleEntry[]): Iterable<Uint8Array> {
  let offset = 0;
  const read = openWeights(weights, folder);
  try {
    for (const variable of weights.variables.toSorted((a, b) => compareBundleNames(a.name, b.name))) {
      const { name, type } = variable;
      const size = sizeOf(variable);
      let sum = 0;
      for (let from = 0; from < size; from += chunkBytes) {
        const bytes = read.bytes(name, from, Math.min(size, from + chunkBytes));
        sum = crc32c(bytes, sum);
        yield bytes;
      }
      entries.push({ name, dtype: type.dtype, shape: type.shape.map(Number), offset, size, crc32c: sum });
      offset += size;
    }
  } finally {
    read.close();
  }
}

function graphModelFiles(program: Program, weights: WeightsFile): readonly DirectoryFile[] {
  let place = "";
  const bytes: StateBytes = (name, from, to) => withWeights(weights, place, (read) => read(name, from, to));
  const files = createGraphModel(program, "predict", bytes, { generator: `mtlc ${version}` });
  return files.map(({ name, content }) => ({
    path: `${artifactFiles.tfjs}/${name}`,
    content: (folder) => {
      place = folder;
      return content();
    },
  }));
}

function sizeOf(variable: StateVariable): number {
  const { rows, width } = rowsOf(variable);
  return rows * width * 4;
}

function arrayOf({ type }: StateVariable, bytes: Uint8Array): Float32Array | Int32Array {
  const { buffer, byteOffset, length } = bytes;
  return type.dtype === "float32"
    ? new Float32Array(buffer, byteOffset, length / 4)
    : new Int32Array(buffer, byteOffset, length / 4);
}

function withWeights<T>(weights: WeightsFile, folder: string, work: (read: StateBytes) => T): T {
  const { bytes, close } = openWeights(weights, folder);
  try {
    return work(bytes);
  } finally {
    close();
  }
}

function openWeights(
  { path, variables, offset }: WeightsFile,
  folder: string,
): { readonly bytes: StateBytes; readonly close: () => void } {
  const places = new Map(variables.map((variable) => [variable.name, offset(variable)]));
  const file = openSync(join(folder, path), "r");
  return {
    bytes: (name, from, to) => {
      const start = places.get(name);
      if (start === undefined) throw new Error(`the state variable ${name} is not kept`);
      const bytes = new Uint8Array(to - from);
      for (let done = 0; done < bytes.length;) {
        const read = readSync(file, bytes, done, Math.min(bytes.length - done, chunkBytes), start + from + done);
        if (read === 0) throw new Error("the file of weights is shorter than it was written");
        done += read;
      }
      return bytes;
    },
    close: () => closeSync(file),
  };
}
