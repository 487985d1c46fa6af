/** The examples of chains and sample spaces, trained on the data that comes with them. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { train } from "../../src/index.js";
import { describeEngines } from "../engine/engines.js";

const examples = join(import.meta.dirname, "../../specs/examples");
const specs: readonly (readonly [string, string])[] = [
  ["esmm", "ctcvr"],
  ["esmm_ns", "ctcvr"],
  ["base", "cvr"],
  ["aman", "cvr"],
  ["oversampling", "cvr"],
  ["unbias", "cvr"],
  // The estimate of `cvr` itself grows while the propensities that it divides by settle.
  ["escm2_ips", "ctcvr"],
  ["escm2_dr", "cvr"],
  ["delayed_feedback", "rate"],
  ["categories", "kind"],
  ["domain_adversarial", "ctr"],
  ["distillation", "student.distill"],
];

describeEngines("the examples of sample spaces", (engine, name) => {
  it.each(specs)("learn: %s", async (example, head) => {
    await engine();
    const { history } = await train({ spec: join(examples, `${example}.mtl`), engine: name, epochs: 3 });
    const losses = history.map(({ losses: all }) => all[`loss/${head}`] ?? NaN);
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
  });
});
