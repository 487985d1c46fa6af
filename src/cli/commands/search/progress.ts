import { plural } from "../../../compiler/text/index.js";
import type { SearchEvent, SearchTrial } from "../../../runtime/search/result.js";
import { showDiagnostics } from "../../show-diagnostics.js";
import type { Terminal } from "../../terminal.js";
import { createStatusLine } from "../../views/status-line.js";
import { decimal } from "../../views/text.js";

/** A line for each trial that is over, and on a terminal one that is redrawn for those under way. */
export function createSearchProgress(
  terminal: Terminal,
  quiet: boolean,
): {
  readonly onEvent: (event: SearchEvent) => void;
  readonly close: () => void;
} {
  const { errStyle: style } = terminal;
  const { show: status, print: line, clear: close } = createStatusLine(terminal);
  let planned = 0;
  const onEvent = (event: SearchEvent): void => {
    if (event.kind === "warning") {
      close();
      showDiagnostics(terminal, [event.diagnostic]);
      return;
    }
    if (event.kind === "engine" && event.notice !== undefined) line(style.yellow(event.notice));
    if (quiet) return;
    switch (event.kind) {
      case "engine":
        if (event.notice === undefined) line(style.dim(event.description));
        return;
      case "data":
        return status(
          `${event.phase === "fit" ? "reading" : "encoding"} ${event.role} data: ${plural(event.rows, "row")}`,
        );
      case "searchStarted": {
        planned = event.planned;
        const known = event.known === 0 ? "" : `, ${event.known} of them known`;
        return line(`${plural(planned, "trial")}${known}; ${plural(event.dimensions, "dimension")}`);
      }
      case "trialEvent":
        if (event.event.kind === "progress" || event.event.kind === "epoch")
          status(`trial ${event.trial} · epoch ${epochOf(event.event)} of ${event.event.epochs}`);
        return;
      case "trial":
        return line(trialLine(event.trial, event.best, planned));
      case "trainingBest":
        return status(`training trial ${event.trial} again`);
      default:
        return;
    }
  };
  return { onEvent, close };
}

function epochOf(
  event:
    | { readonly kind: "progress"; readonly epoch: number }
    | { readonly kind: "epoch"; readonly record: { readonly epoch: number } },
): number {
  return event.kind === "progress" ? event.epoch : event.record.epoch;
}

function trialLine(trial: SearchTrial, best: SearchTrial | undefined, planned: number): string {
  const width = String(planned).length;
  const number = String(trial.trial).padStart(width);
  const values = Object.entries(trial.values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
  const found =
    trial.state === "failed"
      ? `failed: ${trial.reason ?? ""}`
      : trial.objectives.map((value) => (value === null ? "none" : decimal(value))).join(", ");
  const paused = trial.state === "paused" ? ` after ${plural(trial.epochs, "epoch")}` : "";
  return `trial ${number}  ${found}${paused}${best?.trial === trial.trial ? "  best" : ""}  ${values}`;
}
