import { type ChildProcess, fork, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
const program = join(root, "bin", "mtlc.js");

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly cwd?: string;
  /** Standard input, of a process of its own. */
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** A process of its own, for what is about starting, ending or doing something once. */
  readonly ownProcess?: boolean;
  /** Called with what standard error holds so far; may kill the process, which is one of its own then. */
  readonly onErr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/**
 * Runs the built command line. Commands of one test file follow one another in a process that loaded the program, and the
 * engines that they asked for, once: starting is most of the time of a short command.
 */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { ownProcess = false, input, onErr } = options;
  if (ownProcess || input !== undefined || onErr !== undefined) return runAlone(words, options);
  const result = last.then(() => runInHost(words, options));
  last = result.catch(() => undefined);
  return result;
}

/** The command before, which the next one waits for. */
let last: Promise<unknown> = Promise.resolve();
let host: ChildProcess | undefined;

function runInHost(words: readonly string[], { cwd = root, environment = {} }: CliOptions): Promise<CliResult> {
  host ??= fork(join(import.meta.dirname, "host.mjs"), { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const child = host;
  return new Promise((resolve, reject) => {
    // What libraries write by themselves, and all of it when the command ends the process.
    const direct = { out: "", err: "" };
    const hearOut = (chunk: Buffer): void => void (direct.out += chunk.toString());
    const hearErr = (chunk: Buffer): void => void (direct.err += chunk.toString());
    const settle = (result: CliResult): void => {
      child.stdout?.off("data", hearOut);
      child.stderr?.off("data", hearErr);
      child.off("message", answered).off("close", ended).off("error", reject);
      keepAwake(child, false);
      resolve(result);
    };
    const answered = (message: unknown): void => {
      const { code, out, err } = message as { readonly code: number; readonly out: string; readonly err: string };
      settle({ code, signal: null, out: direct.out + out, err: direct.err + err });
    };
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      host = undefined;
      settle({ code, signal, ...direct });
    };
    child.stdout?.on("data", hearOut);
    child.stderr?.on("data", hearErr);
    child.on("message", answered).on("close", ended).on("error", reject);
    keepAwake(child, true);
    child.send({ words, cwd, environment });
  });
}

/** Whether this process waits for the other one: only while it runs a command. */
function keepAwake(child: ChildProcess, awake: boolean): void {
  for (const handle of [child, child.channel, child.stdout as Socket | null, child.stderr as Socket | null])
    if (awake) handle?.ref();
    else handle?.unref();
}

/** As a user does: a process of its own. */
function runAlone(words: readonly string[], options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.environment },
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
      options.onErr?.(err, (signal) => child.kill(signal));
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, out, err }));
    child.stdin.end(options.input ?? "");
  });
}
