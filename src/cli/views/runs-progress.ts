/** What many runs tell while they go: a line that is redrawn on a terminal, a plain line per finished run elsewhere. */
import type { TrainEvent } from "../../runtime/events.js";
import { isTrained, type RunResult, type RunsEvent, scoresOf } from "../../runtime/runs/types.js";
import type { Terminal } from "../terminal.js";
import { createProgressView } from "./progress.js";
import { scoresLine } from "./scores.js";
import { createStatusLine } from "./status-line.js";
import { count, decimal, duration } from "./text.js";

export interface RunsProgress {
  readonly onEvent: (event: RunsEvent) => void;
  /** Clears what is drawn; call it before anything else is printed. */
  readonly close: () => void;
}

export function createRunsProgress(terminal: Terminal, quiet: boolean): RunsProgress {
  const shared = createProgressView(terminal, quiet);
  const status = createStatusLine(terminal);
  const { errStyle: style } = terminal;
  /** Share of each run under way that is done. */
  const under = new Map<number, number>();
  let [planned, over, before] = [0, 0, 0];
  /** Of a run; early stopping may end it before. */
  let steps = 1;
  let started = performance.now();
  const line = (text: string): void => {
    shared.close();
    status.print(text);
  };
  const draw = (): void => {
    if (!terminal.isInteractive || quiet) return;
    const done = over + [...under.values()].reduce((sum, share) => sum + share, 0);
    const seconds = (performance.now() - started) / 1000;
    const left = done > before ? ((planned - done) * seconds) / (done - before) : Infinity;
    status.show(
      `${count(over)} of ${count(planned)} runs · ${Math.floor((100 * done) / planned)}% · ${duration(left)} left`,
    );
  };
  const onRun = (run: number, event: TrainEvent): void => {
    if (event.kind === "warning") return shared.onEvent(event);
    if (event.kind === "started") steps = Math.max(1, event.steps);
    if (event.kind !== "progress") return;
    under.set(run, Math.min(1, event.step / steps));
    draw();
  };
  const onEvent = (event: RunsEvent): void => {
    switch (event.kind) {
      case "runsStarted":
        ({ planned } = event);
        over = event.finished;
        before = over;
        started = performance.now();
        if (!quiet && over > 0) line(`${count(over)} of ${count(planned)} runs are finished already`);
        return draw();
      case "run":
        return onRun(event.run, event.event);
      case "runFinished":
        over += 1;
        under.delete(event.result.run);
        if (!quiet) line(style.dim(finishedLine(event.result, planned)));
        return draw();
      default:
        status.clear();
        return shared.onEvent(event);
    }
  };
  return {
    onEvent,
    close: () => {
      status.clear();
      shared.close();
    },
  };
}

function finishedLine(result: RunResult, planned: number): string {
  const numbers = Object.entries(result.numbers ?? {}).map(([name, value]) => `, ${name} ${value}`);
  const head = `run ${result.run}/${planned}, seed ${result.seed}${numbers.join("")}`;
  if (!isTrained(result)) return `${head}: ${result.failure.message}`;
  const scores = scoresLine(scoresOf(result));
  const loss = result.history.at(-1)?.losses["loss"];
  return `${head} · loss ${loss === undefined ? "–" : decimal(loss)}${scores === "" ? "" : ` · ${scores}`}`;
}
