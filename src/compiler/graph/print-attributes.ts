/** Attributes as text, exact and canonical: what is printed, and what tells two nodes apart. */
import { formatType } from "./dims.js";
import type { GraphNode, TensorType } from "./graph.js";

type AttributeValue =
  number | string | boolean | TensorType | readonly (number | string)[] | { readonly [name: string]: AttributeValue };

/** Words that stand for something else than themselves. */
const reserved: ReadonlySet<string> = new Set(["true", "false", "nan", "inf"]);
const bareWord = /^(\d+\*)?[A-Za-z_][\w.*/-]*$/;

/** `axis=1 begin=0 size=8`; empty for an op without attributes. Parses back to the same values. */
export function formatAttributes(node: GraphNode): string {
  return Object.entries(node.attributes as Readonly<Record<string, AttributeValue>>)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(" ");
}

function formatValue(value: AttributeValue): string {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return formatText(value);
  if (typeof value === "boolean") return String(value);
  if (isList(value)) return `[${value.map(formatValue).join(", ")}]`;
  return formatType(value as TensorType);
}

function isList(value: AttributeValue): value is readonly (number | string)[] {
  return Array.isArray(value);
}

/** The shortest text that reads back as the same number. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (Object.is(value, -0)) return "-0";
  return String(value).replace("Infinity", "inf");
}

/** Bare where it can be read back as a text, else as JSON. */
export function formatText(text: string): string {
  return bareWord.test(text) && !reserved.has(text) ? text : JSON.stringify(text);
}
