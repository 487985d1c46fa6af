import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { assignArm } from "../../src/compiler/serving/index.js";

const spec = (salt: string): string => `model arms
signals { ctr: P(click) }
request { user_id: text }
params { a: 1 in [0, 2] }
experiment power {
  by:      user_id
  salt:    "${salt}"
  control: arm(0.7)
  strong:  arm(0.2, a: 2)
  weak:    arm(0.1, a: 0.5)
}
fusion score = (1 + ctr)^a
rank page = top 5 by score
`;

function experimentOf(salt: string) {
  const { model, diagnostics } = compileSpec("arms.mtl", createMemoryHost({ "arms.mtl": spec(salt) }));
  const [experiment] = model?.serving?.experiments ?? [];
  if (experiment === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return experiment;
}

const units = Array.from({ length: 20_000 }, (_, i) => `user ${i}`);

describe("arms of experiments", () => {
  it("hold their shares, and what they set", () => {
    const experiment = experimentOf("november");
    const counts = new Map(experiment.arms.map(({ name }) => [name, 0]));
    for (const unit of units) {
      const { name } = assignArm(experiment, unit);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const { name, share } of experiment.arms) {
      const deviation = Math.sqrt(units.length * share * (1 - share));
      expect(Math.abs((counts.get(name) ?? 0) - share * units.length)).toBeLessThan(4 * deviation);
    }
    expect(experiment.arms.map(({ params }) => params)).toEqual([{}, { a: 2 }, { a: 0.5 }]);
  });

  it("are a unit's for good, and independent under another salt", () => {
    const [first, second] = [experimentOf("november"), experimentOf("december")];
    const isControl = (unit: string): readonly boolean[] =>
      [first, second].map((experiment) => assignArm(experiment, unit).name === "control");
    expect(isControl("user 7")).toEqual(isControl("user 7"));
    const both = units.filter((unit) => isControl(unit).every(Boolean)).length / units.length;
    expect(Math.abs(both - 0.7 * 0.7)).toBeLessThan(0.015);
  });
});
