/** `encoders.py`: from the columns of files to the ids and numbers of features. */
import {
  canMiss,
  columnsOf,
  type FeatureModel,
  isWeighted,
  type ListFeature,
  type Model,
  type NumericScale,
  tableOwner,
} from "../../../model/index.js";
import { blocksOf, fromImport, importsFor, usedBlocks } from "../library.js";
import { atom, call, type Expr, floatText, identifier, numberText, print, quote } from "../python.js";
import { numberCode, textCode } from "../source-expressions.js";
import { takenNames, valueNames } from "./values.js";

const library = String.raw`
class Ids(dict[Value, int]):
    """The id of each cell that was met; 0 is for what has none."""

    def __init__(self, id_of: Callable[[str], int], missing: int = 0, outside: int = 0) -> None:
        super().__init__()
        self.id_of = id_of
        self.missing = missing
        self.outside = outside

    def __missing__(self, value: Value) -> int:
        found = text(value)
        id_ = self.missing if found is None else self.id_of(found) or self.outside
        if len(self) < 1_000_000:
            self[value] = id_
        return id_


def vocabulary(name: str) -> Callable[[str], int]:
    """Ids from 1 of the values that the training data had."""
    ids = {value: index + 1 for index, value in enumerate(FITTED[name]["values"])}
    return lambda value: ids.get(value, 0)


def whole_numbers(count: int) -> Callable[[str], int]:
    """A whole number v below the count has the id v + 1."""
    return lambda value: int(value) + 1 if value.isdecimal() and int(value) < count else 0


def hashed(buckets: int, seed: int) -> Callable[[str], int]:
    """Ids from 1 by the top 53 bits of MurmurHash3."""
    return lambda value: (murmur3(value.encode(), seed) >> 11) % buckets + 1


def murmur3(data: bytes, seed: int) -> int:
    """The first 64 bits of MurmurHash3 x86 128."""
    c = (0x239B961B, 0xAB0E9789, 0x38B34AE5, 0xA1E38B93)
    turns = (15, 16, 17, 18)
    mixes = ((19, 0x561CCD1B), (17, 0x0BCAA747), (15, 0x96CD1C35), (13, 0x32AC3B17))
    h = [seed] * 4
    end = len(data) & ~15
    for start in range(0, end, 16):
        for i, k in enumerate(struct.unpack_from("<4I", data, start)):
            h[i] ^= rotate(k * c[i], turns[i]) * c[(i + 1) % 4] & MASK
            turn, constant = mixes[i]
            h[i] = ((rotate(h[i], turn) + h[(i + 1) % 4]) * 5 + constant) & MASK
    tail = data[end:]
    for i in range(4):
        k = int.from_bytes(tail[4 * i : 4 * i + 4], "little")
        if k:
            h[i] ^= rotate(k * c[i], turns[i]) * c[(i + 1) % 4] & MASK
    h = [each ^ len(data) for each in h]
    h[0] = sum(h) & MASK
    h[1:] = [(each + h[0]) & MASK for each in h[1:]]
    h = [finalize(each) for each in h]
    first = sum(h) & MASK
    return first << 32 | (h[1] + first) & MASK


def rotate(x: int, turn: int) -> int:
    x &= MASK
    return (x << turn | x >> (32 - turn)) & MASK


def finalize(x: int) -> int:
    x = (x ^ x >> 16) * 0x85EBCA6B & MASK
    x = (x ^ x >> 13) * 0xC2B2AE35 & MASK
    return x ^ x >> 16


def categories(values: Sequence[Value], ids: Ids) -> np.ndarray:
    """[n] int64"""
    return np.fromiter((ids[value] for value in values), np.int64, len(values))


def floats(values: Sequence[Value]) -> np.ndarray:
    """[n] float64, NaN where there is nothing"""
    return np.array([number(value) for value in values], np.float64)


@dataclass(frozen=True)
class Scale:
    """(x − shift) · factor, and what is for a missing number before that."""

    shift: float = 0.0
    factor: float = 1.0
    fill: float = 0.0

    def __call__(self, x: np.ndarray) -> np.ndarray:
        scaled = (np.where(np.isnan(x), self.fill, x) - self.shift) * self.factor
        limit = np.finfo(np.float32).max
        return np.clip(scaled, -limit, limit).astype(np.float32)


def standard(name: str, missing: float | None) -> Scale:
    """To mean 0 and deviation 1; None is read as the mean."""
    fitted = FITTED[name]
    mean, deviation = fitted["mean"], fitted["deviation"]
    factor = 1 / deviation if deviation > 0 else 1.0
    return Scale(mean, factor, mean if missing is None else missing)


def minmax(name: str, missing: float | None) -> Scale:
    """From the range of the training data to [0, 1]; None is read as the mean."""
    fitted = FITTED[name]
    low, high = fitted["minimum"], fitted["maximum"]
    factor = 1 / (high - low) if high > low else 1.0
    return Scale(low, factor, fitted["mean"] if missing is None else missing)


def unscaled(name: str, missing: float | None) -> Scale:
    """None is read as the mean."""
    return Scale(fill=FITTED[name]["mean"] if missing is None else missing)


def signed_log(x: np.ndarray) -> np.ndarray:
    return np.sign(x) * np.log1p(np.abs(x))


def buckets(values: Sequence[Value], name: str, missing: int = 0) -> np.ndarray:
    """[n] int64: the number of boundaries that are at most x, plus 1"""
    x = floats(values)
    found = np.searchsorted(FITTED[name]["boundaries"], x, side="right") + 1
    return np.where(np.isnan(x), missing, found)


def bucket_of(x: float, name: str) -> int:
    return int(np.searchsorted(FITTED[name]["boundaries"], x, side="right")) + 1


def cut(values: Sequence[Value | Sequence[Value]], separator: str) -> list[list[str | None]]:
    """The cells of each row: a list as it is, a text cut at the separator."""
    return [[text(each) for each in parts(value, separator)] for value in values]


def parts(value: Value | Sequence[Value], separator: str) -> Sequence[Value]:
    if isinstance(value, str):
        return value.split(separator)
    if value is None:
        return []
    return [value] if isinstance(value, int | float) else value


def present(lists: list[list[str | None]]) -> list[list[str]]:
    return [[each for each in cells if each is not None] for cells in lists]


def or_missing(lists: list[list[str]], missing: str) -> list[list[str]]:
    return [cells or [missing] for cells in lists]


def first(lists: list[list[T]], length: int) -> list[list[T]]:
    return [cells[:length] for cells in lists]


def last(lists: list[list[T]], length: int) -> list[list[T]]:
    return [cells[-length:] for cells in lists]


def padded_ids(lists: Sequence[Sequence[str | None]], ids: Ids, length: int) -> np.ndarray:
    """[n, length] int64, −1 where a row has no more"""
    padded = np.full((len(lists), length), -1, np.int64)
    for row, cells in enumerate(lists):
        padded[row, : len(cells)] = [ids[cell] for cell in cells]
    return padded


def padded_numbers(lists: Sequence[Sequence[str | None]], length: int) -> np.ndarray:
    """[n, length] float64, NaN where nothing is, 0 where a row has no more"""
    padded = np.zeros((len(lists), length))
    for row, cells in enumerate(lists):
        padded[row, : len(cells)] = floats(cells)
    return padded


def in_lists(lists: Sequence[Sequence[object]], numbers: np.ndarray) -> np.ndarray:
    """The same, 0 where a row has no more."""
    lengths = np.array([len(cells) for cells in lists])
    return np.where(np.arange(numbers.shape[1]) < lengths[:, None], numbers, 0).astype(np.float32)


def with_weights(lists: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """Cells such as news:0.5 as values and weights; without a weight it is 1."""
    pairs = [[cell.rpartition(":") if ":" in cell else (cell, "", "1") for cell in cells] for cells in lists]
    kept = [[(clean(value), weight) for value, _, weight in cells] for cells in pairs]
    values = [[value for value, _ in cells if value is not None] for cells in kept]
    return values, [[weight for value, weight in cells if value is not None] for cells in kept]


def cross(a: str, b: str) -> str:
    return f"{a}\x1f{b}"
`;

