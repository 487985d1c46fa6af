/** What a target emits, as files of a directory. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fitted } from "../../compiler/model/index.js";
import type { Target, TargetFile, TargetInput } from "../../compiler/targets/index.js";
import { packageRoot } from "../../package-root.js";
import { version } from "../version.js";
import type { DirectoryFile } from "./directory.js";
import type { FileWeights } from "./weights-file.js";

/** What a target makes its files of, but for what every target is given; `fitted` is absent for a model without a network. */
export type EmittedContent = Omit<TargetInput, "built" | "generator" | "fitted"> & { readonly fitted?: Fitted };

/** The files of a target under its folder. `opensIn` makes the weights readable while pieces are made. */
export function targetFiles(
  target: Target,
  content: EmittedContent,
  opensIn: FileWeights["opensIn"] = (_, make) => make(),
): readonly DirectoryFile[] {
  return emitTarget(target, content).map(({ path, content: made }) => ({
    path: `${target.folder}/${path}`,
    content: typeof made === "function" ? (folder) => opensIn(folder, made) : made,
  }));
}

/** The files of a target, their paths in its folder. */
export function emitTarget(target: Target, content: EmittedContent): readonly TargetFile[] {
  const { model, program, sources, weights, trained, fitted = { rows: 0, features: {} } } = content;
  const parts = program === undefined ? { model } : { model, program };
  return target.emit({ ...parts, sources, weights, trained, fitted, built: readBuilt, generator: `mtlc ${version}` });
}

/** A text that the build made. */
function readBuilt(path: string): string {
  return readFileSync(join(packageRoot, "dist", path), "utf8");
}
