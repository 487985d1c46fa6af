/** What a run says of its first step, in which the engine compiles. */
import { describe, expect, it } from "vitest";
import { createProgressView } from "../../src/cli/views/progress.js";
import { createTerminal } from "../../src/cli/terminal.js";
import type { TrainEvent } from "../../src/runtime/events.js";

function linesOf(events: readonly TrainEvent[], quiet: boolean): readonly string[] {
  const lines: string[] = [];
  const terminal = {
    ...createTerminal({ NO_COLOR: "1" }),
    isInteractive: false,
    err: (text: string) => void lines.push(text),
  };
  const view = createProgressView(terminal, quiet);
  for (const event of events) view.onEvent(event);
  view.close();
  return lines;
}

describe("progress", () => {
  const events: readonly TrainEvent[] = [{ kind: "compiling" }, { kind: "compiled", seconds: 29.2 }];

  it("says that the step is compiled and how long it took, unless it is to be quiet", () => {
    expect(linesOf(events, false)).toEqual(["compiling the step (XLA) …\n", "compiled in 29s\n"]);
    expect(linesOf(events, true)).toEqual([]);
  });
});
