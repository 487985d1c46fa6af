/** `data.py`: files as batches. */
import { columnsOf, type LabelModel, listColumn, type Model } from "../../../model/index.js";
import { fromImport, importsFor } from "../library.js";
import { atom, comprehension, type Expr, list, parsed, print, quote } from "../python.js";
import { numberCode, textCode, truthCode } from "../source-expressions.js";
import { rowWise } from "./encoders.js";
import { valueNames } from "./values.js";

/** Whether losses read which rows are beside a row. */
function readsLists({ loss }: Model): boolean {
  return loss.terms.some(({ by }) => by !== undefined);
}

export function dataFile(model: Model): { readonly text: string; readonly values: readonly string[] } {
  const list = listColumn(model.loss);
  const labels = model.labels.map(labelLines);
  const columns = allColumns(model, list);
  const body = [
    ...batchLines(model),
    "",
    "",
    ...labelFunctions(model, labels),
    "",
    "",
    ...readLines(model, columns),
    "",
    "",
    ...(list === undefined ? streamLines(model) : listLines(list)),
  ].join("\n");
  const values = valueNames(body);
  const imports = importsFor(body, [
    [
      [/\bcsv\./, "import csv"],
      [/\bglob\./, "import glob"],
      [/\bgzip\./, "import gzip"],
      [/\bjson\./, "import json"],
      [/\bmath\./, "import math"],
      [/\boperator\./, "import operator"],
      [/\bIterator\b/, "from collections.abc import Iterator"],
      [/@dataclass/, "from dataclasses import dataclass"],
    ],
    [
      [/\bnp\./, "import numpy as np"],
      [/\bpq\./, "import pyarrow.parquet as pq"],
      [/\btorch\./, "import torch"],
      [/\bTensor\b/, "from torch import Tensor"],
    ],
    [
      [/\bColumns\b/, "from encoders import Columns, encode"],
      ...fromImport(values.join(" "), "values", values.toSorted()),
    ],
  ]);
  const text = `${['"""Files as batches, each process its share of the rows."""', "", ...imports, "", "", body].join("\n")}\n`;
  return { text, values };
}

function allColumns(model: Model, list: string | undefined): readonly string[] {
  const sources = [...model.features, ...model.labels].flatMap(({ source }) => columnsOf(source));
  const more = [model.data.weight, list].filter((column) => column !== undefined);
  return [...new Set([...sources, ...more])];
}

function batchLines(model: Model): readonly string[] {
  const lists = readsLists(model);
  const column = listColumn(model.loss) !== undefined;
  const extra = [
    ...(column
      ? [
          "    groups: Tensor  # [B] int64: the index of each row's list",
          "    lists: Tensor  # [G, L] int64: the rows of each list, −1 where it has no more",
        ]
      : []),
    ...(lists ? ["    rows: Tensor  # [B] int64: 0, 1, …"] : []),
  ];
  const moved = ["groups", "lists", "rows"].filter((name) => extra.some((line) => line.includes(`    ${name}:`)));
  return [
    "@dataclass",
    "class Batch:",
    '    """B rows."""',
    "",
    "    features: dict[str, Tensor]  # ids [B] int64 and numbers [B] float32, lists [B, length]",
    "    labels: dict[str, Tensor]  # [B] float32, 0 where unknown",
    "    known: dict[str, Tensor]  # [B] float32: 1 where the label is known, else 0",
    "    weights: Tensor  # [B] float32",
    ...extra,
    "",
    "    def __len__(self) -> int:",
    "        return len(self.weights)",
    "",
    '    def to(self, device: torch.device) -> "Batch":',
    "        return Batch(",
    ...["features", "labels", "known"].map(
      (name) => `            {name: x.to(device) for name, x in self.${name}.items()},`,
    ),
    "            self.weights.to(device),",
    ...moved.map((name) => `            self.${name}.to(device),`),
    "        )",
  ];
}

interface LabelLines {
  readonly label: LabelModel;
  readonly expression: string;
}

function labelLines(label: LabelModel): LabelLines {
  switch (label.base) {
    case "event":
      return { label, expression: rowWise(label.source, (each, read) => `flag(${truthCode(each, read)})`) };
    case "amount":
      return { label, expression: rowWise(label.source, (each, read) => finiteCode(each, read)) };
    case "classes":
      return {
        label,
        expression: rowWise(
          label.source,
          (each, read) => `known(${classesName(label)}.index, ${classValue(label)(each, read)})`,
        ),
      };
  }
}

