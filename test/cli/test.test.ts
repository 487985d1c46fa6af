import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runTests } from "../../src/cli/commands/test/run.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { testView } from "../../src/cli/commands/test/view.js";

const terminal = createTerminal({ NO_COLOR: "1" });
const spec = join(import.meta.dirname, "specs/failing_test.mtl");

describe("mtlc test", () => {
  it("shows the value under every part of what failed, and which rules fired", async () => {
    const { result, exitCode } = await runTests([spec]);
    expect(exitCode).toBe(1);
    const text = testView.human(result, terminal).replaceAll(spec, "failing_test.mtl");
    await expect(text).toMatchFileSnapshot("golden/test-failing.txt");
  });

  it("gives the same to programs", async () => {
    const { result } = await runTests([spec]);
    expect(testView.json(result)).toMatchObject({
      passed: 0,
      failed: 1,
      tests: [
        {
          title: "what fails",
          passed: false,
          line: 23,
          expectations: [
            { passed: false, line: 28 },
            { passed: true, line: 29 },
          ],
        },
      ],
    });
  });
});
