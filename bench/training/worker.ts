/**
 * mtlc, or the eager API of tfjs-node, as a contender: `worker.js ENGINE|eager FOLDER`, an empty name for the engine that a training takes, with what `worker.py` says of requests.
 * FOLDER has `workload.json`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GraphBuilder } from "../../src/compiler/graph/index.js";
import { fittedSizes } from "../../src/runtime/data/index.js";
import { type Engine, selectEngine } from "../../src/runtime/engine/index.js";
import { trainEager } from "../peers/eager-tfjs.js";
import { median } from "../report.js";
import { copyRows } from "../workload.js";
import { tfjsNode } from "./tfjs-node.js";
import { openTrainer } from "./trainer.js";
import type { Ready, Request } from "./turns.js";
import { openWorkload, type Workload } from "./workloads.js";

/** Undefined: it does not do that. */
type Answer = (request: Request) => Promise<object | undefined>;

const [form = "", folder = ""] = process.argv.slice(2);
const workload = JSON.parse(readFileSync(join(folder, "workload.json"), "utf8")) as Workload;
const { answer, ...ready } = form === "eager" ? await openEager() : await openOurs(form);
say({ ready: true, ...ready });
for await (const line of createInterface({ input: process.stdin }))
  say((await answer(JSON.parse(line) as Request)) ?? { missing: true });

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function openOurs(preference: string): Promise<Ready & { readonly answer: Answer }> {
  const { engine } = await selectEngine({ environment: { ...process.env, MTLC_ENGINE: preference } });
  const trainer = await openTrainer(workload, engine);
  return {
    versions: engine.description,
    firstStep: process.uptime(),
    answer: async (request) => {
      switch (request.kind) {
        case "measure":
          return trainer.measure(request.seconds);
        case "epochs": {
          const start = performance.now();
          const auc = await trainer.epochs(request.epochs, request.seed);
          return { seconds: (performance.now() - start) / 1000, auc };
        }
        case "product":
          return preference !== "wasm" ? { gflops: await measureProducts(engine) } : undefined;
        case "predict":
          return undefined;
      }
    },
  };
}

/** GFLOP/s of products of two matrices of 1,024 × 1,024 in the engine's session, eight of them a call. */
async function measureProducts(engine: Engine): Promise<number> {
  const [side, products] = [1024, 8];
  const builder = new GraphBuilder("predict");
  const x = builder.input("x", { dtype: "float32", shape: [side, side] });
  let y = x;
  for (let i = 0; i < products; i++) y = builder.matmul(y, x);
  const predict = builder.finish([{ name: "sum", value: builder.sum(y) }]);
  const session = await engine.open({ state: [], functions: [predict] }, { functions: ["predict"] });
  // Powers of it stay small.
  const feed = { x: { shape: [side, side], data: new Float32Array(side * side).fill(1 / side) } };
  session.run("predict", feed);
  const times: number[] = [];
  const end = performance.now() + 1000;
  while (performance.now() < end) {
    const start = performance.now();
    session.run("predict", feed);
    times.push((performance.now() - start) / 1000);
  }
  session.close();
  return (products * 2 * side ** 3) / median(times) / 1e9;
}

async function openEager(): Promise<Ready & { readonly answer: Answer }> {
  const tf = await tfjsNode();
  const { model, data, train, test } = await openWorkload(workload);
  const { ids } = fittedSizes(data.fitted);
  const sizes = model.features.flatMap(({ name }) => ids[name] ?? []);
  const shape = { ...workload.shape, sizes, embed: 8, batch: model.train.batch };
  const arrays = copyRows(train, 200_000);
  train.close();
  test.close();
  await tf.setBackend("tensorflow");
  return {
    versions: `tfjs-node ${tf.version_core}`,
    answer: async (request) => {
      if (request.kind !== "measure") return undefined;
      const { rowsPerSecond, loss } = trainEager(tf, shape, arrays, request.seconds, 5);
      return Promise.resolve({ rows: rowsPerSecond * request.seconds, seconds: request.seconds, loss });
    },
  };
}
