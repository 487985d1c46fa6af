/** What a run tells while it goes: a bar that is redrawn on a terminal, plain lines elsewhere. */
import { plural } from "../../compiler/text/index.js";
import type { DataRole, EncodingReport } from "../../runtime/data/index.js";
import type { EpochRecord, TrainEvent, TrainSummary } from "../../runtime/events.js";
import { showDiagnostics } from "../show-diagnostics.js";
import type { Terminal } from "../terminal.js";
import { scoresLine } from "./scores.js";
import { createStatusLine } from "./status-line.js";
import { count, decimal, duration, rate } from "./text.js";

export interface ProgressView {
  readonly onEvent: (event: TrainEvent) => void;
  /** Clears what is drawn; call it before anything else is printed. */
  readonly close: () => void;
}

/** Seconds between two plain lines of progress. */
const plainSeconds = 10;
/** Encoding of fewer rows is done before anyone reads of it. */
const notableRows = 200_000;

export function createProgressView(terminal: Terminal, quiet: boolean): ProgressView {
  const { errStyle: style } = terminal;
  const { show: status, print: line, clear } = createStatusLine(terminal);
  let lastPlain = performance.now();
  let unit: "epoch" | "round" = "epoch";
  const onEvent = (event: TrainEvent): void => {
    if (event.kind === "warning") {
      clear();
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
        status(`${event.phase === "fit" ? "reading" : "encoding"} ${event.role} data: ${plural(event.rows, "row")}`);
        if (!terminal.isInteractive && event.rows >= notableRows && due()) line(plainData(event));
        return;
      case "encoded":
        clear();
        for (const text of oddities(event.role, event.report)) line(style.dim(text));
        return;
      case "growing": {
        unit = "round";
        line(growingText(event));
        return;
      }
      case "started":
        for (const text of startedLines(event)) line(text);
        return;
      case "warmStarted":
        line(warmStartText(event));
        return;
      case "continued":
        line(`continues ${event.artifact}${continuedText(event)}`);
        return;
      case "compiling":
        line("compiling the step (XLA) …");
        return;
      case "compiled":
        line(`compiled in ${duration(event.seconds)}`);
        return;
      case "progress": {
        const { epoch, epochs, batch, batches, rowsPerSecond, losses, remainingSeconds } = event;
        const done = batches === 0 ? 1 : batch / batches;
        const figures = `${rate(rowsPerSecond)} · ${lossesText(losses)} · ${duration(remainingSeconds)} left`;
        if (terminal.isInteractive) status(`epoch ${epoch}/${epochs} ${bar(done)} ${figures}`);
        else if (due()) line(`epoch ${epoch}/${epochs} ${Math.floor(done * 100)}% · ${figures}`);
        return;
      }
      case "evaluating":
        status(`evaluating ${plural(event.rows, "row")}`);
        return;
      case "epoch":
        line(`${unit} ${epochLine(event.record, event.epochs)}`);
        return;
      case "validated":
        line(`${unit} ${epochLine(event.record, event.epochs, event.record.step)}`);
        return;
      case "finished": {
        const { rowsPerSecond, seconds, ended } = event.summary;
        if (ended === "stopped") line(stoppedText(unit, event.summary));
        line(style.dim(`trained in ${duration(seconds)}, ${rate(rowsPerSecond)}`));
        return;
      }
      case "checkpoint":
      case "saved":
        return;
    }
  };
  /** Whether a plain line may be printed again. */
  function due(): boolean {
    const now = performance.now();
    if (now - lastPlain < plainSeconds * 1000) return false;
    lastPlain = now;
    return true;
  }
  return { onEvent, close: clear };
}

function startedLines({
  rows,
  epochs,
  batch,
  parameters,
  resumed,
}: Extract<TrainEvent, { kind: "started" }>): readonly string[] {
  const line = `${rowsText(rows)} · ${plural(epochs, "epoch")}, batch ${count(batch)} · ${plural(parameters, "parameter")}`;
  return resumed === undefined
    ? [line]
    : [line, `going on after step ${count(resumed.step)} of epoch ${resumed.epoch + 1}`];
}

