import { quote } from "./quote.js";

/** Words that are never names. */
export const reservedWords: ReadonlySet<string> = new Set(["and", "or", "not", "true", "false"]);

/** Whether the language has a text as a name. */
export function isName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text) && !reservedWords.has(text);
}

/** A column as an expression has it: `price`, `column("unit price")`. */
export function writeColumn(name: string): string {
  return isName(name) ? name : `column(${quote(name)})`;
}