export function encodersFile(model: Model): { readonly text: string; readonly values: readonly string[] } {
  const ids = model.features.flatMap((feature) => idsLines(model, feature));
  const entries = model.features.map((feature) => encoded(feature));
  const encode = [
    "def encode(columns: Columns) -> dict[str, np.ndarray]:",
    '    """The features of some rows: ids int64 and numbers float32, a list as [n, length]."""',
    ...entries.flatMap(({ before }) => before),
    "    return {",
    ...entries.flatMap(({ items }) => items.flatMap(([key, expr]) => print(`${quote(key)}: `, expr, 8, ","))),
    "    }",
  ].join("\n");
  const constants = [...ids, ...servedLines(model)].join("\n");
  const blocks = usedBlocks(blocksOf(library), `${constants}\n${encode}`);
  const body = blocks.map(({ text }) => text).join("\n\n\n");
  const all = `${body}\n${constants}\n${encode}`;
  const values = valueNames(all);
  const columns = "Columns = Mapping[str, list]";
  const imports = importsFor(all, [
    [
      [/\bjson\b|\bFITTED\b/, "import json"],
      [/\bmath\./, "import math"],
      [/\boperator\./, "import operator"],
      [/\bstruct\./, "import struct"],
      ...fromImport(`${columns}\n${all}`, "collections.abc", ["Callable", "Mapping", "Sequence"]),
      [/@dataclass/, "from dataclasses import dataclass"],
      [/\bFITTED\b/, "from pathlib import Path"],
      [/\bT\b/, "from typing import TypeVar"],
    ],
    [[/./, "import numpy as np"]],
    [[/./, `from values import ${[...new Set(["Value", ...values])].toSorted(byName).join(", ")}`]],
  ]);
  const head = [
    ...(/\bT\b/.test(all) ? ['T = TypeVar("T")', ""] : []),
    "# The cells of some rows by column.",
    columns,
    ...(/\bFITTED\b/.test(all)
      ? [
          "",
          "# What the training data decided: vocabularies, scales, boundaries.",
          'FITTED = json.loads(Path(__file__).with_name("fitted.json").read_text())["features"]',
        ]
      : []),
    ...(/\bMASK\b/.test(all) ? ["MASK = 0xFFFFFFFF"] : []),
  ];
  const parts = [head.join("\n"), ...(body === "" ? [] : [body]), ...(constants === "" ? [] : [constants]), encode];
  return {
    text: `${['"""From the columns of files to the ids and numbers of features."""', "", ...imports, "", parts.join("\n\n\n")].join("\n")}\n`,
    values: ["Value", ...values],
  };
}

