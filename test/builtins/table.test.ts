/** The table as data: what the checker and the reference rely on. */
import { describe, expect, it } from "vitest";
import {
  builtins,
  gates,
  layers,
  losses,
  optimizers,
  type ParameterSpec,
  penalties,
  resolveBuiltin,
  resolveGate,
  resolveLayer,
  resolveLoss,
  resolveOptimizer,
  resolvePenalty,
  resolveSchedule,
  schedules,
} from "../../src/compiler/builtins/index.js";
import type { ArgumentValue } from "../../src/compiler/model/index.js";
import { layerNamed, withDefaults } from "./harness.js";

const all = [...builtins, ...optimizers, ...schedules];

/** Whether a default is a value that the parameter itself would take. */
function fits({ type }: ParameterSpec, value: ArgumentValue): boolean {
  if (value === null) return true;
  switch (type.kind) {
    case "number": {
      if (typeof value !== "number") return false;
      const { min = -Infinity, max = Infinity, minOpen = false, maxOpen = false, integer = false } = type;
      return (
        (minOpen ? value > min : value >= min) &&
        (maxOpen ? value < max : value <= max) &&
        (!integer || Number.isInteger(value))
      );
    }
    case "choice":
      return typeof value === "string" && type.values.includes(value);
    case "levels":
      return Array.isArray(value) && value.every(Array.isArray);
    case "widths":
    case "numbers":
      return Array.isArray(value) && value.every((item) => typeof item === "number");
    case "boolean":
      return typeof value === "boolean";
    case "text":
    case "reference":
      return typeof value === "string";
    case "order":
      return Array.isArray(value);
    case "gains":
      return typeof value === "object";
  }
}

describe("the table of built-ins", () => {
  it("has no two of one name", () => {
    const names = builtins.map(({ name }) => name);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  it("finds each by its name and kind, and nothing else", () => {
    expect(layers.map(({ name }) => resolveLayer(name))).toEqual(layers);
    expect(gates.map(({ name }) => resolveGate(name))).toEqual(gates);
    expect(losses.map(({ name }) => resolveLoss(name))).toEqual(losses);
    expect(penalties.map(({ name }) => resolvePenalty(name))).toEqual(penalties);
    expect(builtins.map(({ name }) => resolveBuiltin(name))).toEqual(builtins);
    expect([resolveLayer("softmax"), resolveGate("mlp"), resolveLoss("l2"), resolveBuiltin("toString")]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(resolveOptimizer("adam")?.parameters[0]).toMatchObject({ name: "lr", default: 1e-3 });
    expect(resolveSchedule("cosine")?.parameters.map(({ name }) => name)).toEqual(["steps", "end", "warmup"]);
  });

  it.each(all.map((builtin) => [builtin.name, builtin] as const))(
    "%s says in sentences what it and its parameters are, with defaults of their own types",
    (_, { summary, parameters }) => {
      for (const text of [summary, ...parameters.map(({ doc }) => doc)]) {
        expect(text).toMatch(/^\S.*\.$/s);
        expect(text).not.toContain("TODO");
      }
      const names = parameters.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const spec of parameters) {
        if (spec.default !== undefined) expect([spec.name, fits(spec, spec.default)]).toEqual([spec.name, true]);
      }
    },
  );
});

describe("shape rules", () => {
  const rule = (name: string, inputs: readonly (readonly number[])[], args = {}): unknown => {
    const layer = layerNamed(name);
    const result = layer.shape(inputs, withDefaults(layer.parameters, args));
    return result.kind === "shape" ? result.shape : result.problem;
  };

  it("give the row's shape", () => {
    expect(rule("concat", [[3], [4], [1]])).toEqual([8]);
    expect(rule("mlp", [[3]], { widths: [64, 32] })).toEqual([32]);
    expect(rule("linear", [[3]], { width: 5 })).toEqual([5]);
    expect(rule("embedding", [], { feature: "user", width: 16 })).toEqual([16]);
    expect(rule("embed", [], { feature: "user", width: 16 })).toEqual([16]);
    expect(rule("dot", [[4], [4]])).toEqual([1]);
    expect(rule("fm", [[4], [4], [4]])).toEqual([1]);
    for (const name of ["cross", "dropout", "norm", "stop"]) expect(rule(name, [[6]], { rate: 0.1 })).toEqual([6]);
  });

  it("say what does not fit", () => {
    expect(rule("dot", [[4], [5]])).toBe("needs inputs of one width, has 4 and 5");
    expect(rule("fm", [[4]])).toBe("needs at least two inputs");
    expect(rule("fm", [[4], [4], [2]])).toBe("needs inputs of one width, has 4 and 2");
    expect(rule("mlp", [[4, 5]], { widths: [3] })).toBe("needs a vector per row, has sequence[4] × [5]");
    expect(rule("mlp", [[4]], { widths: [] })).toBe("needs the width of at least one layer");
  });
});
