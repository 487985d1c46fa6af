/** A character of a source line as a terminal shows it. */
export interface Cell {
  readonly text: string;
  /** Columns it takes: 0 for a combining mark, 2 for a wide character. */
  readonly width: number;
  /** UTF-16 offset in the line. */
  readonly offset: number;
}

/** Columns of a tab: source text is shown with fixed steps, so that carets are in the right column in every terminal. */
const tabWidth = 4;

/** Cuts a line into cells; tabs become spaces, and what would steer the terminal becomes a visible sign. */
export function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  let column = 0;
  for (const character of line) {
    const cell = cellOf(character, offset, column);
    cells.push(cell);
    offset += character.length;
    column += cell.width;
  }
  return cells;
}

function cellOf(character: string, offset: number, column: number): Cell {
  if (character === "\t") {
    const width = tabWidth - (column % tabWidth);
    return { text: " ".repeat(width), width, offset };
  }
  const text = visible(character);
  return { text, width: text === character ? characterWidth(character) : 1, offset };
}

/** Text without the characters that move the cursor, change colours or turn the writing direction. */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\uFFFD";
  });
}

/** Columns that a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Ranges of code points of width 2: East Asian wide and fullwidth forms, and emoji (Unicode, UAX #11). */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{M}\p{Cf}]/u.test(character)) return 0;
  return wideRanges.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