function byName(a: string, b: string): number {
  const isType = (name: string): boolean => /^[A-Z]/.test(name);
  return isType(a) === isType(b) ? (a < b ? -1 : 1) : isType(a) ? -1 : 1;
}

/** `CITY_IDS = Ids(vocabulary("city"))`. */
function idsLines(model: Model, feature: FeatureModel): readonly string[] {
  if (feature.kind === "numeric" || feature.kind === "numbers" || feature.kind === "bucket") return [];
  const owner = model.features.find(({ name }) => name === tableOwner(feature)) ?? feature;
  if (!("vocabulary" in owner)) return [];
  const { vocabulary } = owner;
  const source =
    vocabulary.kind === "hash"
      ? `hashed(${vocabulary.buckets}, seed=0x6D746C63)`
      : vocabulary.kind === "ids"
        ? `whole_numbers(${vocabulary.count})`
        : `vocabulary(${quote(owner.name)})`;
  const missing = canMiss(feature) ? feature.missing : undefined;
  const kind = missing?.kind;
  const value = kind === "value" ? `${source}(${quote(canonical(missing))})` : "";
  const options =
    feature.kind !== "categorical" || missing === undefined
      ? []
      : [
          `missing=${kind === "zeros" ? "-1" : value}`,
          ...(missing.outside === true ? [`outside=${kind === "zeros" ? "-1" : value}`] : []),
        ];
  return print(`${idsName(feature)} = `, call("Ids", [source, ...options]), 0);
}

function canonical(missing: { readonly kind: string; readonly value?: string | number } | undefined): string {
  return String(missing?.value ?? "");
}

function idsName({ name }: FeatureModel): string {
  return `${name.toUpperCase().replace(/[^A-Z0-9_]/g, "_")}_IDS`;
}

/** What serving sees in place of the data, encoded as one row. */
function servedLines(model: Model): readonly string[] {
  const entries = model.features.flatMap((feature) => {
    if (feature.serving.kind !== "value") return [];
    const { value } = feature.serving;
    const text = `[${typeof value === "number" ? numberText(value) : quote(value)}]`;
    return [encoded(feature, text)];
  });
  if (entries.length === 0) return [];
  return [
    "",
    ...entries.flatMap(({ before }) => before.map((line) => line.replace(/^ {4}/, ""))),
    "# What serving sees of features that only training knows, as one row.",
    "SERVED = {",
    ...entries.flatMap(({ items }) => items.flatMap(([key, expr]) => print(`${quote(key)}: `, expr, 4, ","))),
    "}",
  ];
}

interface Encoded {
  readonly before: readonly string[];
  readonly items: readonly (readonly [string, Expr])[];
}