function warmStartText({ artifact, transferred, initialized }: Extract<TrainEvent, { kind: "warmStarted" }>): string {
  return `warm start from ${artifact}: ${count(transferred.length)} of ${plural(transferred.length + initialized.length, "tensor")}`;
}

function growingText({ rows, rounds, tasks }: Extract<TrainEvent, { kind: "growing" }>): string {
  return `${rowsText(rows)} · ${plural(rounds, "round")} of trees${tasks === 1 ? "" : ` of ${tasks} tasks`}`;
}

function rowsText(rows: Readonly<Record<DataRole, number>>): string {
  const others = (["validation", "test"] as const).flatMap((role) =>
    rows[role] === 0 ? [] : [`${count(rows[role])} ${role}`],
  );
  return `${[`${count(rows.train)} train`, ...others].join(", ")} rows`;
}

/** `: user_id 12 new, 3 evicted; item_id 1 new`. */
function continuedText({ ids }: Extract<TrainEvent, { kind: "continued" }>): string {
  const parts = Object.entries(ids).flatMap(([name, { added, evicted }]) => {
    const changes = [
      ...(added > 0 ? [`${count(added)} new`] : []),
      ...(evicted > 0 ? [`${count(evicted)} evicted`] : []),
    ];
    return changes.length === 0 ? [] : [`${name} ${changes.join(", ")}`];
  });
  return parts.length === 0 ? "" : `: ids of ${parts.join("; ")}`;
}

function plainData({ phase, role, rows }: Extract<TrainEvent, { kind: "data" }>): string {
  return `${phase === "fit" ? "reading" : "encoding"} ${role} data: ${plural(rows, "row")}`;
}

function epochLine({ epoch, losses, evaluation, best }: EpochRecord, epochs: number, step?: number): string {
  const within = step === undefined ? "" : `, step ${count(step)}`;
  const scores = evaluation === undefined ? "" : ` · ${evaluation.role}: ${scoresLine(evaluation.heads)}`;
  const trained = Object.keys(losses).length === 0 ? "" : ` · ${lossesText(losses)}`;
  return `${epoch}/${epochs}${within}${trained}${scores}${best === true ? " · best" : ""}`;
}

function stoppedText(unit: "epoch" | "round", { keptEpoch, keptStep }: TrainSummary): string {
  return unit === "round"
    ? `stopped early; the first ${plural(keptEpoch, "round")} are kept`
    : `stopped early; the weights of epoch ${keptEpoch}, step ${count(keptStep)}, are kept`;
}

/** `loss 0.1423 (income 0.1321, marital 0.0102)`. */
function lossesText(losses: Readonly<Record<string, number>>): string {
  const parts = Object.entries(losses).flatMap(([name, value]) =>
    name === "loss" ? [] : [`${name.replace(/^(loss|penalty)\//, "")} ${decimal(value)}`],
  );
  const total = losses["loss"];
  return `loss ${total === undefined ? "–" : decimal(total)}${parts.length > 1 ? ` (${parts.join(", ")})` : ""}`;
}

/** Nulls and unseen values, where there are any: `test data: brand 3 null, 12 unseen`. */
function oddities(role: DataRole, { columns }: EncodingReport): readonly string[] {
  const odd = columns.flatMap(({ column, nulls, unseen }) => {
    const parts = [...(nulls > 0 ? [`${count(nulls)} null`] : []), ...(unseen > 0 ? [`${count(unseen)} unseen`] : [])];
    return parts.length === 0 ? [] : [`${column} ${parts.join(", ")}`];
  });
  if (odd.length === 0) return [];
  const shown = odd.slice(0, 4);
  const more = odd.length > shown.length ? `; ${plural(odd.length - shown.length, "other column")}` : "";
  return [`${role} data: ${shown.join("; ")}${more}`];
}

function bar(done: number): string {
  const cells = 20;
  const full = Math.round(done * cells);
  return `[${"=".repeat(full)}${full < cells ? ">" : ""}${" ".repeat(Math.max(0, cells - full - 1))}]`;
}
