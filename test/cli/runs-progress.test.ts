/** What many runs say while they go. */
import { describe, expect, it } from "vitest";
import { createTerminal } from "../../src/cli/terminal.js";
import { createRunsProgress } from "../../src/cli/views/runs-progress.js";
import type { TrainEvent, TrainSummary } from "../../src/runtime/events.js";
import type { RunsEvent } from "../../src/runtime/runs/types.js";

function textOf(events: readonly RunsEvent[], { isInteractive = false, quiet = false } = {}): string {
  const texts: string[] = [];
  const terminal = {
    ...createTerminal({ NO_COLOR: "1" }),
    isInteractive,
    width: 60,
    err: (text: string) => void texts.push(text),
  };
  const view = createRunsProgress(terminal, quiet);
  for (const event of events) view.onEvent(event);
  view.close();
  return texts.join("");
}

const of = (run: number, event: TrainEvent): RunsEvent => ({ kind: "run", run, seed: run + 6, event });
const rows = { train: 100, validation: 0, test: 20 };
const started: TrainEvent = { kind: "started", rows, epochs: 2, batch: 10, steps: 20, parameters: 3 };
const progress = (step: number): TrainEvent => ({
  kind: "progress",
  epochs: 2,
  epoch: 1,
  step,
  batch: step,
  batches: 10,
  rowsPerSecond: 100,
  remainingSeconds: 1,
  losses: {},
  recent: {},
  balance: {},
  observed: {},
});
const summary: TrainSummary = {
  ended: "done",
  steps: 20,
  epochs: 2,
  keptEpoch: 2,
  keptStep: 20,
  rowsPerSecond: 1,
  seconds: 1,
};
const heads = { ctr: { rows: 20, auc: 0.75 } };
const history = [{ epoch: 2, step: 20, losses: { loss: 0.5 } }];
const events: readonly RunsEvent[] = [
  { kind: "runsStarted", planned: 4, finished: 1, workers: 2 },
  of(2, started),
  of(3, started),
  of(2, progress(5)),
  of(3, progress(10)),
  { kind: "runFinished", result: { run: 3, seed: 9, summary, history, evaluation: { role: "test", heads } } },
  {
    kind: "runFinished",
    result: { run: 2, seed: 8, numbers: { lr: 10 }, failure: { code: "MTL7301", message: "the loss became NaN" } },
  },
];
const lines = [
  "1 of 4 runs are finished already\n",
  "run 3/4, seed 9 · loss 0.50000 · ctr auc 0.75000\n",
  "run 2/4, seed 8, lr 10: the loss became NaN\n",
];

describe("progress of many runs", () => {
  it("is a plain line per finished run, and nothing where it is to be quiet", () => {
    expect(textOf(events)).toBe(lines.join(""));
    expect(textOf(events, { quiet: true })).toBe("");
  });

  it("is a line that is redrawn on a terminal: the share of all steps that is done", () => {
    const drawn = textOf(events, { isInteractive: true });
    // One of four is over; a quarter of the second, then half of the third as well.
    const shares = [...drawn.matchAll(/(\d) of 4 runs · (\d+)%/g)].map(([, over, share]) => [over, share]);
    expect(shares).toEqual([["1", "25"], ["1", "31"], ["1", "43"], ["2", "56"], ["3", "75"]]); // prettier-ignore
    for (const line of lines) expect(drawn).toContain(line);
    expect(drawn.endsWith("\r\x1b[2K")).toBe(true);
  });
});
