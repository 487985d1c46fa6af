/** The weights that an artifact's graphs hold again, read from the file of weights, which is written before them. */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { StateVariable } from "../../compiler/graph/graph.js";
import type { StateBytes } from "../../compiler/targets/index.js";
import { chunkBytes } from "../engine/engine.js";

/** The file of weights as its readers need it: where each state variable begins in it. */
export interface WeightsFile {
  readonly path: string;
  readonly variables: readonly StateVariable[];
  readonly offset: (variable: StateVariable) => number;
}

/** Weights that can be read while the content of a file is made in a folder that has them. */
export interface FileWeights {
  readonly weights: StateBytes;
  /** The pieces that `content` makes with the weights of the folder; the file is open as long as they are made. */
  readonly opensIn: (folder: string, content: () => Iterable<Uint8Array>) => Iterable<Uint8Array>;
}

/** The weights of a file by the names of their variables. */
export function fileWeights({ path, variables, offset }: WeightsFile): FileWeights {
  const starts = new Map(variables.map((variable) => [variable.name, offset(variable)]));
  let file: number | undefined;
  return {
    weights: (name, from, to) => {
      const start = starts.get(name);
      if (start === undefined) throw new Error(`the state variable ${name} is not kept`);
      if (file === undefined) throw new Error("weights are read before the content of a file is made");
      return readBytes(file, start + from, to - from);
    },
    opensIn: function* (folder, content) {
      file = openSync(join(folder, path), "r");
      try {
        yield* content();
      } finally {
        closeSync(file);
        file = undefined;
      }
    },
  };
}

function readBytes(file: number, position: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let done = 0; done < count;) {
    const read = readSync(file, bytes, done, Math.min(count - done, chunkBytes), position + done);
    if (read === 0) throw new Error("the file of weights is shorter than it was written");
    done += read;
  }
  return bytes;
}
