import { describe, expect, it } from "vitest";
import { assumedProgram, partsOf, stepParts } from "../../src/compiler/cost/index.js";
import { hasTrees, type Model } from "../../src/compiler/model/index.js";
import { modelOf } from "../lower/harness.js";
import { shippedModels } from "../shipped-models.js";

const trained = shippedModels.filter(([, model]) => model.loss.terms.length > 0 && !hasTrees(model));

function labelsOf(model: Model): readonly (string | undefined)[] {
  const train = assumedProgram(model).functions.find(({ name }) => name === "train");
  return [...new Set(train?.nodes.map(({ label }) => label))];
}

describe("what the nodes of a step are there for", () => {
  it("is a part and a phase, a shared table, or the step as a whole", () => {
    const model = modelOf(`model m
features { user: categorical(hash: 10, embed: 4), item: categorical(hash: 10, embed: 4), age: numeric }
labels { click: event }
input x = [user, item, age]
tower t = mlp(x, [3])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
`);
    const partOf = stepParts(model, assumedProgram(model));
    expect(labelsOf(model).map((label) => [label, ...Object.values(partOf(label))])).toMatchInlineSnapshot(`
      [
        [
          undefined,
          "",
          "step",
          "forward",
        ],
        [
          "user/embeddings/4",
          "embeddings/4",
          "table",
          "forward",
        ],
        [
          "x",
          "x",
          "input",
          "forward",
        ],
        [
          "t",
          "t",
          "tower",
          "forward",
        ],
        [
          "ctr",
          "ctr",
          "task",
          "forward",
        ],
        [
          "loss/ctr",
          "ctr",
          "task",
          "forward",
        ],
        [
          "gradient/loss/ctr",
          "ctr",
          "task",
          "gradient",
        ],
        [
          "gradient/ctr",
          "ctr",
          "task",
          "gradient",
        ],
        [
          "gradient/t",
          "t",
          "tower",
          "gradient",
        ],
        [
          "gradient/x",
          "x",
          "input",
          "gradient",
        ],
        [
          "gradient/user/embeddings/4",
          "embeddings/4",
          "table",
          "gradient",
        ],
        [
          "update",
          "",
          "step",
          "update",
        ],
        [
          "update/rate",
          "",
          "step",
          "update",
        ],
        [
          "update/embeddings/4",
          "embeddings/4",
          "table",
          "update",
        ],
        [
          "update/t.0.weight",
          "t",
          "tower",
          "update",
        ],
        [
          "update/t.0.bias",
          "t",
          "tower",
          "update",
        ],
        [
          "update/ctr/logit.weight",
          "ctr",
          "task",
          "update",
        ],
        [
          "update/ctr/logit.bias",
          "ctr",
          "task",
          "update",
        ],
      ]
    `);
    expect(partOf("update/t.0.weight")).toEqual({ name: "t", kind: "tower", phase: "update" });
    expect(partOf("gradient/user/embeddings/4")).toEqual({ name: "embeddings/4", kind: "table", phase: "gradient" });
  });

  it.each(trained)("%s: only few labels are of no part", (_, model) => {
    const program = assumedProgram(model);
    const partOf = stepParts(model, program);
    const penalties = model.loss.penalties.map(({ name }) => name);
    const names = new Set([
      ...partsOf(model).map(({ name }) => name),
      ...program.state.map(({ name }) => name),
      ...penalties,
      "",
    ]);
    for (const label of labelsOf(model)) {
      const { name, kind } = partOf(label);
      if (kind === "step") expect(label ?? "update").toMatch(/^(?:gradient|update(?:\/(?:rate|clip))?)$/);
      else expect(names).toContain(name);
    }
  });
});
