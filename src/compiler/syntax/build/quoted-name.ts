import type { Name, StringLiteral } from "../ast.js";
import { reservedWords } from "../../text/index.js";

const made = new WeakMap<StringLiteral, Name>();

/** A feature that is called by its column, `"unit price"`, has a name that fits everywhere: `unit_price`. The same node gives the same name. */
export function nameOfText(literal: StringLiteral): Name {
  const known = made.get(literal);
  if (known !== undefined) return known;
  const { value, span } = literal;
  const name: Name = { kind: "Name", text: nameOfColumn(value), span, quoted: value };
  made.set(literal, name);
  return name;
}

/** The name of the feature that is called by a column: `_101` of `101`, `unit_price` of `unit price`, `u4EF7` of `价`. */
export function nameOfColumn(column: string): string {
  const name = column.replace(/[^A-Za-z0-9_]/gu, (character) =>
    /[\0-\x7f]/.test(character) ? "_" : `u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
  );
  return name === "" || /^\d/.test(name) || reservedWords.has(name) ? `_${name}` : name;
}
