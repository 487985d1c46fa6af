import { generateFormulas } from "../../formulas/index.js";
import type { FormulaExpression, ServingModel } from "../../model/index.js";
import { declarationsOf } from "./declarations.js";
import { linkModules, type CompiledModules } from "./link-modules.js";

export interface StandaloneOptions {
  readonly name: string;
  /** Of the model, for whoever asks what a module was made from. */
  readonly hash: string;
  readonly serving: ServingModel;
  /** Our own compiled sources, by their path under `compiler`. */
  readonly modules: CompiledModules;
  /** A formula as the spec would write it. */
  readonly textOf: (expression: FormulaExpression) => string;
}

/** An ES module without imports, and its types. */
export interface StandaloneModule {
  readonly source: string;
  readonly declarations: string;
}

/** The serving stage as one module. What the spec's author wrote stands in JSON alone, never in code. */
export function createStandaloneModule(options: StandaloneOptions): StandaloneModule {
  const { name, hash, serving, modules, textOf } = options;
  const generated = generateFormulas(serving.fusions);
  const library = linkModules(modules, [
    "formulas/operations.js",
    "formulas/list-functions.js",
    "formulas/read-inputs.js",
    "formulas/interpret.js",
    "formulas/explain.js",
    "serving/ranker.js",
    "serving/read-request.js",
    "serving/refusal.js",
  ]);
  const { params, numbers, texts, lists, constants } = generated;
  const from = (path: string, names: string): string => `const { ${names} } = ${library.nameOf(path)};`;
  const source = [
    "// The serving stage of a model, made by mtlc. Do not edit: compile the spec again.",
    library.source,
    from("formulas/operations.js", operationNames.join(", ")),
    from("formulas/list-functions.js", listFunctionNames.join(", ")),
    from("formulas/read-inputs.js", "readInputs"),
    from("formulas/interpret.js", "createEvaluator"),
    from("formulas/explain.js", "explainFormula"),
    from("serving/ranker.js", "createRanker, withIds"),
    from("serving/read-request.js", "readRequest"),
    from("serving/refusal.js", "oneOf, refuse"),
    "",
    `export const model = ${jsonText({ name, hash })};`,
    `const serving = ${jsonText(withTexts(serving, textOf))};`,
    `const slots = ${jsonText({ params, numbers, texts, lists, constants })};`,
    "",
    generated.source,
    standaloneFunctions,
  ].join("\n");
  return { source, declarations: declarationsOf(name, serving) };
}

/** Functions that generated code may call. */
const operationNames = [
  "raise",
  "safePower",
  "logistic",
  "clampNumber",
  "choose",
  "fallBack",
  "isMissing",
  "isMissingValue",
  "ageOf",
  "lowerText",
  "bothHold",
  "eitherHolds",
  "doesNotHold",
  "isEqual",
  "isLess",
  "isLessOrEqual",
  "isSameText",
  "isTextLess",
  "isTextLessOrEqual",
  "hasText",
  "interpolate",
];
const listFunctionNames = ["rankColumn", "percentileColumn", "minmaxColumn", "zscoreColumn", "reciprocalRankColumn"];

/** Places and comments. Under a name of the spec, such as a parameter that an arm sets, stands a number. */
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

/** JSON that is safe as code and inside a page. */
function jsonText(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
    .replaceAll('"__proto__":', '["__proto__"]:');
}

const standaloneFunctions = `function read(given) {
  const sound = readRequest(serving, given);
  if (sound.kind === "refused") return sound;
  const { ids, candidates, values, now, params } = sound.request;
  const isSlot = (input) => [slots.numbers, slots.texts, slots.lists].some((names) => names.includes(input.name));
  const result = readInputs(
    serving,
    { candidates: withIds(serving, candidates, ids), ...(values === undefined ? {} : { request: values }), now, params },
    isSlot,
  );
  if (result.kind !== "refused") return { ...result, ids, arms: sound.arms };
  const { index, ...rest } = result;
  return index === undefined ? rest : { ...rest, id: ids[index] };
}

const withArms = (arms) => (serving.experiments.length === 0 ? {} : { arms });

export function score(request) {
  const result = read(request);
  if (result.kind === "refused") return result;
  const { frame, kept, leftOut, clamped, ids, arms } = result;
  const columns = evaluateFormulas(
    frame.count,
    frame.now,
    slots.params.map((name) => frame.params.get(name)),
    slots.numbers.map((name) => frame.numbers.get(name)),
    slots.texts.map((name) => frame.texts.get(name)),
    slots.lists.map((name) => frame.lists.get(name) ?? frame.vectors.get(name)),
    slots.constants,
  );
  return {
    kind: "scored",
    items: Array.from(kept, (index, row) => ({
      id: ids[index],
      scores: Object.fromEntries(serving.fusions.map(({ name }, i) => [name, columns[i][row]])),
    })),
    leftOut: leftOut.map(({ index, ...rest }) => ({ id: ids[index], ...rest })),
    clamped,
    ...withArms(arms),
  };
}

const namesOf = (all) => all.map(({ name }) => name);

export function explain(request, id, formula) {
  const result = read(request);
  if (result.kind === "refused") return result;
  const fusion = serving.fusions.find(({ name }) => name === formula);
  if (fusion === undefined) return refuse("formula", "unknown", oneOf(namesOf(serving.fusions), "formula"));
  const row = result.kept.findIndex((index) => result.ids[index] === String(id));
  if (row < 0) return undefined;
  const { kind, score, parts } = explainFormula(result.frame, createEvaluator(result.frame), fusion.value, row);
  return {
    kind,
    score,
    parts: parts.map(({ expression, value, contribution }) => ({ part: expression.text, value, contribution })),
  };
}

const rankers = new Map();

export function rank(request, ranking = serving.ranks[0]?.name) {
  let ranker = rankers.get(ranking);
  if (ranker === undefined) {
    const declared = serving.ranks.find(({ name }) => name === ranking);
    if (declared === undefined) return refuse("ranking", "unknown", oneOf(namesOf(serving.ranks), "ranking"));
    ranker = createRanker(serving, declared);
    rankers.set(ranking, ranker);
  }
  const sound = readRequest(serving, request);
  if (sound.kind === "refused") return sound;
  const result = ranker.rank(sound.request);
  return result.kind === "ranked" ? { ...result, ...withArms(sound.arms) } : result;
}
`;
