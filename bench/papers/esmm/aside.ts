/** Runs of the experiment in processes of their own, each with one thread: so they do not depend on how many run side by side. */
import { spawn } from "node:child_process";
import { methods } from "./methods.js";
import type { EsmmRun } from "./results.js";
import { runOnce } from "./run.js";
import type { WorldChoices } from "./world.js";

/** What a process is told. */
export interface RunRequest {
  /** Of the setting. */
  readonly name: string;
  readonly choices: WorldChoices;
  /** Names of methods. */
  readonly methods: readonly string[];
}

/** The option by which the benchmark's own command is such a process; the request as JSON follows it. */
export const asideOption = "request";

/** Writes the run on standard output, as JSON. */
export async function answerRequest(text: string): Promise<void> {
  const request = JSON.parse(text) as RunRequest;
  const own = methods.filter(({ name }) => request.methods.includes(name));
  process.stdout.write(JSON.stringify(await runOnce(request.name, request.choices, own)));
}

/** Makes the runs of the requests, `workers` at a time; `done` gets each when it is there. */
export async function runAside(
  requests: readonly RunRequest[],
  workers: number,
  done: (request: RunRequest, run: EsmmRun) => void,
): Promise<void> {
  const waiting = [...requests];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) done(next, await inProcess(next));
  };
  await Promise.all(Array.from({ length: workers }, work));
}

function inProcess(request: RunRequest): Promise<EsmmRun> {
  const words = [process.argv[1] ?? "", "esmm", `--${asideOption}`, JSON.stringify(request)];
  const child = spawn(process.execPath, words, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, MTLC_THREADS: "1", TF_NUM_INTEROP_THREADS: "1" },
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(text) as EsmmRun);
      else reject(new Error(`the run of ${request.name}, seed ${request.choices.seed}, ended with ${code}`));
    });
  });
}
