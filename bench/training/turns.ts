/**
 * Contenders that take turns: each is a process that is started once, compiles, warms up, and then answers a line of JSON for each line of
 * JSON (`bench/peers/worker.py` says which). So rounds alternate, and no round pays for a start.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { endProcess } from "../processes.js";

/** Something that trains, as a process. */
export interface Contender {
  readonly name: string;
  readonly command: string;
  readonly words: readonly string[];
}

export type Request =
  | { readonly kind: "measure"; readonly seconds: number }
  | { readonly kind: "epochs"; readonly epochs: number; readonly seed: number }
  | { readonly kind: "product" }
  | { readonly kind: "predict"; readonly rows: number; readonly seconds: number };

/** What a turn of training was. */
export interface Measured {
  readonly rows: number;
  readonly seconds: number;
  /** Of the last step, or the mean of the epoch so far. */
  readonly loss: number;
}

/** What a contender says once it is warm. */
export interface Ready {
  /** What it runs on, in words. */
  readonly versions: string;
  /** From the start of the process to the end of its first call of steps, the reading of arrays included. */
  readonly firstStep?: number;
}

export interface Turns extends Ready {
  readonly name: string;
  /** The answer to a request; undefined where the contender does not do that. Rejects when the process ends. */
  readonly ask: <Answer>(request: Request) => Promise<Answer | undefined>;
  readonly close: () => Promise<void>;
}

/** PyTorch and JAX use the cores of the machine, as mtlc does of itself, also where it says that they are fewer. */
export function peerEnvironment(): NodeJS.ProcessEnv {
  const threads = String(availableParallelism());
  return { OMP_NUM_THREADS: threads, NPROC: threads, ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
}

/** Starts one and waits until it is warm. A text says why it cannot run here. */
export async function startTurns({ name, command, words }: Contender): Promise<Turns | string> {
  const child = spawn(command, words, { env: peerEnvironment(), stdio: ["pipe", "pipe", "pipe"] });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
  // A peer that has ended is said so by its answer.
  child.stdin.on("error", () => undefined);
  const answers = createAnswers(child, () => reasonOf(errors));
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const close = async (): Promise<void> => {
    process.off("exit", kill);
    await endProcess(child, "SIGKILL");
  };
  const ready = await answers.next().catch((error: Error) => error.message);
  if (typeof ready === "string") {
    await close();
    return ready;
  }
  return {
    name,
    ...(ready as Ready),
    ask: async <Answer>(request: Request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = (await answers.next()) as { readonly missing?: true };
      return answer.missing === true ? undefined : (answer as Answer);
    },
    close,
  };
}

/** The last thing that was said of an exception or, without one, the last line. */
export function reasonOf(lines: readonly string[]): string {
  const said = lines.filter((line) => line.trim() !== "");
  return said.findLast((line) => /^\w*(Error|Exception)\b/.test(line)) ?? said.at(-1) ?? "it says nothing";
}

/** Lines of standard output as values, one at a time; rejects once the process has ended or could not be started. */
function createAnswers(child: ChildProcess, reason: () => string): { readonly next: () => Promise<unknown> } {
  const held: string[] = [];
  let waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void } | undefined;
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    waiting?.reject(ended);
    waiting = undefined;
  };
  child.once("error", (error) => end(error));
  child.once("close", (code, signal) => end(new Error(code === 0 ? "it ended" : `${reason()} (${code ?? signal})`)));
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (waiting === undefined) held.push(line);
      else waiting.resolve(line);
      waiting = undefined;
    });
  return {
    next: async () => {
      const line =
        held.shift() ??
        (await new Promise<string>((resolve, reject) => {
          if (ended === undefined) waiting = { resolve, reject };
          else reject(ended);
        }));
      return JSON.parse(line) as unknown;
    },
  };
}
