/** The addon's C++ source and the N-API headers: from the installed packages, or from the npm registry. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { tfjsNodeDirectory } from "./native-binding.js";
import { makeFolder } from "../make-folder.js";

const run = promisify(execFile);
const nodeApiVersion = "1.9.0";

export interface AddonSources {
  /** Folder of `tfjs_binding.cc`. */
  readonly binding: string;
  /** Folder of `node_api.h`. */
  readonly nodeApi: string;
}

/** npm drops an optional package whose install script fails, so the sources may have to be fetched, into `work`. */
export async function findAddonSources(
  tfjsNodeVersion: string,
  work: string,
  environment: NodeJS.ProcessEnv,
): Promise<AddonSources> {
  const installed = tfjsNodeDirectory();
  const binding = installed === undefined ? undefined : join(installed, "binding");
  return {
    binding:
      binding !== undefined && existsSync(join(binding, "tfjs_binding.cc"))
        ? binding
        : join(await fetchPackage("@tensorflow/tfjs-node", tfjsNodeVersion, work, environment), "binding"),
    nodeApi: await findNodeApi(work, environment),
  };
}

/** The folder of `node_api.h`: of the installed package, or fetched into `work`. */
export async function findNodeApi(work: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const fetched = (): Promise<string> => fetchPackage("node-api-headers", nodeApiVersion, work, environment);
  return nodeApiDirectory() ?? join(await fetched(), "include");
}

function nodeApiDirectory(): string | undefined {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")), "include");
    return existsSync(join(folder, "node_api.h")) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Downloads and unpacks one package without its dependencies; returns its folder. */
async function fetchPackage(
  name: string,
  version: string,
  work: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const folder = join(work, name.replace(/[^a-z0-9-]/g, "_"));
  makeFolder(folder);
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder, `${name}@${version}`], {
    env: environment,
    cwd: folder,
  });
  const packed = JSON.parse(stdout) as readonly { readonly filename: string }[];
  const file = packed[0]?.filename.replace("@", "").replace("/", "-");
  if (file === undefined) throw new Error(`npm packed no ${name}@${version}`);
  await run("tar", ["-xzf", join(folder, file), "-C", folder], { env: environment });
  return join(folder, "package");
}
