import { calledFunctions, generateFormulas } from "../../formulas/index.js";
import type { FormulaExpression, ServingModel } from "../../model/index.js";
import { declarationsOf } from "./declarations.js";
import { jsonText } from "./json-text.js";
import { runtimeName, type ModuleRuntime } from "./module-runtime.js";

export interface StandaloneOptions {
  readonly name: string;
  /** Of the model, for whoever asks what a module was made from. */
  readonly hash: string;
  readonly serving: ServingModel;
  readonly runtime: ModuleRuntime;
  /** A formula as the spec would write it. */
  readonly textOf: (expression: FormulaExpression) => string;
}

/** An ES module without imports, and its types. */
export interface StandaloneModule {
  readonly source: string;
  readonly declarations: string;
}

/** The serving stage as one module. What the spec's author wrote is only in JSON, never in code. */
export function createStandaloneModule(options: StandaloneOptions): StandaloneModule {
  const { name, hash, serving, runtime, textOf } = options;
  const { source: formulas, ...slots } = generateFormulas(serving.fusions);
  const source = [
    "// The serving stage of a model, made by mtlc. Do not edit: compile the spec again.",
    runtime.source,
    `const { ${Object.keys(calledFunctions).join(", ")} } = ${runtimeName}.calledFunctions;`,
    `const serving = ${jsonText(withTexts(serving, textOf))};`,
    `const slots = ${jsonText(slots)};`,
    "",
    formulas,
    `export const model = ${jsonText({ name, hash })};`,
    `export const { score, explain, rank } = ${runtimeName}.createModuleFunctions({ serving, slots, evaluateFormulas });`,
    "",
  ].join("\n");
  return { source, declarations: declarationsOf(name, serving, runtime) };
}

/** Places and comments. Under a name of the spec, such as a parameter that an arm sets, is a number. */
function isSilent(key: string, item: unknown): boolean {
  return typeof item !== "number" && (key === "span" || key === "doc");
}

/** The model without places and comments, and with the text of each part of a formula for explanations. */
function withTexts(serving: ServingModel, textOf: (expression: FormulaExpression) => string): unknown {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => (isSilent(key, item) ? [] : [[key, strip(item)]])),
    );
  };
  const describe = (node: FormulaExpression): unknown => {
    const children = Object.entries(node).flatMap(([key, item]) => {
      if (key === "span") return [];
      const isNode = typeof item === "object" && item !== null && "kind" in item;
      if (isNode) return [[key, describe(item as FormulaExpression)]];
      return key === "arguments" ? [[key, (item as readonly FormulaExpression[]).map(describe)]] : [[key, strip(item)]];
    });
    return { ...Object.fromEntries(children), text: textOf(node) };
  };
  const plain = strip(serving) as Record<string, unknown>;
  return { ...plain, fusions: serving.fusions.map(({ name, value }) => ({ name, value: describe(value) })) };
}
