/**
 * Servers that are killed at random points while they show items under a cap, and the account afterwards. Used by the
 * benchmark `flow` at full size and by the tests in a small one.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { blockSize, counterKey, openPermitStore, windowOf, type CapPolicy } from "../src/runtime/flow/index.js";

export interface DrillOptions {
  /** The project's folder. */
  readonly root: string;
  /** The compiled `runtime/flow/index.js` that the servers run. */
  readonly module: string;
  /** As `openPermitStore` reads it. */
  readonly store: string;
  readonly processes: number;
  /** `kill -9`s of each process; a new one takes its place. */
  readonly kills: number;
  readonly values: number;
  readonly limit: number;
  readonly seed: number;
  /** Kills the store itself and starts it again. */
  readonly crashStore?: () => Promise<void>;
  readonly storeCrashes?: number;
}

export interface DrillResult {
  readonly kills: number;
  readonly storeCrashes: number;
  /** The sum of the limits, what was shown, and what the store granted. */
  readonly limit: number;
  readonly served: number;
  readonly granted: number;
  /** Exposures over a limit, summed over values. Must be 0. */
  readonly overshoot: number;
  /** Permits that a server was told it has and the store does not know of. Must be 0. */
  readonly acknowledgedLoss: number;
  /** Permits granted to killed servers and never shown. */
  readonly stranded: number;
  /** The most that one server run left stranded of one value. */
  readonly worstStranded: number;
  /** The largest block that there can be. */
  readonly block: number;
  readonly seconds: number;
}

interface ServerRun {
  readonly granted: Map<string, number>;
  readonly shown: number[];
  session: string | undefined;
  killed: boolean;
  ended: boolean;
  strandedAtClose: number;
}

const now = Date.now();

export function drillCap(limit: number): CapPolicy {
  return {
    id: "exposure",
    scope: ["drill", "home", "exposure", "item_id"],
    limit,
    unit: "day",
    zone: "UTC",
    count: "served",
    down: { kind: "closed" },
  };
}

/** Arguments of a server process: see `flow-server.mjs`. */
export function serverArguments(
  { root, module }: Pick<DrillOptions, "root" | "module">,
  settings: Readonly<Record<string, unknown>>,
): readonly string[] {
  return [join(root, "bench", "flow-server.mjs"), module, JSON.stringify({ now, ...settings })];
}

export async function runCrashDrill(options: DrillOptions): Promise<DrillResult> {
  const { store, processes, kills, limit, storeCrashes = 0 } = options;
  const started = performance.now();
  const random = randomNumbers(options.seed);
  const values = Array.from({ length: options.values }, (_, i) => `item ${i}`);
  const cap = drillCap(limit);
  const runs: ServerRun[] = [];

  const start = (
    server: string,
    pause: number,
  ): { child: ChildProcess; run: ServerRun; ready: Promise<void>; done: Promise<void> } => {
    const child = spawn(
      process.execPath,
      serverArguments(options, { mode: "serve", store, server, cap, values, pause }),
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const run: ServerRun = {
      granted: new Map(),
      shown: values.map(() => 0),
      session: undefined,
      killed: false,
      ended: false,
      strandedAtClose: 0,
    };
    runs.push(run);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const ready = new Promise<void>((resolve) => {
      lines.on("line", (line) => {
        readLine(run, line);
        if (line === "R") resolve();
      });
    });
    return { child, run, ready, done: Promise.all([once(lines, "close"), once(child, "exit")]).then(() => undefined) };
  };

  const killAndReplace = async (server: number): Promise<void> => {
    for (let i = 0; i < kills; i += 1) {
      const { child, run, ready, done } = start(`server ${server}`, 1);
      // Some die while they start, most while they serve.
      if (random() < 0.8) await Promise.race([ready, done]);
      await sleep(random() * 250);
      run.killed = true;
      child.kill("SIGKILL");
      await done;
    }
  };
  const crashStore = async (): Promise<void> => {
    for (let i = 0; i < storeCrashes; i += 1) {
      await sleep(300 + random() * 700);
      await options.crashStore?.();
    }
  };
  await Promise.all([...Array.from({ length: processes }, (_, i) => killAndReplace(i)), crashStore()]);

  // Those that live spend what is left, and close as servers do.
  await Promise.all(
    Array.from({ length: processes }, (_, i) => {
      const { done } = start(`server ${i}`, 0);
      return done;
    }),
  );
  return account(options, runs, values, (performance.now() - started) / 1000);
}

function readLine(run: ServerRun, line: string): void {
  const [kind, ...words] = line.split(" ");
  switch (kind) {
    case "G": {
      run.session = words
        .slice(
          0,
          words.findIndex((word) => word.startsWith("[")),
        )
        .join(" ");
      const key = words
        .slice(
          words.findIndex((word) => word.startsWith("[")),
          -1,
        )
        .join(" ");
      run.granted.set(key, Number(words.at(-1)));
      break;
    }
    case "S":
      for (const word of words) run.shown[Number(word)] = (run.shown[Number(word)] ?? 0) + 1;
      break;
    case "C":
      run.ended = true;
      run.strandedAtClose = Number(words[0]);
      break;
  }
}

async function account(
  { store: place, processes, kills, storeCrashes = 0, limit }: DrillOptions,
  runs: readonly ServerRun[],
  values: readonly string[],
  seconds: number,
): Promise<DrillResult> {
  const store = await openPermitStore(place);
  const { scope, unit, zone } = drillCap(limit);
  const window = windowOf(now, unit, zone);
  const keys = values.map((value) => counterKey(scope, value, window.key));
  const readings = await store.read(keys);
  await store.close();
  const survivors = runs.filter(({ killed }) => !killed);
  if (survivors.some(({ ended }) => !ended)) throw new Error("a server that was not killed did not close");
  let [served, granted, overshoot, acknowledgedLoss, worstStranded] = [0, 0, 0, 0, 0];
  keys.forEach((key, i) => {
    const reading = readings.find((each) => each.key === key);
    const shown = runs.reduce((sum, run) => sum + (run.shown[i] ?? 0), 0);
    // A killed server's grants are in the store; one that closed gave back what it had not shown.
    const acknowledged = runs.reduce(
      (sum, run) => sum + (run.killed ? (run.granted.get(key) ?? 0) : (run.shown[i] ?? 0)),
      0,
    );
    served += shown;
    granted += reading?.granted ?? 0;
    overshoot += Math.max(0, shown - limit) + Math.max(0, (reading?.granted ?? 0) - limit);
    acknowledgedLoss += Math.max(0, acknowledged - (reading?.granted ?? 0));
    for (const run of runs) {
      if (!run.killed || run.session === undefined) continue;
      const holder = reading?.holders.find(({ session }) => session === run.session);
      const held = holder?.granted ?? run.granted.get(key) ?? 0;
      acknowledgedLoss += Math.max(0, (run.granted.get(key) ?? 0) - held);
      worstStranded = Math.max(worstStranded, held - (run.shown[i] ?? 0));
    }
  });
  return {
    kills: processes * kills,
    storeCrashes,
    limit: limit * values.length,
    served,
    granted,
    overshoot,
    acknowledgedLoss,
    stranded: granted - served,
    worstStranded,
    block: blockSize(limit, 1),
    seconds,
  };
}

/** Mulberry32: the same points in time for a seed, as far as a machine repeats itself. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
