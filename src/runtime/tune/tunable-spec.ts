/** The spec that is tuned: from a file, or from an artifact, whose network then scores what the log has no scores for. */
import { join } from "node:path";
import type { Model } from "../../compiler/model/index.js";
import { compileSpec } from "../../compiler/compile.js";
import { parse, type Spec } from "../../compiler/syntax/index.js";
import { createSourceFile } from "../../compiler/text/index.js";
import { readArtifact } from "../artifact/index.js";
import { createFailure, Failure } from "../failure.js";
import { createFileHost } from "../specs/load-spec.js";
import { statOf } from "../stat-of.js";

export interface TunableSpec {
  /** As it was named. */
  readonly name: string;
  /** The folder that the cache belongs to is that of this path. */
  readonly path: string;
  readonly model: Model;
  /** Every file of the spec by the path that the model's places name. */
  readonly files: ReadonlyMap<string, { readonly text: string; readonly spec: Spec }>;
  /** Directory of the artifact that it came from. */
  readonly artifact?: string;
}

/** Reads a spec or an artifact. Throws a {@link Failure} with what is wrong. */
export async function loadTunableSpec(name: string): Promise<TunableSpec> {
  if (statOf(name)?.isDirectory() === true) return loadFromArtifact(name);
  const { model, sources, files, diagnostics } = compileSpec(name, createFileHost());
  if (diagnostics.some(({ severity }) => severity === "error")) throw new Failure(diagnostics);
  if (model === undefined) throw createFailure("MTL7310", { file: name });
  const pairs = [...files].map(([file, spec]) => [file, { text: sources.get(file)?.text ?? "", spec }] as const);
  return { name, path: name, model, files: new Map(pairs) };
}

async function loadFromArtifact(directory: string): Promise<TunableSpec> {
  const { manifest, text } = await readArtifact(directory);
  const model = JSON.parse(text(manifest.model.file)) as Model;
  const texts = [manifest.spec.file, ...manifest.spec.imports.map(({ file }) => file)].map((file) => {
    const source = createSourceFile(file, text(file));
    return { text: source.text, spec: parse(source).spec };
  });
  const files = new Map<string, { readonly text: string; readonly spec: Spec }>();
  // Places name the files as they were when the artifact was made: each belongs to the text that has such an entry.
  for (const { name, span } of model.serving?.params ?? []) {
    const found = texts.find(({ spec }) =>
      spec.declarations.some(
        (node) =>
          node.kind === "Params" &&
          node.entries.some((entry) => entry.name.text === name && entry.span.start === span.start),
      ),
    );
    if (found !== undefined) files.set(span.file, found);
  }
  return { name: directory, path: join(directory, manifest.spec.file), model, files, artifact: directory };
}
