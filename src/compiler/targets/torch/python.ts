/** Python as text: expressions with their precedence, and statements broken over lines as `ruff format` breaks them. */

/** Levels of precedence, from loose to tight. */
export const level = { comparison: 5, and: 7, sum: 10, product: 11, sign: 12, power: 13, atom: 15 } as const;

export interface Expr {
  readonly text: string;
  readonly level: number;
  /** Set where brackets may be broken over lines. */
  readonly brackets?: { readonly open: string; readonly items: readonly Expr[]; readonly close: string };
}

/** Width of a line; `pyproject.toml` of the package says the same. */
export const lineWidth = 100;

export function atom(text: string): Expr {
  return { text, level: level.atom };
}

/** Text of an operand in a place that binds as tightly as `least`. */
export function operand(expr: Expr, least: number): string {
  return expr.level < least ? `(${expr.text})` : expr.text;
}

function bracketed(open: string, items: readonly Expr[], close: string): Expr {
  return {
    text: `${open}${items.map(({ text }) => text).join(", ")}${close}`,
    level: level.atom,
    brackets: { open, items, close },
  };
}

export function call(callee: string, items: readonly (Expr | string)[]): Expr {
  return bracketed(`${callee}(`, items.map(toExpr), ")");
}

/** `x.name(items)`. */
export function method(x: Expr, name: string, ...items: readonly (Expr | string)[]): Expr {
  return call(`${operand(x, level.atom)}.${name}`, items);
}

export function list(items: readonly (Expr | string)[]): Expr {
  return bracketed("[", items.map(toExpr), "]");
}

export function dict(entries: readonly (readonly [string, Expr | string])[]): Expr {
  return bracketed(
    "{",
    entries.map(([key, value]) => {
      const expr = toExpr(value);
      const { brackets } = expr;
      const head = `${quote(key)}: `;
      return {
        text: `${head}${expr.text}`,
        level: 0,
        ...(brackets === undefined ? {} : { brackets: { ...brackets, open: `${head}${brackets.open}` } }),
      };
    }),
    "}",
  );
}

function toExpr(item: Expr | string): Expr {
  return typeof item === "string" ? { text: item, level: 0 } : item;
}

export function binary(left: Expr, operator: string, right: Expr, at: number): Expr {
  return { text: `${operand(left, at)} ${operator} ${operand(right, at + 1)}`, level: at };
}

/** A text as a literal of Python. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** A number as a literal of Python. */
export function numberText(value: number): string {
  if (value === Infinity) return 'float("inf")';
  if (value === -Infinity) return 'float("-inf")';
  const text = String(value);
  return Number.isInteger(value) && Math.abs(value) >= 1e21 ? text.replace("e+", "e") : text.replace("e+", "e");
}

/** A number that must be a float: `1.0`. */
export function floatText(value: number): string {
  const text = numberText(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

export function number(value: number): Expr {
  return { text: numberText(value), level: value < 0 ? level.sign : level.atom };
}

/** `head` and then the expression, as lines at an indent. `tail` follows it, such as a comma; `comment` ends the last line. */
export function print(head: string, expr: Expr, indent: number, tail = "", comment = ""): readonly string[] {
  const space = " ".repeat(indent);
  const remark = comment === "" ? "" : `  # ${comment}`;
  const line = `${space}${head}${expr.text}${tail}${remark}`;
  if (line.length <= lineWidth) return [line];
  if (expr.brackets === undefined)
    return head === "" || expr.level >= level.atom
      ? [line]
      : [`${space}${head}(`, `${space}    ${expr.text}`, `${space})${tail}${remark}`];
  const { open, items, close } = expr.brackets;
  const inner = `${" ".repeat(indent + 4)}${items.map(({ text }) => text).join(", ")}`;
  const end = `${space}${close}${tail}${remark}`;
  if (inner.length <= lineWidth && items.length > 0 && !isDisplay(open)) return [`${space}${head}${open}`, inner, end];
  const [only] = items;
  const isSole =
    items.length === 1 && only?.brackets !== undefined && isDisplay(only.brackets.open) && !isDisplay(open);
  return [`${space}${head}${open}`, ...items.flatMap((item) => print("", item, indent + 4, isSole ? "" : ",")), end];
}

/** Lists and dictionaries are written with an item per line where they are broken. */
function isDisplay(open: string): boolean {
  return /[[{]$/.test(open);
}

const reserved = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case type self torch nn F Tensor batch model x outputs math".split(
    " ",
  ),
);

/** A name of a spec as an identifier: `t.income` is `t_income`. */
export function identifier(name: string): string {
  const text = name.replace(/[^A-Za-z0-9_]+/g, "_");
  const started = /^[0-9]/.test(text) ? `_${text}` : text;
  return reserved.has(started) ? `${started}_` : started;
}

/** `for_ctr` as the name of a class: `ForCtr`. */
export function className(name: string): string {
  const text = name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => `${word[0]?.toUpperCase() ?? ""}${word.slice(1)}`)
    .join("");
  return /^[0-9]/.test(text) || ["Model", "Outputs", "Batch", "Tensor", "Features", "Loss", ""].includes(text)
    ? `${text}Part`
    : text;
}

/** Names that are given once each: a second `x` is `x_2`. */
export function createNames(taken: Iterable<string> = []): (wanted: string) => string {
  const used = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let count = 2; used.has(name); count += 1) name = `${wanted}_${count}`;
    used.add(name);
    return name;
  };
}
