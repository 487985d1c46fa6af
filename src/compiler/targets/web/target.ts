import { type Program, stateBytes, stateOf } from "../../graph/index.js";
import { hashModel, hasTrees } from "../../model/index.js";
import { predictRefusals } from "../network.js";
import { functionNamed, type Refusal, type Target, type TargetInput, type TargetSubject } from "../target.js";
import { webDeclarations } from "./declarations.js";
import { webModuleText } from "./web-module.js";

/** Weights of a module, in bytes: a page has them in memory three times while it loads. */
const largestWeights = 1 << 28;

function refusals(subject: TargetSubject): readonly Refusal[] {
  const { model, program } = subject;
  const ranks = (model.serving?.ranks.length ?? 0) > 0;
  if (program === undefined)
    return ranks ? [] : [{ what: `the model \`${model.name}\`: it has neither a network nor a ranking` }];
  const found = predictRefusals("tfjs", subject);
  return hasTrees(model) ? found : [...found, ...tooLarge(program)];
}

function tooLarge(program: Program): readonly Refusal[] {
  const bytes = stateOf(program, functionNamed(program, "predict")).reduce(
    (sum, variable) => sum + stateBytes(variable),
    0,
  );
  if (bytes <= largestWeights) return [];
  const [found, most] = [bytes, largestWeights].map((size) => Math.ceil(size / 2 ** 20));
  return [
    {
      what: `${found} MiB of weights: a page loads at most ${most}`,
      instead: "make tables smaller: by `min_count`, `max_size` or `hash` of a vocabulary, or narrower embeddings",
    },
  ];
}

export const web: Target = {
  name: "web",
  summary:
    "One ES module for pages, workers, Deno, Bun and Node: predictions and ranked lists of raw rows, by TensorFlow.js",
  folder: "web",
  carries: ["predict", "serving"],
  inEveryArtifact: false,
  refusals,
  emit: (input) => {
    const { model, program, built } = input;
    const heads = program === undefined ? [] : functionNamed(program, "predict").outputs.map(({ name }) => name);
    const manifest = {
      name: `${model.name}-web`,
      type: "module",
      exports: { types: "./index.d.ts", default: "./index.js" },
    };
    return [
      { path: "index.js", content: () => webModuleText(moduleOptions(input)) },
      { path: "index.d.ts", content: webDeclarations(model, heads, built("web-module/api.d.ts")) },
      { path: "package.json", content: `${JSON.stringify(manifest, undefined, 2)}\n` },
    ];
  },
};

function moduleOptions({
  model,
  program,
  fitted,
  weights,
  built,
  generator,
}: TargetInput): Parameters<typeof webModuleText>[0] {
  return {
    model,
    hash: hashModel(model),
    // How often a fit was continued decides nothing about a row.
    fitted: { rows: fitted.rows, features: fitted.features },
    weights,
    runtime: { source: built("web-module/runtime.js"), wasm: built("web-module/wasm.txt") },
    generator,
    ...(program === undefined ? {} : { program }),
  };
}