function finiteCode(source: LabelModel["source"], read: (column: string) => string): string {
  const code = numberCode(source, read);
  return source.kind === "column" || source.kind === "literal" ? code : `finite(${code})`;
}

function classValue({ classes = [] }: LabelModel) {
  return typeof classes[0]?.value === "number" ? numberCode : textCode;
}

function classesName({ name }: LabelModel): string {
  return `${name.toUpperCase()}_CLASSES`;
}

function labelFunctions(model: Model, labels: readonly LabelLines[]): readonly string[] {
  const classes = labels.flatMap(({ label }) =>
    label.base === "classes"
      ? [
          ...print(
            `${classesName(label)} = `,
            list((label.classes ?? []).map(({ value }) => (typeof value === "number" ? `${value}` : quote(value)))),
            0,
          ),
        ]
      : [],
  );
  return [
    ...(classes.length === 0 ? [] : ["# The values of columns, in the order of their classes.", ...classes, "", ""]),
    "def read_labels(columns: Columns) -> dict[str, np.ndarray]:",
    '    """[n] float64 each, NaN where unknown"""',
    "    labels = {",
    ...labels.flatMap(({ label, expression }) => entry(label.name, expression)),
    "    }",
    "    return {name: np.array(values, np.float64) for name, values in labels.items()}",
    "",
    "",
    ...(model.data.weight === undefined
      ? []
      : [
          "def read_weights(columns: Columns) -> np.ndarray:",
          `    return np.array([number(value) for value in columns[${quote(model.data.weight)}]], np.float32)`,
          "",
          "",
        ]),
    "def read_rows(columns: Columns) -> dict[str, dict[str, np.ndarray]]:",
    '    """Rows as arrays: features, labels, known and weights."""',
    "    labels = read_labels(columns)",
    "    weights = " +
      (model.data.weight === undefined
        ? "np.ones(len(next(iter(labels.values()))), np.float32)"
        : "read_weights(columns)"),
    "    return {",
    '        "features": encode(columns),',
    '        "labels": {name: np.nan_to_num(x).astype(np.float32) for name, x in labels.items()},',
    '        "known": {name: (~np.isnan(x)).astype(np.float32) for name, x in labels.items()},',
    '        "weights": {"": weights},',
    "    }",
  ];
}

