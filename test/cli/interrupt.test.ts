/** Signals in the phases of a command that are long: each ends it, with the code of the signal, and leaves what can be used. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nativeMissing } from "../engine/engines.js";
import { root as project, runCli } from "./run-cli.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-interrupt-"));
  const lines = Array.from({ length: 300 }, (_, i) => `v${i % 7},${i % 3 === 0 ? 1 : 0}`);
  writeFileSync(join(root, "train.csv"), `a,click\n${lines.join("\n")}\n`);
  writeFileSync(join(root, "small.mtl"), specOf("hash: 50, embed: 4"));
  writeFileSync(join(root, "large.mtl"), specOf("hash: 2_000_000, embed: 32"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const specOf = (table: string): string => `
model signals
data { train: csv("train.csv") }
features { a: categorical(${table}) }
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp(a, [4])))
loss { ctr: bce }
train { batch: 16, epochs: 100_000 }
`;

describe("a signal", () => {
  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s ends a compile that writes with %d, and leaves nothing", async (signal, code) => {
    const words = ["compile", "large.mtl", "-o", "out"];
    const child = spawn(process.execPath, [join(project, "bin/mtlc.js"), ...words], { cwd: root, stdio: "ignore" });
    const ended = new Promise((resolve) => void child.on("close", (...of) => resolve(of)));
    const isWriting = (): boolean => readdirSync(root).some((name) => name.startsWith(".out.new-"));
    while (!isWriting() && child.exitCode === null) await new Promise((resolve) => void setTimeout(resolve, 20));
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
    expect(readdirSync(root).filter((name) => name.includes("out"))).toEqual([]);
  });

  it("SIGTERM ends a run after its step with 143 and a checkpoint to go on from", async () => {
    let sent = false;
    const result = await runCli(["train", "small.mtl", "-o", "run", "--engine", "cpu"], {
      cwd: root,
      onErr: (text, kill) => {
        if (sent || !text.includes("epoch 1/")) return;
        sent = true;
        kill("SIGTERM");
      },
    });
    expect(result).toMatchObject({ code: 143, signal: null });
    expect(result.out).toContain("--resume");
    expect(existsSync(join(root, "run/checkpoints"))).toBe(true);
  });

  it.skipIf(nativeMissing !== undefined).each(["SIGTERM", "SIGINT"] as const)(
    "%s ends a process at once whose engine compiles",
    async (signal) => {
      let sent = false;
      const result = await runCli(["train", "small.mtl", "-o", `xla-${signal}`, "--engine", "native"], {
        cwd: root,
        onErr: (text, kill) => {
          if (sent || !text.includes("compiling the step")) return;
          sent = true;
          kill(signal);
        },
      });
      // The compile of a step this small may be done before the signal is there; the run then ends in order.
      const inOrder = { SIGTERM: 143, SIGINT: 130 }[signal];
      expect([signal, inOrder]).toContain(result.signal ?? result.code);
      expect(result.err).toContain("compiling the step (XLA) …\n");
      expect(existsSync(join(root, `xla-${signal}`, "manifest.json"))).toBe(false);
    },
  );
});
