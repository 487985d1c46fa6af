/** What is at the path that is served: one artifact, a spec, versions of a model, or models with their versions. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { artifactModel, manifestName, parseManifest, readArtifact } from "../../artifact/index.js";
import { sha256 } from "../../artifact/hash.js";
import { createFailure } from "../../failure.js";
import { loadSpec } from "../../specs/load-spec.js";
import { statOf } from "../../stat-of.js";

/** A version that there is on the disk. Its files are looked at when its identity or its state is first asked for, and not again. */
export interface FoundVersion {
  /** A whole number as text; larger is newer. */
  readonly version: string;
  readonly path: string;
  /** Hash of the manifest; undefined for a spec. */
  readonly identity: string | undefined;
  /** Changes with any file of the version, so that one that was refused is tried again when it is another. */
  readonly state: string;
}

/** A model and its versions, the newest first. */
export interface FoundModel {
  readonly name: string;
  readonly versions: readonly FoundVersion[];
}

/** Looks at what there is now. */
export type Layout = () => readonly FoundModel[];

/**
 * How `path` is laid out. Throws a {@link Failure}: MTL7600 where there is nothing to serve, and what `loadSpec` throws for a spec.
 *
 * @param name of the model in URLs, where there is one model; absent: that of an artifact's spec, or the folder's
 */
export async function openLayout(path: string, name: string | undefined): Promise<Layout> {
  const kind = kindOf(path);
  switch (kind) {
    case "spec": {
      const called = name ?? loadSpec(path).model.name;
      return () => [{ name: called, versions: [specVersion(path)] }];
    }
    case "artifact": {
      const called = name ?? artifactModel(await readArtifact(path)).name;
      return () => [{ name: called, versions: [artifactVersion("1", path)] }];
    }
    case "versions": {
      const called = name ?? basename(resolve(path));
      return () => [{ name: called, versions: versionsIn(path) }];
    }
    case "models":
      return () => foldersIn(path).map((folder) => ({ name: folder, versions: versionsIn(join(path, folder)) }));
    case "nothing":
      throw createFailure("MTL7600", { path });
  }
}

function kindOf(path: string): "spec" | "artifact" | "versions" | "models" | "nothing" {
  const stat = statOf(path);
  if (stat === undefined || stat.isFile()) return "spec";
  if (isFile(join(path, manifestName))) return "artifact";
  const folders = foldersIn(path);
  if (folders.some(isVersion)) return "versions";
  return folders.some((folder) => foldersIn(join(path, folder)).some(isVersion)) ? "models" : "nothing";
}

/** As TensorFlow Serving and Triton have it. */
function isVersion(name: string): boolean {
  return /^[1-9]\d{0,17}$/.test(name);
}

function versionsIn(folder: string): readonly FoundVersion[] {
  return (
    foldersIn(folder)
      // One without a manifest is still being copied: whoever copies writes it at some time.
      .filter((name) => isVersion(name) && isFile(join(folder, name, manifestName)))
      .toSorted((a, b) => Number(BigInt(b) - BigInt(a)))
      .map((version) => artifactVersion(version, join(folder, version)))
  );
}

/** Names of the folders in a folder, those that are hidden or in the making left out. */
function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path).filter(
      (name) => !name.startsWith(".") && (statOf(join(path, name))?.isDirectory() ?? false),
    );
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

function specVersion(path: string): FoundVersion {
  return { version: "1", path, identity: undefined, state: stateOf([path]) };
}

/** Most versions of a folder are asked for nothing: only the newest are open. */
function artifactVersion(version: string, path: string): FoundVersion {
  let seen: VersionFiles | undefined;
  const files = (): VersionFiles => (seen ??= lookAt(path));
  return {
    version,
    path,
    get identity() {
      return files().identity;
    },
    get state() {
      return files().state;
    },
  };
}

type VersionFiles = Pick<FoundVersion, "identity" | "state">;

function lookAt(path: string): VersionFiles {
  const manifest = join(path, manifestName);
  try {
    const text = readFileSync(manifest, "utf8");
    const files = parseManifest(text, manifest, path).files.map((file) => join(path, file.path));
    return { identity: sha256(text), state: stateOf([manifest, ...files]) };
  } catch {
    // What is wrong with it is said by whoever opens it.
    return { identity: "", state: stateOf([manifest, path]) };
  }
}

/** What the disk says of files without reading them. */
function stateOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    const stat = statOf(path);
    hash.update(`${path}\0${stat === undefined ? "" : `${stat.ino} ${stat.size} ${stat.mtimeMs}`}\n`);
  }
  return hash.digest("hex");
}
