/** tfjs-node, for peers that are written against it. */
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as Tf from "@tensorflow/tfjs-core";
import { loadBinding } from "../../src/runtime/engine/native-binding.js";

/** With the addon of our native engine, when the package's own was never downloaded. Rejects where there is none. */
export async function tfjsNode(): Promise<typeof Tf> {
  const resolve = createRequire(import.meta.url);
  const manifest = resolve.resolve("@tensorflow/tfjs-node/package.json");
  const finder = createRequire(manifest)("@mapbox/node-pre-gyp") as { find: (path: string) => string };
  const expected = finder.find(manifest);
  const found = loadBinding(process.env);
  if (!existsSync(expected) && found.kind === "loaded") {
    mkdirSync(dirname(expected), { recursive: true });
    rmSync(expected, { force: true });
    symlinkSync(found.path, expected);
  }
  return Promise.resolve(resolve("@tensorflow/tfjs-node") as typeof Tf);
}
