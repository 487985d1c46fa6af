/** What a `search` is called: the declaration and the options on the way to it. */
import { builtins, optimizers, schedules } from "../../builtins/index.js";
import type { Argument, CallExpression, DefDeclaration } from "../../syntax/index.js";

/** A step of a path; a number is the position in a list, from 1. */
export type Path = readonly (string | number)[];

/** `["t", "widths", 2]` as `t.widths[2]`. */
export function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}

/** The step from a call to its argument: the parameter, else what is called there; none where nobody can say. */
export function stepTo(call: CallExpression, argument: Argument, defs: ReadonlyMap<string, DefDeclaration>): Path {
  const name = argument.name?.text ?? parameterAt(call, argument, defs);
  if (name !== undefined) return [name];
  return argument.value.kind === "Call" ? [argument.value.callee.text] : [];
}

/** The parameter that an argument by position fills. */
function parameterAt(
  call: CallExpression,
  argument: Argument,
  defs: ReadonlyMap<string, DefDeclaration>,
): string | undefined {
  const position = call.arguments.filter(({ name }) => name === undefined).indexOf(argument);
  const named = new Set(call.arguments.map(({ name }) => name?.text));
  const def = defs.get(call.callee.text);
  const takes = def === undefined ? builtinParameters(call.callee.text) : def.parameters.map(({ name }) => name.text);
  return takes?.filter((each) => each === undefined || !named.has(each))[position];
}

/** The parameters of a built-in by position; a tensor that it takes first has no name. */
function builtinParameters(name: string): readonly (string | undefined)[] | undefined {
  const builtin = builtins.find((each) => each.name === name);
  if (builtin !== undefined) {
    const inputs = "inputs" in builtin ? builtin.inputs : [];
    if (inputs === "variadic") return undefined;
    const tensors = inputs === "none" ? [] : inputs.map(() => undefined);
    return [...tensors, ...builtin.parameters.map((parameter) => parameter.name)];
  }
  return [...optimizers, ...schedules].find((each) => each.name === name)?.parameters.map((each) => each.name);
}
