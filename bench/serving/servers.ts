/** Servers as processes of their own: ours, and the peers. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { endProcess, freePort } from "../processes.js";
import { projectRoot } from "../report.js";
import { mtlc } from "./shop.js";
import { python } from "../../test/python.js";

export interface RunningServer {
  readonly name: string;
  /** Whether it is `mtlc serve`. */
  readonly isOurs: boolean;
  readonly url: string;
  readonly pid: number;
  /** Records of its log, where it is ours. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
}

/** `mtlc serve`, of this clone or another, once it listens. `--port` is one that is free unless the words say so. */
export async function startMtlc(name: string, words: readonly string[], clone?: string): Promise<RunningServer> {
  const port = words.includes("--port") ? [] : ["--port", "0"];
  const child = spawn(process.execPath, mtlc(["serve", ...words, ...port], clone), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const log: Readonly<Record<string, unknown>>[] = [];
  const url = new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const record = JSON.parse(line) as Readonly<Record<string, unknown>>;
      log.push(record);
      if (record["msg"] === "serving") resolve(String(record["url"]));
    });
  });
  return { name, isOurs: true, url: await url, pid: child.pid ?? 0, log, kill: (signal) => endProcess(child, signal) };
}

/** Seconds of processor time that a process has had, its threads included; NaN where the system does not say. */
export function processorSeconds({ pid }: RunningServer): number {
  try {
    // After the name in parentheses: utime and stime are the 12th and 13th, in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}

/** A Python that has what the peers need, or why there is none. */
export function peersPython(): { readonly python: string } | { readonly missing: string } {
  const needs = "import fastapi, uvicorn, numpy, onnxruntime, torch";
  const { status } = spawnSync(python, ["-c", needs], { stdio: "ignore" });
  return status === 0
    ? { python: python }
    : {
        missing:
          "the peers are left out: Python with fastapi, uvicorn, onnxruntime and torch is not here (`MTLC_PYTHON` names it)",
      };
}

/** What of a faster event loop, HTTP parser and JSON the peers have, as text. */
export function peersHave(python: string): string {
  const names = ["uvloop", "httptools", "orjson"];
  const has = names.filter((name) => spawnSync(python, ["-c", `import ${name}`], { stdio: "ignore" }).status === 0);
  return has.length === 0 ? `none of ${names.join(", ")}` : has.join(", ");
}

/** A server of `bench/peers`; `words` go before its port and its number of processes. */
export async function startPeer(
  name: string,
  python: string,
  script: string,
  words: readonly string[],
  workers: number,
): Promise<RunningServer> {
  const port = await freePort();
  const folder = join(projectRoot, "bench", "peers");
  const child = spawn(python, [script, ...words, String(port), String(workers)], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" },
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok === true) break;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
  return { name, isOurs: false, url, pid: child.pid ?? 0, log: [], kill: (signal) => endProcess(child, signal) };
}
