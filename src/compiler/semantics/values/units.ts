import { compareText } from "../../text/index.js";
/**
 * Units of formulas: `yuan`, `yuan / seconds`, `seconds^2`. A product or quotient has the unit that its parts make; what
 * cancels is not a unit. Written in one way, so that equal units are equal texts. Pure.
 */
type Powers = ReadonlyMap<string, number>;

/** The unit of a product; undefined for a plain number. */
export function multiplyUnits(a: string | undefined, b: string | undefined): string | undefined {
  return write(combine(read(a), read(b), 1));
}

/** The unit of a quotient. */
export function divideUnits(a: string | undefined, b: string | undefined): string | undefined {
  return write(combine(read(a), read(b), -1));
}

/** The unit of a power with a whole exponent. Of any other, only the order is meant, and nothing of the unit is left. */
export function powerUnit(base: string | undefined, exponent: number | undefined): string | undefined {
  if (exponent === undefined || !Number.isInteger(exponent)) return undefined;
  return write(new Map([...read(base)].map(([name, power]) => [name, power * exponent])));
}

function combine(a: Powers, b: Powers, sign: 1 | -1): Powers {
  const result = new Map(a);
  for (const [name, power] of b) result.set(name, (result.get(name) ?? 0) + sign * power);
  return result;
}

/** From the text that {@link write} makes; a unit that a spec declares is one name. */
function read(unit: string | undefined): Powers {
  const powers = new Map<string, number>();
  if (unit === undefined) return powers;
  const [above = "", below] = unit.split(" / ");
  for (const [text, sign] of [
    [above, 1],
    [below ?? "", -1],
  ] as const)
    for (const factor of text.split(" * ")) {
      const [name = "", power] = factor.split("^");
      if (name !== "" && name !== "1") powers.set(name, sign * Number(power ?? 1));
    }
  return powers;
}

function write(powers: Powers): string | undefined {
  const sorted = [...powers].filter(([, power]) => power !== 0).toSorted(([a], [b]) => compareText(a, b));
  if (sorted.length === 0) return undefined;
  const factors = (sign: 1 | -1): readonly string[] =>
    sorted
      .filter(([, power]) => Math.sign(power) === sign)
      .map(([name, power]) => (Math.abs(power) === 1 ? name : `${name}^${Math.abs(power)}`));
  const [above, below] = [factors(1), factors(-1)];
  const head = above.length === 0 ? "1" : above.join(" * ");
  return below.length === 0 ? head : `${head} / ${below.join(" * ")}`;
}
