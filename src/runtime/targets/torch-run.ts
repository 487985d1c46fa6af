/** What a package for PyTorch leaves when it has trained: the spec that it was made of, what was fitted, and weights. */
import type { FileHandle } from "node:fs/promises";
import { join, posix } from "node:path";
import { createMemoryHost, type Host, noSettings } from "../../compiler/host.js";
import { type Program, rowsOf } from "../../compiler/graph/index.js";
import { type Fitted, hashModel } from "../../compiler/model/index.js";
import { joinFitted } from "../data/encode/fitted.js";
import {
  isCounts,
  readRegularFile,
  readSafetensorsHeader,
  readState,
  type StoredTensor,
  UnreadableFile,
  withRegularFile,
} from "../artifact/index.js";
import { createProgram } from "../engine/create-program.js";
import type { HostTensor } from "../engine/engine.js";
import { createFailure, Failure } from "../failure.js";
import { type LoadedSpec, loadSpec, withOverrides } from "../specs/load-spec.js";

/** Names of files, as `train.py` has them. */
const names = { manifest: "mtlc.json", fitted: "fitted.json", weights: "weights.safetensors" } as const;

/** The largest file of text that is read. */
const largestText = 2 ** 30;

/** A tensor of the package, and the pieces of the spec's variables whose rows it has, in [in, out] unless transposed. */
interface RunTensor {
  readonly key: string;
  readonly transposed: boolean;
  readonly shape: readonly number[];
  readonly pieces: readonly { readonly name: string; readonly row: number; readonly rows: number }[];
}

interface RunManifest {
  readonly hash: string;
  /** What the spec says, or who called `mtlc train` in its place. */
  readonly train: { readonly seed: number; readonly epochs?: number; readonly steps?: number };
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly tensors: readonly RunTensor[];
}

export interface TorchRun {
  readonly spec: LoadedSpec;
  readonly fitted: Fitted;
  readonly program: Program;
  /** Weights and statistics by state variable. */
  readonly state: ReadonlyMap<string, HostTensor>;
}

/**
 * Reads the folder that `train.py` wrote. Throws a {@link Failure}: MTL7504 when it is not one, MTL7505 when a file of it is not
 * what the package writes, MTL7207 when the weights do not fit the spec.
 */
export async function readTorchRun(directory: string): Promise<TorchRun> {
  const manifest = readManifest(directory, await readText(directory, names.manifest));
  const spec = compile(directory, manifest);
  const fitted = await readSound(directory, names.fitted, async () => readFitted(spec, await fittedText(directory)));
  const program = createProgram(spec.model, fitted);
  const state = await readSound(directory, names.weights, () => readWeights(directory, program, manifest.tensors));
  return { spec, fitted, program, state };
}

async function readText(directory: string, path: string): Promise<string> {
  try {
    return Buffer.from(await readRegularFile(directory, path, { limit: largestText })).toString("utf8");
  } catch (error) {
    if (error instanceof UnreadableFile) throw createFailure("MTL7504", { directory, file: path });
    throw error;
  }
}

const fittedText = (directory: string): Promise<string> => readText(directory, names.fitted);

function readManifest(directory: string, text: string): RunManifest {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw damaged(directory, names.manifest, "it is not JSON");
  }
  if (!isManifest(manifest)) throw damaged(directory, names.manifest, "it is not what a package has");
  return manifest;
}

function isManifest(value: unknown): value is RunManifest {
  const found = value as (Partial<RunManifest> & { readonly format?: unknown; readonly version?: unknown }) | null;
  return (
    typeof found === "object" &&
    found?.format === "mtlc-torch" &&
    found.version === 1 &&
    Array.isArray(found.sources) &&
    found.sources.every(
      (each: Partial<RunManifest["sources"][number]> | null) => isText(each?.path) && isText(each?.text),
    ) &&
    typeof found.train === "object" &&
    isCounts(Object.values(found.train ?? [NaN])) &&
    Array.isArray(found.tensors) &&
    found.tensors.every(isTensor)
  );
}

