/** Targets of a model, written to a directory: a folder each, and `targets.json`, which says what they are. */
import { type Program, rowsOf } from "../../compiler/graph/index.js";
import { hashModel } from "../../compiler/model/index.js";
import { type StateBytes, type Target, targets } from "../../compiler/targets/index.js";
import { compareText, omitUndefined } from "../../compiler/text/index.js";
import {
  type ArtifactContent,
  entriesOf,
  readRegularFile,
  replaceDirectory,
  targetFiles,
  type WrittenFile,
} from "../artifact/index.js";
import { jsonText } from "../artifact/hash.js";
import { heldReader, type StateReader } from "../engine/state.js";
import { createFailure } from "../failure.js";
import { version } from "../version.js";

/** The file that says what a directory of targets holds. */
export const targetsFile = "targets.json";
const format = "mtlc-compile-targets";

/** What was emitted of a model: the content of {@link targetsFile}. */
export interface EmittedTargets {
  readonly mtlc: string;
  /** Name and hash of the model. */
  readonly model: { readonly name: string; readonly hash: string };
  /** Whether the weights are trained ones. */
  readonly trained: boolean;
  readonly targets: readonly EmittedTarget[];
}

export interface EmittedTarget {
  readonly name: string;
  /** In the directory. */
  readonly folder: string;
  readonly carries: Target["carries"];
  /** Their paths are in the directory. */
  readonly files: readonly WrittenFile[];
}

/** Throws a Failure (MTL7502) when a directory is there, is not empty and is not one of targets. */
export async function checkTargetsDirectory(directory: string): Promise<void> {
  const [entry] = await entriesOf(directory);
  if (entry !== undefined && !(await isOfTargets(directory))) throw createFailure("MTL7502", { directory, entry });
}

/** Whether {@link targetsFile} of a directory is what {@link writeTargets} wrote, by what it says of itself. */
async function isOfTargets(directory: string): Promise<boolean> {
  try {
    const text = Buffer.from(await readRegularFile(directory, targetsFile, { limit: 2 ** 26 })).toString("utf8");
    return (JSON.parse(text) as { readonly format?: unknown } | null)?.format === format;
  } catch {
    return false;
  }
}

/** Writes the targets in place of those that the directory held; what others put beside them stays. */
export async function writeTargets(
  directory: string,
  content: Omit<ArtifactContent, "graphText">,
  asked: readonly Target[],
  signal?: AbortSignal,
): Promise<EmittedTargets> {
  await checkTargetsDirectory(directory);
  const { program, state = heldReader(new Map()) } = content;
  const weights = readerWeights(program, state);
  const found: { emitted?: EmittedTargets } = {};
  const files = asked.flatMap((target) => targetFiles(target, { ...content, weights }));
  const own = new Set([targetsFile, ...targets.map(({ folder }) => folder)]);
  await replaceDirectory(directory, files, {
    keeps: (entry) => !own.has(entry),
    last: (written) => {
      found.emitted = describeTargets(content, asked, written);
      return {
        path: targetsFile,
        content: jsonText({ format, version: 1, ...found.emitted }),
      };
    },
    ...omitUndefined({ signal }),
  });
  if (found.emitted === undefined) throw new Error(`${targetsFile} was not written`);
  return found.emitted;
}

function describeTargets(
  { model, trained }: Pick<ArtifactContent, "model" | "trained">,
  asked: readonly Target[],
  written: readonly WrittenFile[],
): EmittedTargets {
  return {
    mtlc: version,
    model: { name: model.name, hash: hashModel(model) },
    trained,
    targets: asked.map(({ name, folder, carries }) => ({
      name,
      folder,
      carries,
      files: written
        .filter(({ path }) => path.startsWith(`${folder}/`))
        .toSorted((a, b) => compareText(a.path, b.path)),
    })),
  };
}

/** Values that are read by rows, as bytes. */
function readerWeights(program: Program | undefined, reader: StateReader): StateBytes {
  const variables = new Map(program?.state.map((variable) => [variable.name, variable]));
  return (name, from, to) => {
    const variable = variables.get(name);
    if (variable === undefined) throw new Error(`there is no state variable ${name}`);
    const { rows, width } = rowsOf(variable);
    const rowBytes = width * 4;
    if (to > rows * rowBytes) throw new Error(`${name} has ${rows * rowBytes} bytes, not ${to}`);
    const first = Math.floor(from / rowBytes);
    const values = reader.rows(variable, first, Math.ceil(to / rowBytes) - first);
    const start = from - first * rowBytes;
    return new Uint8Array(values.buffer, values.byteOffset + start, to - from).slice();
  };
}
