import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train } from "../../src/index.js";
import { loadArtifact, splitState } from "../../src/runtime/artifact/index.js";
import { createTiny, type Tiny } from "./tiny.js";

let tiny: Tiny;
beforeAll(() => {
  tiny = createTiny();
});
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));

/** The tensors of an artifact by the names of its spec. */
async function tensorsOf(name: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const { program, state } = await loadArtifact(join(tiny.root, name));
  const kept = program.state.filter(({ role }) => role === "parameter" || role === "statistic");
  return new Map([...splitState(kept, state)].map(([tensor, { data }]) => [tensor, Array.from(data)]));
}

describe("training with frozen parts", () => {
  it("refuses when nothing is left to train", async () => {
    const spec = tiny.spec("nothing", { train: "frozen: [user, item, t, ctr]" });
    await expect(train({ spec, engine: "cpu" })).rejects.toThrow("MTL7345");
  });

  it("transfers parameters of a source under other names, and keeps those that are frozen", async () => {
    const source = tiny.spec("source", {
      network: "tower source = mlp([user, item, age], [3])\ntower t = mlp(source, [3])",
    });
    await train({ spec: source, output: join(tiny.root, "source"), engine: "cpu" });
    const target = tiny.spec("target", {
      network: "bottom base = mlp([user, item, age], [3])\ntower t = mlp(base, [3])",
      train: "formerly: { base: source }, frozen: [base, user], lr_factors: { t: 0.1 }, epochs: 1",
    });
    const result = await train({
      spec: target,
      output: join(tiny.root, "target"),
      engine: "cpu",
      warmStart: join(tiny.root, "source"),
    });
    expect(result.warmStart?.transferred).toContain("base.0.weight");
    const [before, after] = [await tensorsOf("source"), await tensorsOf("target")];
    expect(after.get("base.0.weight")).toEqual(before.get("source.0.weight"));
    expect(after.get("user.embedding")).toEqual(before.get("user.embedding"));
    expect(after.get("item.embedding")).not.toEqual(before.get("item.embedding"));
    expect(after.get("t.0.weight")).not.toEqual(before.get("t.0.weight"));
  });
});