function isTensor(value: Partial<RunTensor> | null): boolean {
  return (
    isText(value?.key) &&
    isCounts(value.shape) &&
    Array.isArray(value.pieces) &&
    value.pieces.every(
      (piece: Partial<RunTensor["pieces"][number]> | null) => isText(piece?.name) && isCounts([piece.row, piece.rows]),
    )
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** The spec as it was; imports that its project found elsewhere are among its sources. */
function compile(directory: string, { sources, hash, train }: RunManifest): LoadedSpec {
  const [main] = sources;
  if (main === undefined) throw damaged(directory, names.manifest, "it has no spec");
  const paths = [...new Set(sources.map(({ path }) => posix.dirname(path)))];
  const host: Host = {
    ...createMemoryHost(Object.fromEntries(sources.map(({ path, text }) => [path, text]))),
    settings: () => ({ ...noSettings, paths }),
  };
  const spec = withOverrides(loadSpec(main.path, host, join(directory, names.manifest)), train);
  if (hashModel(spec.model) !== hash)
    throw damaged(directory, names.manifest, "its spec is another one, or means another model to this version of mtlc");
  return spec;
}

function readFitted({ model }: LoadedSpec, text: string): Fitted {
  const json = JSON.parse(text) as { readonly features?: Readonly<Record<string, { readonly values?: unknown }>> };
  const features = new Map(Object.entries(json.features ?? {}));
  const valuesOf = (name: string): readonly string[] => {
    const values = features.get(name)?.values;
    if (!Array.isArray(values) || !values.every(isText)) throw new Error(`\`${name}\` has no vocabulary`);
    return values;
  };
  // As an artifact has it: sizes there, values by themselves.
  const sized = Object.fromEntries(
    [...features].map(([name, feature]) => [
      name,
      Array.isArray(feature.values) ? { ...feature, size: feature.values.length } : feature,
    ]),
  );
  return joinFitted(model, { ...json, features: sized }, (name) => ({ kind: "vocabulary", values: valuesOf(name) }));
}

async function readWeights(
  directory: string,
  { state }: Program,
  tensors: readonly RunTensor[],
): Promise<ReadonlyMap<string, HostTensor>> {
  const variables = state.filter(({ role }) => role === "parameter" || role === "statistic");
  const transposed = new Set(
    tensors.flatMap(({ transposed: is, pieces }) => (is ? pieces.map(({ name }) => name) : [])),
  );
  const read = async (handle: FileHandle): Promise<ReadonlyMap<string, HostTensor>> =>
    readState(variables, handle, piecesOf(await readSafetensorsHeader(handle), tensors));
  const values = await withRegularFile(directory, names.weights, { limit: Number.MAX_SAFE_INTEGER }, read);
  for (const variable of variables) {
    const { width } = rowsOf(variable);
    const data = values.get(variable.name)?.data ?? new Float32Array();
    for (const { name, row, rows } of variable.pieces) {
      const part = data.subarray(row * width, (row + rows) * width);
      if (!part.every(Number.isFinite)) throw new Error(`\`${name}\` has numbers that are not finite`);
      if (transposed.has(name)) transpose(part, rows, width);
    }
  }
  return values;
}

/** Where each piece of the spec's variables is in the file. */
function piecesOf(
  stored: ReadonlyMap<string, StoredTensor>,
  tensors: readonly RunTensor[],
): ReadonlyMap<string, StoredTensor> {
  return new Map(
    tensors.flatMap(({ key, shape, transposed, pieces }): readonly (readonly [string, StoredTensor])[] => {
      const found = stored.get(key);
      if (found === undefined) return [];
      const own = transposed ? found.shape.toReversed() : found.shape;
      if (own.join() !== shape.join())
        throw createFailure("MTL7207", {
          name: key,
          problem: `is [${own.join(", ")}] instead of [${shape.join(", ")}]`,
        });
      const width = shape.slice(1).reduce((product, size) => product * size, 1);
      return pieces.map(({ name, row, rows }) => [
        name,
        // A number has no rows.
        {
          ...found,
          shape: shape.length === 0 ? [] : [rows, ...shape.slice(1)],
          offset: found.offset + 4 * row * width,
        },
      ]);
    }),
  );
}

/** [columns, rows] as [rows, columns], in place. */
function transpose(data: Float32Array | Int32Array, rows: number, columns: number): void {
  const from = data.slice();
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) data[row * columns + column] = from[column * rows + row] ?? 0;
}

async function readSound<T>(directory: string, path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    if (error instanceof UnreadableFile) throw createFailure("MTL7504", { directory, file: path });
    throw damaged(directory, path, error instanceof SyntaxError ? "it is not JSON" : error.message);
  }
}

function damaged(directory: string, path: string, problem: string): Failure {
  return createFailure("MTL7505", { file: join(directory, path), problem });
}
