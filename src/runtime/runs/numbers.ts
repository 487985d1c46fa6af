/** The numbers of a model that runs may differ in: those that change no shape. */
import {
  type ParameterSpec,
  resolveBuiltin,
  resolveOptimizer,
  resolveSchedule,
} from "../../compiler/builtins/index.js";
import { type Arguments, type Model, type ParameterType, termNames } from "../../compiler/model/index.js";
import { suggest } from "../../compiler/text/index.js";
import { createFailure } from "../failure.js";
import type { RunNumbers } from "./types.js";

/** A number of a model under the name that `--vary` calls it by. */
export interface VariableNumber {
  readonly name: string;
  /** What the spec says; absent where it says nothing and there is no default. */
  readonly value?: number;
  /** Why a value is not valid, such as `be at least 0`; undefined when it is. */
  readonly needs: (value: number) => string | undefined;
  /** The model with another value in its place. */
  readonly set: (model: Model, value: number) => Model;
}

/**
 * The numbers by name: settings of the optimizer (`lr`), `schedule.SETTING`, `clip`, `ema`, the weights of losses and penalties
 * (`loss.TERM`, `penalty.NAME`), settings of the balance (`balance.SETTING`) and numbers of the network's parts
 * (`PART.dropout`). Whether a number of a part changes a shape is seen by the program that comes of it.
 */
export function variableNumbers(model: Model): ReadonlyMap<string, VariableNumber> {
  const all = [...trainNumbers(model), ...lossNumbers(model), ...nodeNumbers(model)];
  return new Map(all.map((number) => [number.name, number]));
}

/**
 * The model with these numbers in place of its own. Throws a {@link Failure} (MTL7403, MTL7404) for a name that is not one of
 * `variableNumbers`, and for a value out of its range.
 */
export function withNumbers(model: Model, numbers: RunNumbers): Model {
  const known = variableNumbers(model);
  return Object.entries(numbers).reduce((changed, [name, value]) => {
    const number = known.get(name);
    if (number === undefined)
      throw createFailure("MTL7403", {
        name,
        known: [...known.keys()],
        near: suggest(name, [...known.keys()]),
      });
    const needs = number.needs(value);
    if (needs !== undefined) throw createFailure("MTL7404", { name, value, needs });
    return number.set(changed, value);
  }, model);
}

function trainNumbers({ train }: Model): readonly VariableNumber[] {
  const { optimizer, schedule, clip, ema } = train;
  type Settings = "optimizer" | "schedule";
  const ofSettings = (which: Settings, prefix: string, parameters: readonly ParameterSpec[]): VariableNumber[] =>
    numbersOf(train[which].arguments, parameters).map(({ parameter, ...number }) => ({
      ...number,
      name: `${prefix}${parameter}`,
      set: (model, value) => withTrain(model, { [which]: withArgument(model.train[which], parameter, value) }),
    }));
  return [
    ...ofSettings("optimizer", "", resolveOptimizer(optimizer.name)?.parameters ?? []),
    ...ofSettings("schedule", "schedule.", resolveSchedule(schedule.name)?.parameters ?? []),
    ...(clip.kind === "none"
      ? []
      : [
          {
            name: "clip",
            value: clip.limit,
            needs: (value: number) => (value > 0 ? undefined : "be greater than 0"),
            set: (model: Model, limit: number) => withTrain(model, { clip: { ...clip, limit } }),
          },
        ]),
    ...(ema === undefined
      ? []
      : [
          {
            name: "ema",
            value: ema,
            needs: (value: number) => (value > 0 && value < 1 ? undefined : "be between 0 and 1, both excluded"),
            set: (model: Model, value: number) => withTrain(model, { ema: value }),
          },
        ]),
  ];
}

function lossNumbers({ loss }: Model): readonly VariableNumber[] {
  const weight = (which: "terms" | "penalties", name: string, at: number): VariableNumber => ({
    name,
    value: loss[which][at]?.weight ?? 1,
    needs: atLeastZero,
    set: (model, value) => ({
      ...model,
      loss: {
        ...model.loss,
        [which]: model.loss[which].map((term, index) => (index === at ? { ...term, weight: value } : term)),
      },
    }),
  });
  const { method } = loss.balance;
  return [
    ...termNames(loss.terms).map((name, at) => weight("terms", `loss.${name}`, at)),
    ...loss.penalties.map(({ name }, at) => weight("penalties", `penalty.${name}`, at)),
    ...numbersOf(loss.balance.arguments, resolveBuiltin(method)?.parameters ?? []).map(
      ({ parameter, ...number }): VariableNumber => ({
        ...number,
        name: `balance.${parameter}`,
        set: (model, value) => ({
          ...model,
          loss: { ...model.loss, balance: withArgument(model.loss.balance, parameter, value) },
        }),
      }),
    ),
  ];
}

function nodeNumbers({ nodes }: Model): readonly VariableNumber[] {
  return nodes.flatMap((node, at) => {
    const parameters = resolveBuiltin(node.layer)?.parameters ?? [];
    return numbersOf(node.arguments, parameters).map(({ parameter, ...number }): VariableNumber => ({
      ...number,
      name: `${node.id}.${parameter}`,
      set: (model, value) => ({
        ...model,
        nodes: model.nodes.map((each, index) => (index === at ? withArgument(each, parameter, value) : each)),
      }),
    }));
  });
}

type NumberOf = Pick<VariableNumber, "value" | "needs"> & { readonly parameter: string };

/** The parameters of a built-in that are one number each. */
function numbersOf(args: Arguments, parameters: readonly ParameterSpec[]): readonly NumberOf[] {
  return parameters.flatMap(({ name, type, default: standard }) => {
    if (type.kind !== "number") return [];
    const value = args[name] ?? standard;
    return [
      { parameter: name, needs: (given) => needsOf(type, given), ...(typeof value === "number" ? { value } : {}) },
    ];
  });
}

type NumberType = Extract<ParameterType, { readonly kind: "number" }>;

function needsOf(type: NumberType, value: number): string | undefined {
  const { min, max, minOpen = false, maxOpen = false, integer = false } = type;
  if (!Number.isFinite(value)) return "be finite";
  if (integer && !Number.isInteger(value)) return "be whole";
  if (min !== undefined && (minOpen ? value <= min : value < min))
    return `be ${minOpen ? "greater than" : "at least"} ${min}`;
  if (max !== undefined && (maxOpen ? value >= max : value > max))
    return `be ${maxOpen ? "less than" : "at most"} ${max}`;
  return undefined;
}

function atLeastZero(value: number): string | undefined {
  return value >= 0 ? undefined : "be at least 0";
}

function withTrain(model: Model, changes: Partial<Model["train"]>): Model {
  return { ...model, train: { ...model.train, ...changes } };
}

function withArgument<T extends { readonly arguments: Arguments }>(owner: T, name: string, value: number): T {
  return { ...owner, arguments: { ...owner.arguments, [name]: value } };
}
