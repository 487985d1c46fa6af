/** `values.py`: what a cell of a file means. */
import type { Model } from "../../../model/index.js";
import { blocksOf, fromImport, importsFor, usedBlocks } from "../library.js";

const library = String.raw`
Value = str | int | float | bool | None


def text(value: Value) -> str | None:
    """A cell as text, in the one form that its value has; None where there is nothing."""
    if isinstance(value, str):
        return clean(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool):
        spelled = "true" if value else "false"
    elif isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        spelled = str(int(value))
    else:
        spelled = str(value)
    return None if spelled in NULLS else spelled


def clean(raw: str) -> str | None:
    """A text in its canonical form: 3 for 3.0, true for True."""
    STRIP
    if raw == "" or raw in NULLS:
        return None
    if raw[-1] == "0" and WHOLE.fullmatch(raw):
        raw = raw.partition(".")[0]
    raw = SPELLINGS.get(raw, raw)
    return None if raw in NULLS else raw


def number(value: Value) -> float | None:
    """A cell as a finite number; None where there is nothing."""
    if isinstance(value, str):
        raw = clean(value)
        if raw is None:
            return None
        parsed = {"true": 1.0, "false": 0.0}.get(raw.lower())
        value = float(raw) if parsed is None else parsed
    return None if value is None or not math.isfinite(value) else float(value)


def truth(value: Value) -> bool | None:
    """A cell as true or false; None where there is nothing."""
    found = number(value)
    if found is None:
        return None
    if found not in (0.0, 1.0):
        raise ValueError(f"{value!r} is neither true nor false")
    return found == 1.0


def negate(a: bool | None) -> bool | None:
    return None if a is None else not a


def both(a: bool | None, b: bool | None) -> bool | None:
    """False as soon as one is false, else None as soon as one is unknown."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def either(a: bool | None, b: bool | None) -> bool | None:
    """True as soon as one is true, else None as soon as one is unknown."""
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def known(operation: Callable[..., T], *operands: object) -> T | None:
    """What an operation gives; None where an operand is None."""
    return None if any(each is None for each in operands) else operation(*operands)


def finite(a: float | None) -> float | None:
    return None if a is None or not math.isfinite(a) else a


def same(a: Value, b: Value) -> bool | None:
    """Whether two cells are equal: as numbers where both are, else as texts."""
    x, y = text(a), text(b)
    if x is None or y is None:
        return None
    try:
        return float(x) == float(y)
    except ValueError:
        return x == y


def quotient(a: float, b: float) -> float | None:
    return None if b == 0 else a / b


def power(a: float, b: float) -> float | None:
    try:
        return math.pow(a, b)
    except (OverflowError, ValueError):
        return None


def logarithm(a: float) -> float | None:
    return math.log(a) if a > 0 else None


def logarithm_1p(a: float) -> float | None:
    return math.log(1 + a) if a > -1 else None


def root(a: float) -> float | None:
    return math.sqrt(a) if a >= 0 else None


def one_of(a: str | float | None, choices: Sequence[str | float]) -> bool | None:
    return None if a is None else a in choices


def flag(a: bool | None) -> float | None:
    return None if a is None else float(a)
`;

/** Names that a variable beside them must not have. */
export const takenNames: ReadonlySet<string> = new Set(blocksOf(library).map(({ name }) => name));

/** What other files of the package import from it. */
export function valueNames(text: string): readonly string[] {
  const code = withoutTexts(text);
  return blocksOf(library)
    .map(({ name }) => name)
    .filter((name) => new RegExp(`(?<![.\\w])${name}\\b`).test(code));
}

/** What runs: no comments, no texts, no names that are fields of a class. */
function withoutTexts(text: string): string {
  return text
    .replaceAll(/"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"/g, '""')
    .replaceAll(/#.*$/gm, "")
    .replaceAll(/^ {4}\w+:/gm, "");
}

export function valuesFile({ data }: Model, usedBy: string): string {
  const options = (data.format ?? data.train ?? data.validation ?? data.test)?.options;
  const strip = options?.trim === true ? String.raw`raw = raw.strip(" \t\n\r\v\f")` : "";
  const chosen = usedBlocks(blocksOf(library), usedBy);
  const blocks = chosen.map(({ text }) =>
    strip === "" ? text.replace("    STRIP\n", "") : text.replace("STRIP", strip),
  );
  const body = blocks.join("\n\n\n");
  const nulls = options?.nulls ?? [];
  const constants = [
    ...(/\bT\b/.test(body) ? ['T = TypeVar("T")'] : []),
    ...(/\bNULLS\b/.test(body)
      ? [
          "# Texts that mean that there is nothing.",
          `NULLS: frozenset[str] = frozenset(${nulls.length === 0 ? "" : `[${nulls.map((each) => JSON.stringify(each)).join(", ")}]`})`,
        ]
      : []),
    ...(/\bWHOLE\b/.test(body) ? [String.raw`WHOLE = re.compile(r"-?(0|[1-9][0-9]*)\.0+")`] : []),
    ...(/\bSPELLINGS\b/.test(body)
      ? ['SPELLINGS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "-0": "0"}']
      : []),
  ];
  const text = [...constants, body].join("\n");
  const imports = importsFor(text, [
    [
      [/\bmath\./, "import math"],
      [/\bre\./, "import re"],
      ...fromImport(text, "collections.abc", ["Callable", "Sequence"]),
      [/\bTypeVar\b/, "from typing import TypeVar"],
    ],
  ]);
  const [first = "", ...rest] = blocks;
  const head = first.startsWith("Value =")
    ? [[...constants, first].join("\n"), ...rest]
    : [constants.join("\n"), ...blocks];
  return `${['"""What the cells of a file mean."""', "", ...imports, "", head.filter((each) => each !== "").join("\n\n\n")].join("\n")}\n`;
}
