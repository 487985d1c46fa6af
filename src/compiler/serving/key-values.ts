import type { Frame } from "../formulas/index.js";
import type { KeyValue } from "../ranking/index.js";

/** The values of an input as keys of rules have them: of each row one, several, or none. */
export function keyValues(
  frame: Frame,
  name: string,
  isBool: boolean,
): readonly (KeyValue | readonly KeyValue[] | undefined)[] {
  const numbers = frame.numbers.get(name);
  if (numbers !== undefined)
    return Array.from(numbers, (value) => (Number.isNaN(value) ? undefined : isBool ? value === 1 : value));
  return frame.texts.get(name) ?? frame.lists.get(name) ?? Array.from({ length: frame.count }, () => undefined);
}
