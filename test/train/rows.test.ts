/** Which rows count, in whole runs on every engine: those of a complement, and no row that only fills a batch up. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compile, type EngineName, train } from "../../src/index.js";
import { loadArtifact } from "../../src/runtime/artifact/index.js";
import { describeEngines } from "../engine/engines.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-rows-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function specIn(name: string, text: string, csv: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "train.csv"), csv);
  writeFileSync(join(folder, "model.mtl"), text);
  return join(folder, "model.mtl");
}

const complement = `
model complement
data { train: csv("train.csv"), test: csv("train.csv") }
features { x: numeric(scale: none) }
labels { click: event, buy: event within click }
task ctr: P(click) = sigmoid(logit(mlp(x, [2])))
task cvr: P(buy | click) = sigmoid(logit(mlp(x, [2])))
chain ctcvr = ctr * cvr
chain nobuy: P(not buy) = 1 - ctcvr
loss { ctr: bce, ctcvr: bce, nobuy: bce }
metrics { ctcvr: [logloss, auc], nobuy: [logloss, auc] }
train { shuffle: false }
`;
// Click without a known purchase, a purchase without a known click: each value of both labels, null included.
const labels = `x,click,buy\n1,0,\n2,0,\n0.5,1,1\n0.2,1,0\n0.3,,1\n-1,,0\n0.1,,\n0.7,1,\n`;

const sparse = (optimizer: string): string => `
model pad
data { train: csv("train.csv"), test: csv("train.csv") }
features {
  c: categorical(values: ["a", "b"], embed: 2)
  tags: bag(values: ["t1", "t2"], embed: 2, max: 3)
}
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp([c, tags], [2])))
loss { ctr: bce, reg: 1e-2 * l2(embeddings) }
train { optimizer: ${optimizer}, embeddings: sparse, batch: 4, shuffle: false }
`;
const bags = `c,tags,click\na,t1,1\nb,t2,0\na,t1|t2,1\nb,t1,0\na,t2,1\n`;

async function weightsOf(artifact: string): Promise<ReadonlyMap<string, Float32Array | Int32Array>> {
  const { state } = await loadArtifact(artifact, { untrained: true });
  return new Map([...state].map(([name, { data }]) => [name, data]));
}

describeEngines("the rows of a run", (_, engine: EngineName) => {
  it("are those of its event for a complement, with the same metrics", async () => {
    const { evaluation, history } = await train({ spec: specIn(`complement-${engine}`, complement, labels), engine });
    const { ctcvr, nobuy } = evaluation?.heads ?? {};
    expect([ctcvr?.rows, nobuy?.rows]).toEqual([5, 5]);
    expect(Math.abs((nobuy?.["logloss"] ?? NaN) - (ctcvr?.["logloss"] ?? NaN))).toBeLessThan(1e-6);
    expect(nobuy?.["auc"]).toBe(ctcvr?.["auc"]);
    const losses = history[0]?.losses ?? {};
    expect(Math.abs((losses["loss/nobuy"] ?? NaN) - (losses["loss/ctcvr"] ?? NaN))).toBeLessThan(1e-6);
  });

  it.each(["adamw(lr: 0.1, weight_decay: 0.5)", "adagrad(lr: 0.1)", "momentum(lr: 0.1)"])(
    "leave the embedding of `unknown` as it was where no row is unknown, under %s",
    async (optimizer) => {
      const spec = specIn(`pad-${engine}-${optimizer.slice(0, 4)}`, sparse(optimizer), bags);
      const [before, after] = [join(root, `${engine}-before`), join(root, `${engine}-after`)];
      await compile({ spec, output: before });
      await train({ spec, output: after, engine });
      const [first, last] = [await weightsOf(before), await weightsOf(after)];
      const [a, b] = [first.get("embeddings/2"), last.get("embeddings/2")];
      // Both tables have three rows, and "unknown" first.
      for (const row of [0, 3]) expect(b?.slice(row * 2, row * 2 + 2)).toEqual(a?.slice(row * 2, row * 2 + 2));
      for (const row of [1, 2, 4, 5])
        expect(b?.slice(row * 2, row * 2 + 2)).not.toEqual(a?.slice(row * 2, row * 2 + 2));
    },
  );
});
