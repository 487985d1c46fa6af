import type { SchemaObject } from "ajv";
import { createFailure } from "../failure.js";
import { knownManifestCheck, type SchemaCheck } from "./known-manifest-check.js";

/**
 * `manifest.json`: what an artifact is and what belongs to it, with the hash of every file. It is checked against a JSON
 * schema when it is written and when it is read; whoever reads an artifact in another language reads this first.
 */
export interface Manifest {
  readonly format: "mtlc-artifact";
  /** Version of this layout. A reader refuses a newer one. */
  readonly version: number;
  /** The mtlc that wrote it. */
  readonly mtlc: string;
  readonly name: string;
  /** False for what `mtlc compile` wrote: the weights are those that training starts with. */
  readonly trained: boolean;
  readonly seed: number;
  readonly spec: {
    readonly file: string;
    readonly sha256: string;
    /** Files that the spec imports, by their path relative to the spec. */
    readonly imports: readonly { readonly path: string; readonly file: string; readonly sha256: string }[];
  };
  /** The typed model, every default made explicit; `hash` leaves places and comments out. */
  readonly model: { readonly file: string; readonly hash: string };
  readonly schema: DataSchema;
  readonly heads: readonly ManifestHead[];
  readonly weights: { readonly file: string };
  /** Every state variable, cut into logical names; those with a value in the weights file have `stored`. */
  readonly parameters: readonly ManifestParameter[];
  /** The functions of the SavedModel, with their feeds and fetches. */
  readonly signatures: Readonly<Record<string, ManifestSignature>>;
  /** Every other file of the artifact, sorted by path. */
  readonly files: readonly ManifestFile[];
}

/** How a row becomes numbers. */
export interface DataSchema {
  /** The scales, boundaries and sizes that the training data decided. */
  readonly fitted: string;
  readonly features: readonly {
    readonly name: string;
    readonly kind: string;
    /** The input that holds it, and its columns there. */
    readonly input: "ids" | "numbers";
    readonly offset: number;
    readonly width: number;
    /** Number of ids, "unknown" included; absent for numbers. */
    readonly ids?: number;
    /** File with one value per line, the first with id 1; absent without a vocabulary. */
    readonly vocabulary?: string;
  }[];
  readonly labels: readonly { readonly name: string; readonly base: "event" | "amount" | "classes" }[];
  readonly idWidth: number;
  readonly numberWidth: number;
}

export interface ManifestHead {
  readonly name: string;
  readonly keyword: "task" | "chain" | "class";
  /** `P(buy | click)`, `E(stay)`, `score`. */
  readonly type: string;
  /** Whether the predict function returns it. */
  readonly served: boolean;
}

export interface ManifestParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
  readonly role: "parameter" | "slot" | "statistic" | "step";
  /** The variable of the program that holds it, and its first row there. */
  readonly variable: string;
  readonly row: number;
  readonly stored: boolean;
}

export interface ManifestSignature {
  readonly inputs: readonly ManifestTensor[];
  readonly outputs: readonly ManifestTensor[];
}

/** A size that is known only at run time has a name: `"B"` is the batch. */
export interface ManifestTensor {
  readonly name: string;
  readonly dtype: "float32" | "int32" | "bool";
  readonly shape: readonly (number | string)[];
}

export interface ManifestFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The version that this mtlc writes, and the newest that it reads. */
export const manifestVersion = 1;
export const manifestName = "manifest.json";

/**
 * A manifest out of its JSON text. Throws a {@link Failure}: MTL7204 when it does not follow the schema, MTL7202 when a
 * newer mtlc wrote it (its schema may be another one, so the version is looked at first).
 */
export function parseManifest(text: string, file: string, directory: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw createFailure("MTL7204", { file, problem: `it is not JSON (${(error as Error).message})` });
  }
  const { format, version, mtlc } = (value ?? {}) as Partial<Record<keyof Manifest, unknown>>;
  if (format === "mtlc-artifact" && typeof version === "number" && version > manifestVersion)
    throw createFailure("MTL7202", { directory, found: version, supported: manifestVersion, writer: String(mtlc) });
  const problem = problemOf(value);
  if (problem !== undefined) throw createFailure("MTL7204", { file, problem });
  return value as Manifest;
}

/** Throws when we are about to write a manifest that we would refuse to read: a bug in mtlc. */
export function checkManifest(manifest: Manifest): Manifest {
  const problem = problemOf(manifest);
  if (problem !== undefined) throw new Error(`the manifest does not follow its schema: ${problem}`);
  return manifest;
}

let check = knownManifestCheck;

/** The schema's word on a value; nothing when it follows. */
function problemOf(value: unknown): string | undefined {
  check ??= compileCheck();
  if (check(value)) return undefined;
  const [error] = check.errors ?? [];
  return error === undefined ? "it does not match" : `\`${error.instancePath || "/"}\` ${error.message ?? ""}`;
}

function compileCheck(): SchemaCheck {
  const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);
  const { Ajv } = require("ajv") as typeof import("ajv");
  return new Ajv({ strict: true }).compile(manifestSchema);
}

const text = { type: "string" } as const;
const path = { type: "string", pattern: "^(?!/)(?!.*(^|/)\\.\\.(/|$))(?!.*\\\\).+$" } as const;
const hash = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
const whole = { type: "integer", minimum: 0 } as const;
const dtype = { enum: ["float32", "int32", "bool"] } as const;
const list = (items: SchemaObject): SchemaObject => ({ type: "array", items });

/** All properties required, but for those named in `optional`; nothing else allowed. */
function record(properties: Readonly<Record<string, SchemaObject>>, optional: readonly string[] = []): SchemaObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

const tensor = record({
  name: text,
  dtype,
  shape: list({ anyOf: [whole, text] }),
});

/** JSON schema (draft 7) of {@link Manifest}. */
export const manifestSchema: SchemaObject = {
  $schema: "http://json-schema.org/draft-07/schema#",
  ...record({
    format: { const: "mtlc-artifact" },
    version: { type: "integer", minimum: 1, maximum: manifestVersion },
    mtlc: text,
    name: text,
    trained: { type: "boolean" },
    seed: whole,
    spec: record({ file: path, sha256: hash, imports: list(record({ path: text, file: path, sha256: hash })) }),
    model: record({ file: path, hash }),
    schema: record({
      fitted: path,
      features: list(
        record(
          {
            name: text,
            kind: text,
            input: { enum: ["ids", "numbers"] },
            offset: whole,
            width: whole,
            ids: whole,
            vocabulary: path,
          },
          ["ids", "vocabulary"],
        ),
      ),
      labels: list(record({ name: text, base: { enum: ["event", "amount", "classes"] } })),
      idWidth: whole,
      numberWidth: whole,
    }),
    heads: list(
      record({ name: text, keyword: { enum: ["task", "chain", "class"] }, type: text, served: { type: "boolean" } }),
    ),
    weights: record({ file: path }),
    parameters: list(
      record({
        name: text,
        shape: list(whole),
        dtype,
        role: { enum: ["parameter", "slot", "statistic", "step"] },
        variable: text,
        row: whole,
        stored: { type: "boolean" },
      }),
    ),
    signatures: {
      type: "object",
      additionalProperties: record({ inputs: list(tensor), outputs: list(tensor) }),
    },
    files: list(record({ path, bytes: whole, sha256: hash })),
  }),
};
