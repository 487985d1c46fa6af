/** What the files of a package say, without a Python. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { lowerModel } from "../../../src/compiler/lower/index.js";
import { torch } from "../../../src/compiler/targets/torch/index.js";
import { packageFiles } from "../../../src/compiler/targets/torch/package.js";
import { modelOf, sizesOf } from "../../lower/harness.js";
import { someFit } from "./packages.js";

/** The files that are texts, by name. */
function filesOf(text: string): Readonly<Record<string, string>> {
  const model = modelOf(text);
  const program = lowerModel(model, sizesOf(model));
  const files = packageFiles({
    model,
    sources: [{ path: "spec.mtl", text }],
    fitted: someFit(model),
    program,
    weights: () => new Uint8Array(),
    trained: false,
    built: () => "",
    generator: "mtlc",
  });
  return Object.fromEntries(
    files.flatMap(({ path, content }) => (typeof content === "string" ? [[path, content]] : [])),
  );
}

it("gives losses the model only where they read it, whatever docstrings say", () => {
  const spec = (penalties: string): string => `model Model
data { train: csv("train.csv") }
features { item: categorical(embed: 4) }
labels { click: event }
tower t = mlp(item, [4])
task Model: P(click) = sigmoid(logit(t))
loss { Model: bce${penalties} }
`;
  const plain = filesOf(spec(""));
  expect(plain["losses.py"]).toContain('"""The losses of Model."""');
  expect(plain["losses.py"]).toContain("def compute_losses(outputs: Outputs, batch: Batch)");
  expect(plain["train.py"]).toContain("losses = compute_losses(outputs, batch)");
  const read = filesOf(spec(", decay: 1e-3 * l2(weights)"));
  expect(read["losses.py"]).toContain("def compute_losses(model: Model, outputs: Outputs, batch: Batch)");
  expect(read["train.py"]).toContain("losses = compute_losses(model, outputs, batch)");
});

it("seeds each step where only a loss draws random numbers", () => {
  const files = filesOf(readFileSync("specs/examples/aman.mtl", "utf8"));
  expect(files["losses.py"]).toContain("torch.rand(");
  expect(`${files["model.py"]}${files["features.py"]}`).not.toMatch(/torch\.rand\(|dropout/i);
  expect(files["train.py"]).toContain("torch.manual_seed(hash((arguments.seed, progress.step, process.rank)))");
});

it("says which models have no tables in shards, and why", () => {
  const spec = (train: string, features = "item: categorical(embed: 4)", penalty = ""): string => `model m
data { train: csv("train.csv") }
features { ${features} }
labels { click: event }
tower t = mlp(item, [4])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce${penalty} }
${train}
`;
  const refused = (text: string): string | undefined => {
    const files = filesOf(text);
    expect("sharding.py" in files).toBe(!files["embedding.py"]?.includes("cannot carry"));
    return /cannot carry ([^"]*)/.exec(files["embedding.py"] ?? "")?.[1];
  };
  expect(refused(spec(""))).toBeUndefined();
  expect(refused(spec("train { clip: value(1) }"))).toBeUndefined();
  expect([
    refused(spec("train { clip: norm(1) }")),
    refused(spec("", "item: numeric")),
    refused(spec("", "item: categorical(embed: 4)", ", decay: 1e-3 * l2(embeddings)")),
  ]).toMatchInlineSnapshot(`
    [
      "clipping by the norm of all gradients",
      "a model without embedding tables",
      "losses that read whole tables",
    ]
  `);
});

it("says what it refuses of a spec where the spec says it", () => {
  const text = `model m
data {
  train: csv("train.csv")
  test: libsvm("test.txt")
  split: split(by: hash(item), 0.9)
  sample: negatives(of: click, share: 0.5)
}
features { item: categorical(embed: 4) }
labels { click: event, buy: event }
tower t = mlp(item, [4])
task ctr: P(click) = sigmoid(logit(t))
task cvr: P(buy) = sigmoid(logit(t))
loss { ctr: bce, cvr: bce, balance: gradnorm }
train {
  accumulate: 2
  ema: 0.9
  schedule: plateau
  stop: early(metric: auc(ctr) + auc(cvr), patience: 2)
}
metrics { ctr: [auc], cvr: [auc] }
`;
  const model = modelOf(text);
  const lines = torch
    .refusals({ model, program: { state: [], functions: [] } })
    .map(({ what, span }) => [what, span === undefined ? "nowhere" : text.slice(span.start, span.end)]);
  expect(Object.fromEntries(lines)).toEqual({
    "`accumulate`": "2",
    "`ema`": "0.9",
    "`sample`": "negatives(of: click, share: 0.5)",
    "`split`": "split(by: hash(item), 0.9)",
    "files of the format `libsvm`": 'libsvm("test.txt")',
    "the balance `gradnorm`": "gradnorm",
    "the schedule `plateau`": "plateau",
    "what `stop` watches": "early(metric: auc(ctr) + auc(cvr), patience: 2)",
  });
});
