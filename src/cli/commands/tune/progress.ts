import { plural } from "../../../compiler/text/index.js";
import { stripVTControlCharacters } from "node:util";
import type { TuneEvent } from "../../../runtime/jobs/tune.js";
import type { Terminal } from "../../terminal.js";
import { decimal } from "../../views/text.js";

/** Seconds between two plain lines of progress. */
const plainSeconds = 10;

/** A line that is redrawn on a terminal, plain lines elsewhere. */
export function createTuneProgress(
  terminal: Terminal,
  quiet: boolean,
): { readonly onEvent: (event: TuneEvent) => void; readonly close: () => void } {
  let drawn = false;
  let last = performance.now();
  const close = (): void => {
    if (drawn) terminal.err("\r\x1b[2K");
    drawn = false;
  };
  const status = (text: string): void => {
    if (terminal.isInteractive) {
      close();
      terminal.err(stripVTControlCharacters(text).slice(0, Math.max(0, terminal.width - 1)));
      drawn = true;
    } else if (performance.now() - last >= plainSeconds * 1000) {
      terminal.err(`${text}\n`);
      last = performance.now();
    }
  };
  const onEvent = (event: TuneEvent): void => {
    if (quiet) return;
    switch (event.kind) {
      case "reading":
        return status("reading the log");
      case "log":
        close();
        terminal.err(`${plural(event.rows, "row")} of ${plural(event.requests, "request")}\n`);
        return;
      case "trial":
        return status(`trial ${event.done}/${event.budget} · best ${event.best.map(decimal).join(", ")}`);
      case "fitted":
        return status(`fitted to ${plural(event.observations, event.of === "pairs" ? "pair" : "row")}`);
      case "reporting":
        return status("resampling users");
    }
  };
  return { onEvent, close };
}
