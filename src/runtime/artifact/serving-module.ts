/** The standalone module of a model's serving stage, as files of an artifact. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formulaText } from "../../compiler/describe/index.js";
import { hashModel, type Model } from "../../compiler/model/index.js";
import { type CompiledModules, createStandaloneModule } from "../../compiler/targets/javascript/index.js";
import { createFailure } from "../failure.js";

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
    modules: readCompiledModules(),
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

/** Folders of the compiler that a standalone module may carry. */
const carried = ["formulas", "ranking", "serving", "text"];

/** Our own sources as the build left them: `dist` lies beside `src`, so that the way is the same from both. */
function readCompiledModules(): CompiledModules {
  const folder = join(import.meta.dirname, "../../../dist/compiler");
  const modules = new Map<string, string>();
  for (const unit of carried) {
    const path = join(folder, unit);
    if (!existsSync(path)) throw createFailure("MTL7500", { folder: path });
    for (const file of readdirSync(path, { recursive: true, encoding: "utf8" }))
      if (file.endsWith(".js"))
        modules.set(`${unit}/${file.replaceAll("\\", "/")}`, readFileSync(join(path, file), "utf8"));
  }
  return modules;
}
