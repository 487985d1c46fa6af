/** What calls take, by where they are: built-ins, features, formats, functions and macros in one form. */
import { type FileFormat, fileFormatNames, fileFormats } from "../../compiler/formats/index.js";
import { formulaFunctions } from "../../compiler/functions/index.js";
import { omitUndefined, own } from "../../compiler/text/index.js";
import {
  batchWord,
  builtins,
  lossOptions,
  optimizers,
  resolveLoss,
  schedules,
  type Builtin,
  type TrainingBuiltin,
} from "../../compiler/builtins/index.js";
import { metrics } from "../../compiler/metrics/index.js";
import type { ArgumentValue } from "../../compiler/model/index.js";
import {
  activations,
  columnFunctions,
  defaultOptions,
  describeArgumentType,
  featureKindNames,
  featureKinds,
  formatSpecs,
  sampleSpecs,
  splitSpecs,
  stopSpecs,
  widthWord,
  type ArgumentSpec,
} from "../../compiler/semantics/index.js";
import { flatExpression } from "../../compiler/format/flat-text.js";
import type { DefDeclaration } from "../../compiler/syntax/index.js";
import { callDocs, parameterDocs } from "./docs.js";
import { anySlot, argumentSlot, numberSlot, type Slot } from "./slots.js";

/** A parameter as an editor shows it. */
export interface ParameterView {
  readonly name: string;
  readonly slot: Slot;
  /** `a whole number ≥ 1`, `one of \`relu\`, \`tanh\``. */
  readonly expected: string;
  /** As a spec would write it; absent when the argument must be given, empty when it may simply be absent. */
  readonly default?: string;
  readonly doc?: string;
  /** Whether a model says it only where it is not the default. */
  readonly elided?: true;
}

/** What a call takes. */
export interface Signature {
  readonly name: string;
  /** With its article: `a layer`. */
  readonly what: string;
  readonly summary: string;
  readonly paper?: string;
  /** What it takes by position before its parameters. */
  readonly inputs: readonly { readonly name: string; readonly slot: Slot }[];
  /** Whether the last input may appear more than once. */
  readonly variadic: boolean;
  readonly parameters: readonly ParameterView[];
  readonly def?: DefDeclaration;
}

/** Macros of the spec, by name. */
export type Macros = ReadonlyMap<string, DefDeclaration>;

/** The calls that may appear in a slot, macros left out. */
export function signaturesIn(slot: Slot): readonly Signature[] {
  switch (slot.kind) {
    case "tensor":
    case "mixed":
      return layerSignatures;
    case "gate":
      return gateSignatures;
    case "loss":
      return lossSignatures;
    case "balance":
      return balanceSignatures;
    case "task":
      return [...activationSignatures, ...logitSignatures];
    case "logit":
      return logitSignatures;
    case "formula":
    case "count":
      return formulaSignatures;
    case "argument":
      return ["widths", "levels", "number"].includes(slot.type.kind) ? [widthSignature] : [];
    case "columns":
      return [...columnSignatures, namedColumn];
    case "column":
      return [namedColumn];
    case "featureType":
      return featureSignatures;
    case "source":
      return sourceSignatures;
    case "format":
      return formatSignatures;
    case "split":
      return splitSignatures;
    case "sample":
      return sampleSignatures;
    case "splitKeys":
      return hashSignatures;
    case "optimizer":
      return optimizerSignatures;
    case "schedule":
      return scheduleSignatures;
    case "clip":
      return clipSignatures;
    case "stop":
      return stopSignatures;
    case "metrics":
      return metricSignatures;
    case "stopMetric":
      return watchedSignatures;
    case "arm":
      return armSignatures;
    default:
      return [];
  }
}

/** What a call of that name takes in a slot; undefined when nothing there is called so. */
export function signatureOf(slot: Slot, name: string, macros: Macros): Signature | undefined {
  const def = macros.get(name);
  if (def !== undefined) return macroSignature(def, slot);
  return signaturesIn(slot).find((signature) => signature.name === name);
}

/** The slot of one argument: by its name, or by its index among the positional ones. */
export function slotOfArgument(
  signature: Signature | undefined,
  argument: { readonly name?: string | undefined; readonly index: number; readonly named: readonly string[] },
): Slot {
  if (signature === undefined) return anySlot;
  return parameterOf(signature, argument)?.slot ?? inputOf(signature, argument)?.slot ?? anySlot;
}

function inputOf(
  { inputs, variadic }: Signature,
  { name, index }: { readonly name?: string | undefined; readonly index: number },
): Signature["inputs"][number] | undefined {
  if (name !== undefined) return undefined;
  return inputs[index] ?? (variadic ? inputs.at(-1) : undefined);
}

