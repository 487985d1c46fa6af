/** A process from start to end: how long it takes and how much memory it has at most. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { projectRoot } from "../report.js";

export interface ProcessRun {
  readonly seconds: number;
  /** Bytes in memory at once, at most; undefined where the system does not say. */
  readonly peak: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; null when a signal ended it. */
  readonly status: number | null;
}

/** Peaks are read this often: the system keeps the largest, so that only what grows in the last moment is missed. */
const pollMilliseconds = 20;

export async function runProcess(
  command: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ProcessRun> {
  const start = performance.now();
  const child = spawn(command, words, { cwd: projectRoot, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (part: Buffer) => (text.stdout += part.toString()));
  child.stderr.on("data", (part: Buffer) => (text.stderr += part.toString()));
  let peak: number | undefined;
  const poll = setInterval(() => (peak = peakOf(child.pid) ?? peak), pollMilliseconds);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { seconds: (performance.now() - start) / 1000, peak, ...text, status };
  } finally {
    clearInterval(poll);
    process.off("exit", kill);
  }
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
  } catch {
    return undefined;
  }
}
