/** Python as text: expressions with their precedence, and statements broken over lines as `ruff format` breaks them. */

/** Levels of precedence, from loose to tight. */
export const level = { comparison: 5, and: 7, sum: 10, product: 11, sign: 12, power: 13, atom: 15 } as const;

export interface Expr {
  readonly text: string;
  readonly level: number;
  /** Set where brackets may be broken over lines. */
  readonly brackets?: Brackets;
  /** Set of operands of one precedence: the first, then each with its operator before it. */
  readonly chain?: readonly string[];
  /** The brackets with which the last operand ends. */
  readonly last?: Brackets;
}

interface Brackets {
  readonly open: string;
  readonly items: readonly Expr[];
  readonly close: string;
  /** What is between items, if no comma: clauses of a comprehension. */
  readonly between?: " ";
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

export function set(items: readonly string[]): Expr {
  return bracketed("{", items.map(toExpr), "}");
}

/** `[VALUE for x in y if z]`; each clause is a line where it is broken. */
export function comprehension(value: Expr | string, ...clauses: readonly (Expr | string)[]): Expr {
  const items = [value, ...clauses].map(toExpr);
  const brackets = { open: "[", items, close: "]", between: " " } as const;
  return { text: `[${items.map(({ text }) => text).join(" ")}]`, level: level.atom, brackets };
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
  const [first, second] = [operand(left, at), operand(right, at + 1)];
  const last = right.level > at ? right.brackets : { open: "(", items: [right], close: ")" };
  return {
    text: `${first} ${operator} ${second}`,
    level: at,
    chain: [...(left.level === at ? (left.chain ?? [first]) : [first]), `${operator} ${second}`],
    ...(last === undefined || last.items.length === 0 ? {} : { last }),
  };
}

/** A call or a display that is written already: its brackets may be broken as those of any other. */
export function parsed(text: string): Expr {
  const open = /^[\w.]*[([{]/.exec(text)?.[0];
  const parts = open === undefined ? undefined : itemsOf(text, open.length);
  if (open === undefined || parts === undefined) return { text, level: level.atom };
  return { text, level: level.atom, brackets: { open, items: parts.map(parsed), close: text.at(-1) ?? "" } };
}

/** What is between commas in the brackets that begin before an index and end with the text; undefined where they end before. */
function itemsOf(text: string, from: number): readonly string[] | undefined {
  const items: string[] = [];
  let depth = 1;
  let start = from;
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (letter === '"') at += /^"(?:[^"\\]|\\.)*/.exec(text.slice(at))?.[0].length ?? 1;
    else if ("([{".includes(letter)) depth += 1;
    else if (")]}".includes(letter)) depth -= 1;
    if (depth === 0) return at === text.length - 1 ? [...items, text.slice(start, at)] : undefined;
    if (letter === "," && depth === 1) {
      items.push(text.slice(start, at));
      start = at + 2;
    }
  }
  return undefined;
}

/** A text as a literal of Python. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** A number as a literal of Python. */
export function numberText(value: number): string {
  if (value === Infinity) return 'float("inf")';
  if (value === -Infinity) return 'float("-inf")';
  return String(value).replace("e+", "e");
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
  if (expr.brackets === undefined) return printUnbracketed(head, expr, indent, tail, comment);
  if (head !== "" && isFluent(expr.text) && `${space}    ${expr.text}`.length <= lineWidth)
    return [`${space}${head}(`, `${space}    ${expr.text}`, `${space})${tail}${remark}`];
  const { open, items, close, between } = expr.brackets;
  const inner = `${" ".repeat(indent + 4)}${items.map(({ text }) => text).join(between ?? ", ")}`;
  const end = `${space}${close}${tail}${remark}`;
  if (inner.length <= lineWidth && items.length > 0 && (between !== undefined || !isDisplay(open)))
    return [`${space}${head}${open}`, inner, end];
  const [only] = items;
  const isSole =
    items.length === 1 && only?.brackets !== undefined && isDisplay(only.brackets.open) && !isDisplay(open);
  const comma = isSole || between !== undefined ? "" : ",";
  return [`${space}${head}${open}`, ...items.flatMap((item) => print("", item, indent + 4, comma)), end];
}

/** A text that ends with brackets, up to what is in them. */
export function beforeItems(text: string, { items, close, between }: Omit<Brackets, "open">): string {
  return text.slice(0, text.length - items.map((item) => item.text).join(between ?? ", ").length - close.length);
}

/** What is too long and has no brackets around it: broken in its last brackets, or before operators. */
function printUnbracketed(
  head: string,
  { text, level: own, chain = [text], last }: Expr,
  indent: number,
  tail: string,
  comment: string,
): readonly string[] {
  const space = " ".repeat(indent);
  if (head === "") return chain.map((part, index) => `${space}${part}${index === chain.length - 1 ? tail : ""}`);
  const remark = comment === "" ? "" : `  # ${comment}`;
  if (own >= level.atom) return [`${space}${head}${text}${tail}${remark}`];
  const start = last === undefined ? "" : beforeItems(text, last);
  if (last !== undefined && chain.length === 2 && `${space}${head}${start}`.length <= lineWidth)
    return print(head, { text, level: own, brackets: { ...last, open: start } }, indent, tail, comment);
  const inner = `${space}    ${text}`;
  const lines = inner.length <= lineWidth ? [inner] : chain.map((part) => `${space}    ${part}`);
  return [`${space}${head}(`, ...lines, `${space})${tail}${remark}`];
}

/** Whether calls follow calls at least twice: `x.a().b().c()`. */
function isFluent(text: string): boolean {
  let [depth, links] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    if ("([{".includes(text[at] ?? "")) depth += 1;
    else if (")]}".includes(text[at] ?? "")) {
      depth -= 1;
      if (depth === 0 && text[at + 1] === ".") links += 1;
    } else if (depth === 0 && text[at] === " ") return false;
  }
  return links >= 2;
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
