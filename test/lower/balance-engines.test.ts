/** Every balance in a whole training step, on every engine against the interpreter. */
import { describe, expect, it } from "vitest";
import { balances } from "../../src/compiler/builtins/index.js";
import { describeEngines } from "../engine/engines.js";
import { onBoth } from "./engine-steps.js";
import { functionOf, open, randomFeeds } from "./harness.js";

const spec = (balance: string, embeddings: string): string => `
model balanced
features {
  user: categorical(vocab: 6, embed: 4)
  age: numeric
  tags: bag(vocab: 6, embed: 4, max: 3)
}
labels { click: event, like: event, stay: amount(seconds) within click }
input x = [user, age, tags]
experts pool[2] = mlp(x, [6])
gate g_ctr = softmax(x) over pool
gate g_like = softmax(x) over pool
tower t_stay = mlp([g_like, embedding(user, 3)], [4])
task ctr: P(click) = sigmoid(logit(g_ctr))
task liked: P(like) = sigmoid(logit(g_like))
task stay: E(stay | click) = softplus(logit(t_stay))
loss { ctr: bce, liked: 2 * bce, stay: 0.5 * huber, decay: 0.01 * l2(all), balance: ${balance} }
train { optimizer: sgd(lr: 0.1), clip: norm(5), batch: 24, embeddings: ${embeddings}, seed: 5 }
`;

const calls = balances.flatMap(({ name, parameters }) => {
  const more =
    {
      dwa: "steps: 1",
      stch: "steps: 1, warmup: 1",
      metabalance: "target: liked, ",
      pareto: "least: [0.1, 0.2, 0.1], ",
    }[name] ?? "";
  return parameters.some((each) => each.name === "on")
    ? ["parameters", "representation"].map((on) => `${name}(${more}on: ${on})`)
    : [more === "" ? name : `${name}(${more})`];
});

const feedsOf = (opened: ReturnType<typeof open>, step: number) => ({
  ...randomFeeds(opened.model, 24, step + 1),
  epoch: { shape: [], data: [step] },
});

describeEngines("a balanced step", (engine) => {
  it.each(calls)("is that of the interpreter: %s", async (call) => {
    for (const embeddings of [call.includes("representation") ? "dense" : "sparse"]) {
      const opened = open(spec(call, embeddings));
      const { program } = opened;
      const trainBatch = call.startsWith("pcgrad") ? 24 : undefined;
      await onBoth(await engine(), program, { trainBatch }, (both) => {
        for (let step = 0; step < 3; step += 1) {
          const { found, wanted } = both.step(feedsOf(opened, step));
          for (const { name } of functionOf(program, "train").outputs) {
            const value = wanted[name]?.data[0] ?? NaN;
            const difference = Math.abs((found[name]?.data[0] ?? NaN) - value) / Math.max(1, Math.abs(value));
            expect(difference, `${name} in step ${step + 1}, ${embeddings}`).toBeLessThan(2e-3);
          }
        }
      });
    }
  });
});

describe("a balanced step", () => {
  it.each(calls)("changes no number by how tables are merged: %s", (call) => {
    for (const embeddings of [call.includes("representation") ? "dense" : "sparse"]) {
      const [merged, apart] = [{}, { mergeTables: false }].map((options) => open(spec(call, embeddings), options));
      for (let step = 0; step < 2; step += 1) {
        const outputs = [merged, apart].map((each) => each?.run("train", feedsOf(each, step)));
        for (const [name, { data }] of Object.entries(outputs[0] ?? {}))
          expect(outputs[1]?.[name]?.data[0], name).toBeCloseTo(data[0] ?? NaN, 9);
      }
    }
  });
});