function entry(name: string, expression: string): readonly string[] {
  const inner = expression.slice(1, -1);
  const at = inner.lastIndexOf(" for ");
  const clause = inner.slice(at + 1);
  const open = clause.indexOf("zip(") + 4;
  const zipped: Expr =
    open < 4
      ? atom(clause)
      : {
          ...atom(clause),
          brackets: {
            open: clause.slice(0, open),
            items: clause
              .slice(open, -1)
              .split(/, (?=columns\[)/)
              .map(atom),
            close: ")",
          },
        };
  return print(`${quote(name)}: `, comprehension(parsed(inner.slice(0, at)), zipped), 8, ",");
}

// ---------------------------------------------------------------------------------------------------------------- files

function readLines(model: Model, columns: readonly string[]): readonly string[] {
  const source = model.data.format ?? model.data.train ?? model.data.validation ?? model.data.test;
  const constant = [
    "# The columns that are read.",
    "COLUMNS = [",
    ...columns.map((column) => `    ${quote(column)},`),
    "]",
    "",
    "# Rows that are in memory, and shuffled, at a time.",
    "CHUNK = 1 << 16",
    "",
    "",
  ];
  switch (source?.format) {
    case "parquet":
      return [...constant, ...findLines, ...parquetLines];
    case "jsonl":
      return [...constant, ...findLines, ...openLines, ...jsonLines, ...sliceLines];
    default:
      return [...constant, ...findLines, ...openLines, ...csvLines(source?.options), ...sliceLines];
  }
}

const findLines = String.raw`def find_files(paths: list[str]) -> list[str]:
    """The files of patterns, in an order that is the same everywhere."""
    found = sorted(file for pattern in paths for file in glob.glob(pattern, recursive=True))
    if not found:
        raise FileNotFoundError(f"no file matches {' '.join(paths) or 'nothing'}")
    return found


`
  .split("\n")
  .slice(0, -1);

const openLines = String.raw`def open_text(path: str) -> Iterator[str]:
    with gzip.open(path, "rt") if path.endswith(".gz") else open(path, newline="") as lines:
        yield from lines


`
  .split("\n")
  .slice(0, -1);

function csvLines(
  options: { readonly header: boolean; readonly delimiter: string; readonly columns?: readonly string[] } | undefined,
): readonly string[] {
  const { header = true, delimiter = ",", columns } = options ?? {};
  const names = columns === undefined ? "header = next(rows)" : `header = [${columns.map(quote).join(", ")}]`;
  const named =
    columns === undefined || `        ${names}`.length <= 100
      ? [`        ${names}`]
      : ["        header = [", ...columns.map((column) => `            ${quote(column)},`), "        ]"];
  return [
    "def read_columns(paths: list[str]) -> Iterator[Columns]:",
    '    """The cells of the files, CHUNK rows at a time."""',
    "    for path in find_files(paths):",
    delimiter.length === 1
      ? `        rows = csv.reader(open_text(path), delimiter=${quote(delimiter)})`
      : `        rows = (line.rstrip("\\r\\n").split(${quote(delimiter)}) for line in open_text(path))`,
    ...named,
    ...(columns !== undefined && header ? ["        next(rows)"] : []),
    "        indices = [header.index(name) for name in COLUMNS]",
    "        while chunk := [row for row, _ in zip(rows, range(CHUNK))]:",
    "            yield {name: [row[i] for row in chunk] for name, i in zip(COLUMNS, indices)}",
    "",
    "",
  ];
}

const jsonLines: readonly string[] = [
  "def read_columns(paths: list[str]) -> Iterator[Columns]:",
  '    """The cells of the files, CHUNK rows at a time."""',
  "    for path in find_files(paths):",
  "        lines = open_text(path)",
  "        while chunk := [json.loads(line) for line, _ in zip(lines, range(CHUNK))]:",
  "            yield {name: [row.get(name) for row in chunk] for name in COLUMNS}",
  "",
  "",
];

const sliceLines: readonly string[] = [
  "def read_shares(paths: list[str], rank: int, world: int) -> Iterator[tuple[Columns, int]]:",
  '    """Every world-th row, and how many rows the process has that has most."""',
  "    for columns in read_columns(paths):",
  "        count = len(next(iter(columns.values())))",
  "        most = -(-count // world)",
  "        yield {name: cells[rank::world] for name, cells in columns.items()}, most",
];

const parquetLines = String.raw`def row_groups(paths: list[str]) -> list[tuple[pq.ParquetFile, int]]:
    files = [pq.ParquetFile(path) for path in find_files(paths)]
    return [(file, i) for file in files for i in range(file.num_row_groups)]


def read_shares(paths: list[str], rank: int, world: int) -> Iterator[tuple[Columns, int]]:
    """
    Every world-th row group, and of those that are left a part of each; and how many rows the
    process has that has most.
    """
    groups = row_groups(paths)
    whole = len(groups) - len(groups) % world
    for turn in (groups[i : i + world] for i in range(0, whole, world)):
        file, group = turn[rank]
        chunks = file.iter_batches(CHUNK, row_groups=[group], columns=COLUMNS)
        rows = max(file.metadata.row_group(i).num_rows for file, i in turn)
        for start in range(0, rows, CHUNK):
            chunk = next(chunks, None)
            columns = {name: [] for name in COLUMNS} if chunk is None else chunk.to_pydict()
            yield columns, min(CHUNK, rows - start)
    for file, group in groups[whole:]:
        for chunk in file.iter_batches(CHUNK, row_groups=[group], columns=COLUMNS):
            most = -(-chunk.num_rows // world)
            yield chunk.slice(min(rank * most, chunk.num_rows), most).to_pydict(), most`.split("\n");

// -------------------------------------------------------------------------------------------------------------- batches

function streamLines(model: Model): readonly string[] {
  return [
    "Rows = dict[str, dict[str, np.ndarray]]",
    "",
    "",
    "def take(rows: Rows, indices: np.ndarray | slice) -> Rows:",
    "    return {kind: {name: x[indices] for name, x in arrays.items()} for kind, arrays in rows.items()}",
    "",
    "",
    "def join(first: Rows, second: Rows) -> Rows:",
    "    return {",
    "        kind: {name: np.concatenate([x, second[kind][name]]) for name, x in arrays.items()}",
    "        for kind, arrays in first.items()",
    "    }",
    "",
    "",
    "def to_batch(rows: Rows) -> Batch:",
    "    tensors = {",
    "        kind: {name: torch.from_numpy(x) for name, x in arrays.items()}",
    "        for kind, arrays in rows.items()",
    "    }",
    '    weights = tensors["weights"][""]',
    `    return Batch(tensors["features"], tensors["labels"], tensors["known"], weights${readsLists(model) ? ", torch.arange(len(weights))" : ""})`,
    "",
    "",
    "def batches(",
    "    paths: list[str], size: int, rank: int, world: int, generator: np.random.Generator | None = None",
    ") -> Iterator[Batch]:",
    '    """',
    "    Batches of at most `size` rows. All processes get the same number of them, so that none waits",
    "    for another: the last ones may be empty. A generator shuffles the rows of a chunk.",
    '    """',
    "    rest = None",
    "    owed = 0",
    "    for columns, most in read_shares(paths, rank, world):",
    "        rows = read_rows(columns)",
    "        if generator is not None:",
    '            rows = take(rows, generator.permutation(len(rows["weights"][""])))',
    "        rest = rows if rest is None else join(rest, rows)",
    "        owed += most",
    "        start = 0",
    "        while owed >= size:",
    "            yield to_batch(take(rest, slice(start, start + size)))",
    "            start += size",
    "            owed -= size",
    "        rest = take(rest, slice(start, None))",
    ...(model.train.dropLast === true ? [] : ["    if rest is not None and owed > 0:", "        yield to_batch(rest)"]),
  ];
}

function listLines(list: string): readonly string[] {
  return [
    "class Lists:",
    `    """Rows in memory, and which of them are a list: those of one \`${list}\`."""`,
    "",
    "    def __init__(self, paths: list[str]) -> None:",
    "        keys: list[str | None] = []",
    "        parts = []",
    "        for columns, _ in read_shares(paths, 0, 1):",
    `            keys += [text(value) for value in columns[${quote(list)}]]`,
    "            parts.append(read_rows(columns))",
    "        self.rows = {",
    "            kind: {name: np.concatenate([part[kind][name] for part in parts]) for name in arrays}",
    "            for kind, arrays in parts[0].items()",
    "        }",
    "        found: dict[str, list[int]] = {}",
    "        for row, key in enumerate(keys):",
    '            found.setdefault(f"row {row}" if key is None else f"list {key}", []).append(row)',
    "        self.lists = [np.array(rows) for rows in found.values()]",
    "",
    "    def to_batch(self, lists: list[np.ndarray]) -> Batch:",
    "        indices = np.concatenate([*lists, np.zeros(0, np.int64)]).astype(np.int64)",
    "        tensors = {",
    "            kind: {name: torch.from_numpy(x[indices]) for name, x in arrays.items()}",
    "            for kind, arrays in self.rows.items()",
    "        }",
    "        lengths = [len(rows) for rows in lists]",
    "        members = np.full((len(lists), max(lengths, default=1)), -1, np.int64)",
    "        start = 0",
    "        for index, length in enumerate(lengths):",
    "            members[index, :length] = np.arange(start, start + length)",
    "            start += length",
    "        return Batch(",
    '            tensors["features"],',
    '            tensors["labels"],',
    '            tensors["known"],',
    '            tensors["weights"][""],',
    "            torch.from_numpy(np.repeat(np.arange(len(lists)), lengths)),",
    "            torch.from_numpy(members),",
    "            torch.arange(len(indices)),",
    "        )",
    "",
    "",
    "def batches(",
    "    paths: list[str], size: int, rank: int, world: int, generator: np.random.Generator | None = None",
    ") -> Iterator[Batch]:",
    '    """',
    "    Whole lists, of each world-th list, as long as all processes together have at most `size` rows",
    "    each, or one list. A generator shuffles the lists.",
    '    """',
    "    data = Lists(paths)",
    "    order = np.arange(len(data.lists))",
    "    if generator is not None:",
    "        order = generator.permutation(order)",
    "    taken: list[np.ndarray] = []",
    "    for index in order:",
    "        rows = data.lists[index]",
    "        if taken and sum(map(len, taken)) + len(rows) > size * world:",
    "            yield data.to_batch(taken[rank::world])",
    "            taken = []",
    "        taken.append(rows)",
    "    if taken:",
    "        yield data.to_batch(taken[rank::world])",
  ];
}