function encoded(feature: FeatureModel, given?: string): Encoded {
  const { name } = feature;
  switch (feature.kind) {
    case "categorical":
      return { before: [], items: [[name, call("categories", [given ?? sourceText(feature), idsName(feature)])]] };
    case "numeric":
      return {
        before: [],
        items: [[name, scaled(feature.scale, feature, call("floats", [given ?? sourceNumber(feature)]))]],
      };
    case "bucket": {
      const missing = feature.missing;
      const options =
        missing === undefined
          ? []
          : [
              missing.kind === "zeros"
                ? "missing=-1"
                : `missing=bucket_of(${floatText(Number(missing.value))}, ${quote(name)})`,
            ];
      return {
        before: [],
        items: [[name, call("buckets", [given ?? sourceNumber(feature), quote(name), ...options])]],
      };
    }
    case "bag":
    case "sequence":
    case "numbers":
      return listEntry(feature, given);
  }
}

/** Numbers under a scale: `standard("age", None)(floats(columns["age"]))`. */
function scaled(
  scale: NumericScale,
  feature: Extract<FeatureModel, { kind: "numeric" | "numbers" }>,
  values: Expr,
): Expr {
  const isLog = scale === "log1p" || scale === "log1p_standard";
  const builder =
    scale === "standard" || scale === "log1p_standard" ? "standard" : scale === "minmax" ? "minmax" : "unscaled";
  const { missing } = feature;
  const filled =
    typeof missing === "number"
      ? floatText(isLog ? Math.sign(missing) * Math.log1p(Math.abs(missing)) : missing)
      : "None";
  return call(`${builder}(${quote(feature.name)}, ${filled})`, [isLog ? call("signed_log", [values]) : values]);
}

function listEntry(feature: ListFeature, given?: string): Encoded {
  const { name } = feature;
  const local = `${name.replace(/\W/g, "_")}_cells`;
  const cells = call("cut", [given ?? sourceText(feature), quote(feature.separator)]);
  const aligned = feature.kind !== "bag" && feature.along !== undefined;
  const some = aligned ? cells : call("present", [cells]);
  const missing = feature.kind === "bag" ? feature.missing : undefined;
  const side = feature.kind !== "bag" && feature.keep === "last" ? "last" : "first";
  if (isWeighted(feature)) {
    const before = [
      ...print(`    ${local}, ${local}_weights = `, call("with_weights", [some]), 0),
      ...[local, `${local}_weights`].flatMap((each, index) => {
        const full =
          missing === undefined
            ? atom(each)
            : call("or_missing", [each, quote(index === 0 ? String(missing.value) : "1")]);
        return print(`    ${each} = `, call("first", [full, String(feature.max)]), 0);
      }),
    ];
    return {
      before,
      items: [
        [name, call("padded_ids", [local, idsName(feature), String(feature.max)])],
        [`${name}.weight`, call(`padded_numbers(${local}_weights, ${feature.max}).astype`, ["np.float32"])],
      ],
    };
  }
  const full = missing === undefined ? some : call("or_missing", [some, quote(String(missing.value))]);
  const taken = call(side, [full, String(feature.max)]);
  const before = print(`    ${local} = `, taken, 0);
  if (feature.kind !== "numbers")
    return { before, items: [[name, call("padded_ids", [local, idsName(feature), String(feature.max)])]] };
  const numbers = scaled(feature.scale, feature, call("padded_numbers", [local, String(feature.max)]));
  return { before, items: [[name, call("in_lists", [local, numbers])]] };
}

/** The cells of a column, or what an expression makes of each row. */
function sourceText({ source }: FeatureModel): string {
  return source.kind === "column" ? `columns[${quote(source.name)}]` : rowWise(source, textCode);
}

function sourceNumber({ source }: FeatureModel): string {
  return source.kind === "column" ? `columns[${quote(source.name)}]` : rowWise(source, numberCode);
}

/** `[EXPRESSION for a, b in zip(columns["a"], columns["b"])]`. */
export function rowWise(
  source: FeatureModel["source"],
  code: (expression: FeatureModel["source"], read: (column: string) => string) => string,
): string {
  const columns = columnsOf(source);
  const names = new Map(columns.map((column, index) => [column, variableOf(column, index)]));
  const body = code(source, (column) => names.get(column) ?? "None");
  const all = columns.map((column) => `columns[${quote(column)}]`);
  const variables = [...names.values()].join(", ");
  if (all.length === 0) return `[${body} for _ in next(iter(columns.values()))]`;
  return `[${body} for ${variables} in ${all.length === 1 ? (all[0] ?? "") : `zip(${all.join(", ")})`}]`;
}

/** What expressions use besides. */
const imported = new Set(["columns", "operator", "str", "len", "abs", "min", "max", "cross"]);

function variableOf(column: string, index: number): string {
  const text = column.replace(/\W/g, "_").toLowerCase();
  return /^[a-z]\w*$/.test(text) && identifier(text) === text && !takenNames.has(text) && !imported.has(text)
    ? text
    : `cell_${index}`;
}
