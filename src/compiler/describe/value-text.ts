import type { ParameterSpec } from "../builtins/index.js";
import { valueText, type Arguments } from "../model/index.js";

export { callText, nameText, numberText, valueText } from "../model/index.js";

/** `widths: [64], activation: relu, …`; the required ones come first, without names. */
export function argumentsText(parameters: readonly ParameterSpec[], given: Arguments): readonly string[] {
  const required = parameters.findIndex((each) => each.default !== undefined);
  const known = parameters.flatMap((parameter, place) => {
    const value = given[parameter.name];
    // `null` is what a parameter has that nobody gave.
    if (value === undefined || value === null) return [];
    const text = valueText(value, parameter.type);
    return [required < 0 || place < required ? text : `${parameter.name}: ${text}`];
  });
  const names = new Set(parameters.map(({ name }) => name));
  const others = Object.entries(given).flatMap(([name, value]) =>
    names.has(name) || value === null ? [] : [`${name}: ${valueText(value)}`],
  );
  return [...known, ...others];
}
