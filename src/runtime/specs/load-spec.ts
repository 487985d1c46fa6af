/** Specs on the disk, compiled: the host of the compiler, and a model or a {@link Failure} that says what is wrong. */
import { readFileSync } from "node:fs";
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import type { SearchDimension } from "../../compiler/semantics/index.js";
import type { Host } from "../../compiler/host.js";
import type { Model } from "../../compiler/model/model.js";
import { compileSpec } from "../../compiler/compile.js";
import { omitUndefined, own } from "../../compiler/text/index.js";
import { createFailure, Failure } from "../failure.js";
import { settingsAt } from "./project-file.js";
import { isStandardInput, readStandardInput } from "./standard-input.js";

/** Reads files as UTF-8, standard input as `-`, and the project file above each; what cannot be read is not there. */
export function createFileHost(): Host {
  return {
    settings: settingsAt,
    readFile: (path) => {
      try {
        return isStandardInput(path) ? readStandardInput().toString("utf8") : readFileSync(path, "utf8");
      } catch {
        return undefined;
      }
    },
  };
}

/** The files of the disk, of which some have another text. */
export function overlayHost(texts: Readonly<Record<string, string>>): Host {
  const host = createFileHost();
  return { ...host, readFile: (path) => own(texts, path) ?? host.readFile(path) };
}

/** A spec without errors. */
export interface LoadedSpec {
  readonly path: string;
  readonly model: Model;
  /** Hash of what the model is; see `hashModel`. */
  readonly hash: string;
  /** The spec and the files that it imports, the spec first; paths as they were read. */
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  /** What `mtlc search` chooses; the model is that of the defaults. */
  readonly searches: readonly SearchDimension[];
  /** Warnings and notes. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Compiles a spec, `name` in messages. Throws a {@link Failure} with everything that is wrong, or MTL7310 when the file declares
 * no model.
 */
export function loadSpec(path: string, host: Host = createFileHost(), name: string = path): LoadedSpec {
  const { model, hash, sources, searches = [], diagnostics } = compileSpec(path, host);
  if (diagnostics.some(({ severity }) => severity === "error")) throw new Failure(diagnostics);
  if (model === undefined || hash === undefined) throw createFailure("MTL7310", { file: name });
  const files = [...sources.values()].map(({ path: file, text }) => ({ path: file, text }));
  const first = files.filter((file) => file.path === path);
  return {
    path,
    model,
    hash,
    sources: [...first, ...files.filter((file) => file.path !== path)],
    searches,
    warnings: diagnostics,
  };
}

/** The spec with what a caller set in its place; the hash stays that of the text. */
export function withOverrides(
  spec: LoadedSpec,
  { seed, epochs, steps }: { readonly seed?: number; readonly epochs?: number; readonly steps?: number },
): LoadedSpec {
  const changes = omitUndefined({ seed, epochs, steps });
  return { ...spec, model: { ...spec.model, train: { ...spec.model.train, ...changes } } };
}
