/** The line at the end of standard error that is redrawn while work goes on, and the lines above it. */
import { stripVTControlCharacters } from "node:util";
import type { Terminal } from "../terminal.js";

export interface StatusLine {
  /** Shows a text in the place of the one before, cut to the width of the terminal; nothing where there is none. */
  readonly show: (text: string) => void;
  /** Prints a line of its own. */
  readonly print: (text: string) => void;
  /** Removes what is shown; call it before anything else is printed. */
  readonly clear: () => void;
}

export function createStatusLine(terminal: Terminal): StatusLine {
  let shown = false;
  const clear = (): void => {
    if (shown) terminal.err("\r\x1b[2K");
    shown = false;
  };
  return {
    show: (text) => {
      if (!terminal.isInteractive) return;
      clear();
      terminal.err(cut(text, terminal.width - 1));
      shown = true;
    },
    print: (text) => {
      clear();
      terminal.err(`${text}\n`);
    },
    clear,
  };
}

function cut(text: string, width: number): string {
  const plain = stripVTControlCharacters(text);
  return plain.length <= width ? plain : `${plain.slice(0, Math.max(0, width - 1))}…`;
}
