import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";

const manifest = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { readonly version: string };

/** The version of mtlc. */
export const version = manifest.version;