/** The parameter that an argument fills; undefined for an input. */
export function parameterOf(
  { inputs, variadic, parameters }: Signature,
  {
    name,
    index,
    named,
  }: { readonly name?: string | undefined; readonly index: number; readonly named: readonly string[] },
): ParameterView | undefined {
  if (name !== undefined) return parameters.find((parameter) => parameter.name === name);
  if (variadic || index < inputs.length) return undefined;
  return parameters.filter((parameter) => !named.includes(parameter.name))[index - inputs.length];
}

/** `mlp(x, widths, activation: relu, …)` in parts: what a signature's label is made of. */
export function partsOf({ inputs, variadic, parameters }: Signature): readonly string[] {
  return [
    ...inputs.map(({ name }, i) => (variadic && i === inputs.length - 1 ? `${name}, …` : name)),
    ...parameters.map(({ name, default: value }) => {
      if (value === undefined) return name;
      return value === "" ? `${name}?` : `${name}: ${value}`;
    }),
  ];
}

export function showSignature(signature: Signature): string {
  return `${signature.name}(${partsOf(signature).join(", ")})`;
}

/** A value as a spec writes it; empty for one that is absent. */
export function showValue(value: ArgumentValue): string {
  if (value === null) return "";
  if (typeof value === "object")
    return Array.isArray(value) ? `[${(value as readonly ArgumentValue[]).map(showValue).join(", ")}]` : "{}";
  return typeof value === "string" && !/^[A-Za-z_]\w*$/.test(value) ? JSON.stringify(value) : String(value);
}

const tensor: Slot = { kind: "tensor" };
const tensorInput = "a feature, a part of the network or a list of such";

function parameterView(call: string, spec: ArgumentSpec & { readonly doc?: string }): ParameterView {
  const doc = spec.doc ?? parameterDocs[`${call}.${spec.name}`] ?? own(parameterDocs, spec.name);
  return {
    name: spec.name,
    slot: slotOfParameter(call, spec),
    expected: describeArgumentType(spec.type),
    ...(spec.default === undefined ? {} : { default: showValue(spec.default) }),
    ...omitUndefined({ doc, elided: spec.elided }),
  };
}

/** A tensor that is given by its name, or not at all. */
function optionalInput({ name, doc }: { readonly name: string; readonly doc: string }): ParameterView {
  return { name, slot: tensor, expected: tensorInput, default: "", doc };
}

/** Arguments that the checker reads from the tree by rules of their own. */
function slotOfParameter(call: string, { name, type }: ArgumentSpec): Slot {
  if (call === "split" && name === "by") return { kind: "splitKeys" };
  if (call === "early" && name === "metric") return { kind: "stopMetric" };
  if (name === "by" && resolveLoss(call) !== undefined)
    return argumentSlot({ kind: "oneOf", options: [{ kind: "choice", values: [batchWord] }, { kind: "names" }] });
  return argumentSlot(type);
}

const kindWords: Readonly<Record<Builtin["kind"], string>> = {
  layer: "a layer",
  family: "a family layer",
  gate: "a gate",
  loss: "a loss",
  penalty: "a penalty",
  balance: "a way to balance losses",
};

function builtinSignature(builtin: Builtin): Signature {
  const { name, summary, paper, parameters } = builtin;
  const inputs =
    builtin.kind === "layer" || builtin.kind === "family"
      ? builtin.inputs === "none"
        ? []
        : builtin.inputs === "variadic"
          ? ["x"]
          : builtin.inputs
      : builtin.kind === "gate"
        ? ["x"]
        : builtin.kind === "penalty" && builtin.on !== "parameters" && builtin.on !== "heads"
          ? [builtin.on === "gates" ? "gate" : "a"]
          : [];
  return {
    name,
    what: kindWords[builtin.kind],
    summary,
    ...omitUndefined({ paper }),
    inputs: inputs.map((input) => ({ name: input, slot: tensor })),
    variadic:
      (builtin.kind === "layer" && builtin.inputs === "variadic") ||
      (builtin.kind === "penalty" && builtin.on !== "parameters" && builtin.on !== "heads"),
    parameters: [
      ...[...parameters, ...(builtin.kind === "loss" ? lossOptions(builtin) : [])].map((spec) =>
        parameterView(name, spec),
      ),
      ...(builtin.kind === "family" ? (builtin.optionalInputs ?? []) : []).map(optionalInput),
    ],
  };
}

function signaturesOf(kind: Builtin["kind"]): readonly Signature[] {
  return builtins.filter((builtin) => builtin.kind === kind && builtin.name !== "feature").map(builtinSignature);
}

function trainingSignature(what: string, { name, summary, paper, parameters }: TrainingBuiltin): Signature {
  return {
    name,
    what,
    summary,
    ...omitUndefined({ paper }),
    inputs: [],
    variadic: false,
    parameters: parameters.map((spec) => parameterView(name, spec)),
  };
}

