/**
 * Puts DuckDB's extensions in place: out of their wheels in the Python package index, which carry what DuckDB's makers have
 * signed, or by DuckDB's own `INSTALL`. No Python is needed.
 */
import { rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { fetchWheel, firstLine, linuxGlibc } from "../../../engine/fetch-wheel.js";
import { inSetUpFolder, withWorkFolder } from "../../../engine/folder-lock.js";
import { unpackZip } from "../../../engine/zip.js";
import {
  extensionFile,
  extensionFolder,
  type ExtensionName,
  extensionNames,
  extensions,
  findExtension,
} from "./extensions.js";

type ExtensionResult =
  | { readonly kind: "ready"; readonly path: string; readonly installed: boolean }
  /** In one line: why, and what would help. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** The version of the DuckDB that is installed, such as `1.5.5`. */
export async function duckdbVersion(): Promise<string> {
  const { version } = await import("@duckdb/node-api");
  return version().replace(/^v/, "");
}

/**
 * Makes sure that an extension is on this machine, and says where. Quick when it is; safe when several run at once. Never
 * throws for what is missing on the user's machine.
 */
async function setUpExtension(
  name: ExtensionName,
  {
    report,
    environment = process.env,
  }: { readonly report: (line: string) => void; readonly environment?: NodeJS.ProcessEnv },
): Promise<ExtensionResult> {
  const version = await duckdbVersion();
  const existing = findExtension(name, version, environment);
  if (existing !== undefined) return { kind: "ready", path: existing, installed: false };
  const folder = extensionFolder(version, environment);
  const problems: string[] = [];
  try {
    return await inSetUpFolder(folder, async () => {
      const meanwhile = findExtension(name, version, environment);
      if (meanwhile !== undefined) return { kind: "ready", path: meanwhile, installed: false };
      for (const way of [installFromWheel, installByDuckDb])
        try {
          await way(name, version, { folder, report, environment });
          return { kind: "ready", path: join(folder, extensionFile(name)), installed: true };
        } catch (error) {
          problems.push(firstLine(error));
        }
      return { kind: "unavailable", reason: problems.join("; ") };
    });
  } catch (error) {
    return { kind: "unavailable", reason: firstLine(error) };
  }
}

/** {@link setUpExtension} for all that mtlc may need; after one that cannot be had, the others are not asked for. */
export async function setUpExtensions(options: {
  readonly report: (line: string) => void;
  readonly environment?: NodeJS.ProcessEnv;
}): Promise<ReadonlyMap<ExtensionName, ExtensionResult>> {
  const results = new Map<ExtensionName, ExtensionResult>();
  for (const name of extensionNames) {
    const result = await setUpExtension(name, options);
    results.set(name, result);
    if (result.kind === "unavailable") break;
  }
  return results;
}

interface Place {
  readonly folder: string;
  readonly report: (line: string) => void;
  readonly environment: NodeJS.ProcessEnv;
}

async function installFromWheel(
  name: ExtensionName,
  version: string,
  { folder, report, environment }: Place,
): Promise<void> {
  const platform = linuxGlibc("the extension");
  if (platform.kind === "other") throw new Error(platform.reason);
  await withWorkFolder(folder, async (work) => {
    const search = { project: extensions[name], releases: [version], glibc: platform.version };
    const { wheel } = await fetchWheel(search, work, environment, report);
    report(`unpacking ${basename(wheel)}`);
    await unpackZip(wheel, (entry) =>
      entry.endsWith(`/v${version}/${extensionFile(name)}`) ? join(work, extensionFile(name)) : undefined,
    );
    await rename(join(work, extensionFile(name)), join(folder, extensionFile(name)));
  });
}

/** From the repository of DuckDB's makers, which must be reachable. */
async function installByDuckDb(name: ExtensionName, version: string, { folder, report }: Place): Promise<void> {
  report(`downloading ${name} from DuckDB's repository`);
  await withWorkFolder(folder, async (work) => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", { extension_directory: work });
    try {
      const connection = await instance.connect();
      await connection.run(`INSTALL ${name}`);
      const rows = await connection.runAndReadAll(
        `SELECT install_path FROM duckdb_extensions() WHERE extension_name = '${name}' AND installed`,
      );
      const path = rows.getRows()[0]?.[0];
      if (typeof path !== "string") throw new Error(`DuckDB ${version} has not installed ${name}`);
      await rename(path, join(folder, extensionFile(name)));
      connection.closeSync();
    } finally {
      instance.closeSync();
    }
  });
}
