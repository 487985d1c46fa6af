import { formulaText } from "../../describe/index.js";
import { hashModel } from "../../model/index.js";
import type { Target, TargetInput } from "../target.js";
import type { ModuleRuntime } from "./module-runtime.js";
import { createStandaloneModule } from "./standalone-module.js";

export const javascript: Target = {
  name: "javascript",
  summary: "The serving stage (formulas, rules, rankings) as one ES module without imports, with its types",
  folder: "serving",
  carries: ["serving"],
  inEveryArtifact: true,
  refusals: ({ model: { name, serving } }) =>
    serving === undefined || (serving.fusions.length === 0 && serving.ranks.length === 0)
      ? [{ what: `the model \`${name}\`: it has no formula and no ranking` }]
      : [],
  emit: (input) => {
    const { name, serving } = input.model;
    if (serving === undefined) throw new Error(`the model ${name} has no serving stage`);
    const hash = hashModel(input.model);
    const module = createStandaloneModule({ name, hash, serving, runtime: runtimeOf(input), textOf: formulaText });
    const manifest = {
      name: `${name}-serving`,
      type: "module",
      exports: { types: "./index.d.ts", default: "./index.js" },
    };
    return [
      { path: "index.js", content: module.source },
      { path: "index.d.ts", content: module.declarations },
      { path: "package.json", content: `${JSON.stringify(manifest, undefined, 2)}\n` },
    ];
  },
};

/** The build's bundle of `compiler/serving/module`. */
function runtimeOf({ built }: Pick<TargetInput, "built">): ModuleRuntime {
  return {
    source: built("serving-module/runtime.js"),
    declarations: built("serving-module/api.d.ts"),
    rankDeclarations: built("serving-module/rank-api.d.ts"),
  };
}