/** A call that the language knows by itself, described in `docs.ts`. */
function formSignature(
  name: string,
  what: string,
  inputs: Signature["inputs"],
  specs: readonly ArgumentSpec[] = [],
  variadic = false,
): Signature {
  return {
    name,
    what,
    summary: callDocs[`${what.replace(/^an? /, "")} ${name}`] ?? own(callDocs, name) ?? "",
    inputs,
    variadic,
    parameters: specs.map((spec) => parameterView(name, spec)),
  };
}

const layerSignatures = [...signaturesOf("layer"), ...signaturesOf("family")];
const gateSignatures = signaturesOf("gate");
const balanceSignatures = signaturesOf("balance");
const lossSignatures = [...signaturesOf("loss"), ...signaturesOf("penalty")];
/** `width(x)`, where a layer or a gate takes a number. */
export const widthSignature = formSignature(widthWord, "a number", [{ name: "x", slot: tensor }]);

const logit: Slot = { kind: "logit" };
const logitSignatures = [
  formSignature("logit", "a logit", [{ name: "x", slot: tensor }]),
  formSignature("train_only", "a logit", [{ name: "logit", slot: logit }]),
];
const activationSignatures = activations.map((name) =>
  formSignature(name, "an activation", [{ name: "logit", slot: logit }]),
);
const formula = { kind: "formula", test: false } as const;
const formulaSignatures = Object.entries(formulaFunctions).map(([name, { summary, parameters, takesMissing }]) => ({
  ...formSignature(
    name,
    "a function of formulas",
    parameters.map((parameter, i) => ({
      name: parameter.name,
      slot: {
        ...formula,
        wants: parameter.kind,
        takesMissing: takesMissing === "all" || (takesMissing === "first" && i === 0),
      },
    })),
  ),
  summary,
}));
const columnSignatures = Object.entries(columnFunctions).map(([name, { summary, parameters }]) => ({
  ...formSignature(
    name,
    "a function of columns",
    parameters.map((parameter) => ({ name: parameter.name, slot: { kind: "columns" } })),
  ),
  summary,
}));
const namedColumn = formSignature("column", "a column by its name in quotes", [
  { name: "name", slot: { kind: "argument", type: { kind: "text" } } },
]);
const featureSignatures = featureKindNames.map((name) => {
  const { summary, options } = featureKinds[name];
  return { ...formSignature(name, "a kind of feature", [], options), summary };
});
const formatSignature = (format: FileFormat, inputs: Signature["inputs"]): Signature => ({
  ...formSignature(format, "a file format", inputs, formatSpecs({ format, options: defaultOptions(format) })),
  summary: fileFormats[format].summary,
});
const formatSignatures = fileFormatNames.map((format) => formatSignature(format, []));
const sourceSignatures = fileFormatNames.map((format) =>
  formatSignature(format, [{ name: "path", slot: { kind: "argument", type: { kind: "strings" } } }]),
);
const splitSignatures = [formSignature("split", "a way to split rows", [], splitSpecs)];
const sampleSignatures = [formSignature("negatives", "a way to leave rows out", [], sampleSpecs)];
const hashSignatures = [
  formSignature("hash", "what decides where a row goes", [{ name: "column", slot: { kind: "column" } }], [], true),
];
const optimizerSignatures = optimizers.map((each) => trainingSignature("an optimizer", each));
const scheduleSignatures = schedules.map((each) => trainingSignature("a schedule", each));
const clipSignatures = ["norm", "value"].map((name) =>
  formSignature(name, "a bound on gradients", [{ name: "limit", slot: numberSlot }]),
);
const stopSignatures = [formSignature("early", "a rule to stop by", [], stopSpecs)];
/** What the call in an arm's place is; its named arguments are parameters of the spec. */
export const armWord = "an arm of an experiment";
const armSignatures = [formSignature("arm", armWord, [{ name: "share", slot: numberSlot }])];
const metricSignatures = metrics.map(({ name, summary, paper, parameters }): Signature => ({
  name,
  what: "a metric",
  summary,
  ...omitUndefined({ paper }),
  inputs: [],
  variadic: false,
  parameters: parameters.map((spec) => parameterView(name, spec)),
}));
const watchedSignatures = metricSignatures.map((signature): Signature => ({
  ...signature,
  inputs: [{ name: "head", slot: { kind: "head" } }],
}));

function macroSignature(def: DefDeclaration, slot: Slot): Signature {
  return {
    name: def.name.text,
    what: "a macro",
    summary: def.doc ?? "",
    inputs: [],
    variadic: false,
    // What a macro makes of its arguments is known only where it is expanded: likely what is around the call.
    parameters: def.parameters.map((parameter) => ({
      name: parameter.name.text,
      slot,
      expected: "an expression",
      ...(parameter.default === undefined ? {} : { default: flatExpression(parameter.default) }),
    })),
    def,
  };
}
