import { cellsOf, displayWidth, visible, type Cell } from "./display.js";

/** A stretch of one line to underline. */
export interface Mark {
  /** UTF-16 offsets in the line; equal for a place between two characters. */
  readonly start: number;
  readonly end: number;
  /** Under the place itself `^`, under further ones `-`. */
  readonly primary: boolean;
  /** Empty for none. */
  readonly message: string;
}

/** Text in pieces with a style each, so that colours stay out of the arithmetic. */
export interface Segment {
  readonly text: string;
  readonly style: "plain" | "primary" | "secondary";
}

export type Row = readonly Segment[];

/** A source line and, below it, its underlines and their messages; lines longer than `width` are cut around the marks. */
export function renderMarkedLine(line: string, marks: readonly Mark[], width: number): readonly Row[] {
  const window = cropWindow(cellsOf(line), marks, width);
  const placed = marks
    .map((mark) => placeMark(mark, window))
    .toSorted((a, b) => a.column - b.column || Number(a.primary) - Number(b.primary));
  const rows: Row[] = [[{ text: window.text.trimEnd(), style: "plain" }]];
  if (placed.length === 0) return rows;

  // The message of the last mark is on its own row, those of the others below, from right to left.
  const last = placed.at(-1);
  const inline =
    last !== undefined && placed.every((each) => each === last || each.column + each.length <= last.column);
  const pending = placed.filter((each) => each.message !== "" && !(inline && each === last));
  rows.push([...underlines(placed), ...(inline ? messageOf(last) : [])]);
  for (let i = pending.length - 1; i >= 0; i--) rows.push(messageRow(pending.slice(0, i + 1)));
  return rows;
}

interface PlacedMark {
  readonly column: number;
  readonly length: number;
  readonly primary: boolean;
  readonly message: string;
}

interface Window {
  readonly text: string;
  readonly cells: readonly Cell[];
  /** Index of the first and one past the last cell shown. */
  readonly from: number;
  readonly to: number;
  /** Columns that the sign for left-out text takes. */
  readonly indent: number;
}

const ellipsis = "…";

function cropWindow(cells: readonly Cell[], marks: readonly Mark[], width: number): Window {
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  const all = { text: cells.map((cell) => cell.text).join(""), cells, from: 0, to: cells.length, indent: 0 };
  if (total <= width || width < 20) return all;
  const anchor = Math.min(
    ...marks.filter((mark) => mark.primary).map((mark) => mark.start),
    ...marks.map((mark) => mark.start),
  );
  const anchorIndex = Math.max(
    0,
    cells.findIndex((cell) => cell.offset >= anchor),
  );
  // A quarter of the room before the first mark, the rest for it and what follows.
  let from = anchorIndex;
  for (let room = Math.floor(width / 4); from > 0; from--) {
    room -= cells[from - 1]?.width ?? 0;
    if (room < 0) break;
  }
  let to = from;
  for (let room = width - 2; to < cells.length; to++) {
    room -= cells[to]?.width ?? 0;
    if (room < 0) break;
  }
  const shown = cells
    .slice(from, to)
    .map((cell) => cell.text)
    .join("");
  return {
    text: (from > 0 ? ellipsis : "") + shown + (to < cells.length ? ellipsis : ""),
    cells,
    from,
    to,
    indent: from > 0 ? 1 : 0,
  };
}

function placeMark(mark: Mark, { cells, from, to, indent }: Window): PlacedMark {
  const columnAt = (offset: number): number => {
    let column = indent;
    for (let i = from; i < to; i++) {
      const cell = cells[i];
      if (cell === undefined || cell.offset >= offset) return column;
      column += cell.width;
    }
    return column;
  };
  const column = columnAt(mark.start);
  return {
    column,
    length: Math.max(1, columnAt(mark.end) - column),
    primary: mark.primary,
    message: visible(mark.message),
  };
}

function underlines(marks: readonly PlacedMark[]): Row {
  const end = Math.max(...marks.map((mark) => mark.column + mark.length));
  const signs: (boolean | undefined)[] = Array.from({ length: end }, () => undefined);
  for (const primary of [false, true]) {
    for (const mark of marks) if (mark.primary === primary) signs.fill(primary, mark.column, mark.column + mark.length);
  }
  const row: Segment[] = [];
  for (let i = 0; i < end;) {
    let next = i;
    while (next < end && signs[next] === signs[i]) next++;
    row.push(
      signs[i] === undefined
        ? { text: " ".repeat(next - i), style: "plain" }
        : { text: (signs[i] ? "^" : "-").repeat(next - i), style: signs[i] ? "primary" : "secondary" },
    );
    i = next;
  }
  return row;
}

function messageOf(mark: PlacedMark): Row {
  return mark.message === "" ? [] : [{ text: ` ${mark.message}`, style: mark.primary ? "primary" : "secondary" }];
}

/** The message of the last of the marks, with a bar down to those of the ones before it. */
function messageRow(marks: readonly PlacedMark[]): Row {
  const row: Segment[] = [];
  let column = 0;
  marks.forEach((mark, i) => {
    if (mark.column < column) return;
    row.push({ text: " ".repeat(mark.column - column), style: "plain" });
    const text = i === marks.length - 1 ? mark.message : "│";
    row.push({ text, style: mark.primary ? "primary" : "secondary" });
    column = mark.column + displayWidth(text);
  });
  return row;
}
