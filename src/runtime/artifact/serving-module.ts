/** The standalone module of a model's serving stage, as files of an artifact. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formulaText } from "../../compiler/describe/index.js";
import { hashModel, type Model } from "../../compiler/model/index.js";
import { packageRoot } from "../../package-root.js";
import { createStandaloneModule, type ModuleRuntime } from "../../compiler/targets/javascript/index.js";

/** Where the module is in an artifact. */
export const servingFolder = "serving";

/** A file of the module: its path in the artifact, and its text. */
export interface TextFile {
  readonly path: string;
  readonly content: string;
}

/** One ES module without imports, its types, and a `package.json` that says so; none for a model that has no formula. */
export function servingFiles(model: Model): readonly TextFile[] {
  const { name, serving } = model;
  if (serving === undefined || (serving.fusions.length === 0 && serving.ranks.length === 0)) return [];
  const { source, declarations } = createStandaloneModule({
    name,
    hash: hashModel(model),
    serving,
    runtime: readModuleRuntime(),
    textOf: formulaText,
  });
  const manifest = {
    name: `${name}-serving`,
    type: "module",
    exports: { types: "./index.d.ts", default: "./index.js" },
  };
  return [
    { path: `${servingFolder}/index.js`, content: source },
    { path: `${servingFolder}/index.d.ts`, content: declarations },
    { path: `${servingFolder}/package.json`, content: `${JSON.stringify(manifest, undefined, 2)}\n` },
  ];
}

/** The build's bundle of `compiler/serving/module`. */
function readModuleRuntime(): ModuleRuntime {
  const read = (name: string): string => readFileSync(join(packageRoot, "dist", "serving-module", name), "utf8");
  return {
    source: read("runtime.js"),
    declarations: read("api.d.ts"),
    rankDeclarations: read("rank-api.d.ts"),
  };
}
