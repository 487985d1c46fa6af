/** Who predicts from arrays that are ready: onnxruntime in Node and in Python, and PyTorch. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { batchLayout } from "../../src/compiler/model/index.js";
import { loadArtifact } from "../../src/runtime/artifact/index.js";
import { createRowEncoder } from "../../src/runtime/data/index.js";
import { createProgram, functionOf } from "../../src/runtime/engine/create-program.js";
import type { HostTensor } from "../../src/runtime/engine/index.js";
import { createFeeds } from "../../src/runtime/measure/feeds.js";
import type { Row } from "../predict.js";
import { median, note, projectRoot } from "../report.js";
import { prepareWorkload } from "../training/rounds.js";
import { startTurns } from "../training/turns.js";
import { censusWorkload } from "../training/workloads.js";
import { python } from "../../test/python.js";

/** Something that predicts `size` rows. */
export interface Entrant {
  readonly name: string;
  /** The median call, in milliseconds, of calls that take so many seconds together. */
  readonly time: (size: number, seconds: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

export const onnxInNode = "onnxruntime in Node, ready arrays";

/** Those that are here, on the network of an artifact that has its model in ONNX; says in a line which are not. */
export async function openReadyArrays(artifact: string, rows: readonly Row[]): Promise<readonly Entrant[]> {
  const feed = await feedsOf(artifact);
  const { folder } = await prepareWorkload(censusWorkload());
  const entrants = [
    await openNode(artifact, rows, feed),
    await openPython("onnxruntime in Python, ready arrays", "onnxruntime", writeFeeds(artifact, feed(rows))),
    await openPython("PyTorch, ready arrays", "torch", folder),
  ];
  return entrants.filter((entrant) => entrant !== undefined);
}

type Feeds = Readonly<Record<string, HostTensor>>;

/** What the network of an artifact is fed with for some rows. */
async function feedsOf(artifact: string): Promise<(rows: readonly Row[]) => Feeds> {
  const { model, fitted } = await loadArtifact(artifact);
  const feeds = createFeeds(functionOf(createProgram(model, fitted), "predict"), batchLayout(model));
  const encode = createRowEncoder(model, fitted, { mode: "serving" });
  return (rows) => feeds(encode(rows));
}

/** A folder with the model and the arrays, as `predict_ready.py` reads them. */
function writeFeeds(artifact: string, feeds: Feeds): string {
  const folder = `${artifact}-arrays`;
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(artifact, "onnx", "model.onnx"), join(folder, "model.onnx"));
  const described = Object.entries(feeds).map(([name, { shape, data }]) => {
    const isFloat = data instanceof Float32Array;
    writeFileSync(join(folder, `${name}.bin`), new Uint8Array((isFloat ? data : Int32Array.from(data)).slice().buffer));
    return [name, { type: isFloat ? "float32" : "int32", shape }] as const;
  });
  writeFileSync(join(folder, "feeds.json"), JSON.stringify(Object.fromEntries(described)));
  return folder;
}

async function openNode(
  artifact: string,
  rows: readonly Row[],
  feed: (rows: readonly Row[]) => Feeds,
): Promise<Entrant | undefined> {
  const runtime = await import("onnxruntime-node").catch(() => undefined);
  if (runtime === undefined) return void note(`${onnxInNode} is left out: the package onnxruntime-node is not there`);
  const { InferenceSession, Tensor } = runtime;
  const session = await InferenceSession.create(join(artifact, "onnx", "model.onnx"), { logSeverityLevel: 3 });
  const tensors = (some: readonly Row[]) =>
    Object.fromEntries(
      Object.entries(feed(some)).map(([name, { shape, data }]) => [
        name,
        data instanceof Float32Array
          ? new Tensor("float32", data.slice(), shape)
          : new Tensor("int32", Int32Array.from(data), shape),
      ]),
    );
  return {
    name: onnxInNode,
    time: async (size, seconds) => {
      const calls = Array.from({ length: 16 }, (_, i) => {
        const from = (i * size) % Math.max(1, rows.length - size);
        return tensors(rows.slice(from, from + size));
      });
      const times: number[] = [];
      for (const call of calls.slice(0, 3)) await session.run(call);
      const end = performance.now() + 1000 * seconds;
      for (let i = 0; performance.now() < end || times.length < 5; i++) {
        const start = performance.now();
        await session.run(calls[i % calls.length] ?? {});
        times.push(performance.now() - start);
      }
      return median(times);
    },
    close: () => session.release(),
  };
}

async function openPython(name: string, runtime: string, folder: string): Promise<Entrant | undefined> {
  const script = join(projectRoot, "bench", "peers", "predict_ready.py");
  const turns = await startTurns({ name, command: python, words: [script, runtime, folder] });
  if (typeof turns === "string") return void note(`${name} is left out: ${turns}`);
  return {
    name,
    time: async (rows, seconds) => {
      const answer = await turns.ask<{ readonly milliseconds: number }>({ kind: "predict", rows, seconds });
      return answer?.milliseconds ?? NaN;
    },
    close: turns.close,
  };
}
