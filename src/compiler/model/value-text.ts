/** Values as a spec writes them. */
import { groupDigits, isName, quote } from "../text/index.js";
import type { ArgumentValue } from "./model.js";
import type { ArgumentType } from "./parameter.js";

/** A number as people write it: `1_000_000`, `0.05`, `1e-6`. */
export function numberText(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && magnitude < 1e-3) return value.toExponential().replace("e+", "e");
  if (!Number.isInteger(value) || magnitude >= 1e15) return String(value).replace("e+", "e");
  return magnitude < 10_000 ? String(value) : groupDigits(value, "_");
}

/** A name where one may appear, or a text in quotes. */
export function nameText(name: string): string {
  return isName(name) ? name : quote(name);
}

/** A value whose parameter is not known: texts that could be names are taken for names. */
export function valueText(value: ArgumentValue, type?: ArgumentType): string {
  if (value === null) return "none";
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return type?.kind === "text" ? quote(value) : nameText(value);
  if (type?.kind === "order") return orderText(value as readonly (readonly string[])[]);
  if (Array.isArray(value)) return `[${(value as readonly ArgumentValue[]).map((item) => valueText(item)).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${valueText(item)}`);
  return `{ ${entries.join(", ")} }`;
}

/** `[buy, click]` of one chain, else what goes before what: `[buy > click, share > click]`. */
function orderText(chains: readonly (readonly string[])[]): string {
  const [chain, ...others] = chains;
  const texts =
    chain !== undefined && others.length === 0
      ? chain.map(nameText)
      : chains.map((labels) => labels.map(nameText).join(" > "));
  return `[${texts.join(", ")}]`;
}

/** `adam(lr: 1e-3, …)`, or only the name where there is nothing to say. */
export function callText(name: string, args: readonly string[]): string {
  return args.length === 0 ? name : `${name}(${args.join(", ")})`;
}
