/**
 * Training beside an independent program: the same models in float64 PyTorch (`reference.py`, `network.py`), written from the
 * documentation, from the same first weights over the same rows. Run with `MTLC_PYTHON`, else `python3`; skipped without torch.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, train } from "../../src/index.js";
import { loadArtifact, splitState } from "../../src/runtime/artifact/index.js";
import { createRandom } from "../lower/harness.js";
import { base, specs } from "./specs.js";
import { python, pythonHasFor } from "../python.js";

const hasTorch = pythonHasFor("training is not compared with PyTorch", "torch");

/** Full batches, and at the end one that is filled up. */
const rows = { 1: 64, 10: 640, 100: 99 * 64 + 37 } as const;

/** Features, labels of which one in twenty is null, and sample weights, 0 among them. */
function csv(count: number): string {
  const random = createRandom(20);
  const below = (limit: number): number => Math.floor(random() * limit);
  const hidden = (value: string): string => (random() < 0.05 ? "" : value);
  const lines = Array.from({ length: count }, () => {
    const x = random() * 4 - 2;
    const b = below(20);
    const click = random() < 0.7 / (1 + Math.exp(-x - 0.3 * ((b % 3) - 1))) ? 1 : 0;
    const buy = click === 1 && random() < 0.4 ? 1 : 0;
    const stay = click === 1 ? (-30 * Math.log(1 - random())).toFixed(2) : "0";
    const tags = Array.from({ length: below(5) }, () => `t${below(12)}`).join("|");
    const weight = [0, 0.5, 1, 2.5][below(4)];
    const y = (random() * 4 - 2).toFixed(4);
    // The square leaves some ids to many rows and others to few.
    const cells = [`a${Math.floor(random() ** 2 * 50)}`, `b${b}`, tags, x.toFixed(4), y];
    return [...cells, hidden(String(click)), hidden(String(buy)), hidden(stay), weight].join(",");
  });
  return `a,b,tags,x,y,click,buy,stay,w\n${lines.join("\n")}\n`;
}

interface Reference {
  readonly losses: Readonly<Record<string, number>>;
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-parity-"));
  writeFileSync(join(root, "base.mtl"), base);
  for (const [name, text] of Object.entries(specs)) writeFileSync(join(root, `${name}.mtl`), text);
  for (const [steps, count] of Object.entries(rows)) writeFileSync(join(root, `rows-${steps}.csv`), csv(count));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Tensors by their logical names. */
async function weightsOf(artifact: string): Promise<ReadonlyMap<string, Float32Array | Int32Array>> {
  const { program, state } = await loadArtifact(artifact, { untrained: true });
  const kept = program.state.filter(({ role }) => role === "parameter" || role === "statistic");
  return new Map([...splitState(kept, state)].map(([name, { data }]) => [name, data]));
}

describe.skipIf(!hasTorch)("PyTorch in float64 agrees", () => {
  it.each(Object.keys(specs))(
    "on weights and losses after 1, 10 and 100 steps: %s",
    async (name) => {
      const spec = join(root, `${name}.mtl`);
      const first = join(root, `${name}-first`);
      await compile({ spec, output: first });
      const runs = Object.keys(rows).map((steps) => ({
        name,
        rows: join(root, `rows-${steps}.csv`),
        first: join(first, "weights.safetensors"),
        output: join(root, `${name}-${steps}`),
      }));
      const answer = spawnSync(python, [join(import.meta.dirname, "reference.py")], {
        input: JSON.stringify(runs),
        encoding: "utf8",
        maxBuffer: 2 ** 28,
      });
      expect([answer.status, answer.status === 0 ? "" : answer.stderr]).toEqual([0, ""]);
      const references = JSON.parse(answer.stdout) as readonly Reference[];
      const start = await weightsOf(first);
      for (const [i, { output, rows: file }] of runs.entries()) {
        const { history } = await train({ spec, output, train: [file] });
        const { losses, weights } = references[i] ?? { losses: {}, weights: {} };
        const found = await weightsOf(output);
        expect([...found.keys()].toSorted()).toEqual(Object.keys(weights).toSorted());
        let moved = 0;
        for (const [tensor, data] of found)
          data.forEach((value, at) => {
            const difference = Math.abs(value - (weights[tensor]?.[at] ?? NaN));
            if (!(difference < 1e-5)) expect.fail(`${tensor}[${at}] of ${output} differs by ${difference}`);
            moved = Math.max(moved, Math.abs(value - (start.get(tensor)?.[at] ?? NaN)));
          });
        expect(moved).toBeGreaterThan(1e-4);
        for (const [title, loss] of Object.entries(losses)) {
          const ours = history[0]?.losses[title] ?? NaN;
          expect([title, Math.abs(ours - loss) <= 2e-5 * Math.max(1, Math.abs(loss))]).toEqual([title, true]);
        }
      }
      // PyTorch takes long to start, and XLA compiles three times.
    },
    240_000,
  );
});
