import fc from "fast-check";

/** A sound spec as its declarations, each a text; their order is free. */
export type Declarations = readonly string[];

const width = fc.integer({ min: 1, max: 6 });

const feature = fc.oneof(
  fc
    .tuple(fc.constantFrom("", "hash: 50, ", "vocab: 9, min_count: 2, ", 'values: ["a", "b"], '), width)
    .map(([vocabulary, embed]) => `categorical(${vocabulary}embed: ${embed})`),
  fc.constantFrom("numeric", "numeric(scale: log1p)", "numeric(missing: 0)"),
  width.map((embed) => `bucket(boundaries: [1, 2, 5], embed: ${embed})`),
  fc
    .tuple(width, fc.constantFrom("mean", "sum", "max", "sum, weighted: true"))
    .map(([embed, pool]) => `bag(embed: ${embed}, pool: ${pool})`),
);

/** Shared experts with a gate a task, towers, two tasks and their chain; sizes and options by chance. */
export const arbitraryDeclarations: fc.Arbitrary<Declarations> = fc
  .record({
    features: fc.array(feature, { minLength: 1, maxLength: 5 }),
    experts: fc.integer({ min: 2, max: 4 }),
    expertWidth: width,
    activation: fc.constantFrom("relu", "tanh"),
    norm: fc.constantFrom("none", "layer", "batch"),
    tower: fc.array(width, { minLength: 1, maxLength: 2 }),
    bottom: fc.boolean(),
    family: fc.constantFrom("", "layer", "channel"),
    weight: fc.constantFrom("1", "0.5", "1e-3"),
    penalty: fc.boolean(),
    batch: fc.constantFrom("64", "128"),
    metrics: fc.subarray(["auc", "logloss", "ece"], { minLength: 1 }),
  })
  .map(({ features, ...some }) => {
    const names = features.map((_, place) => `f${place}`);
    const read = some.bottom ? "base" : "x";
    return [
      "model generated",
      `features {\n${features.map((each, place) => `  f${place}: ${each}`).join("\n")}\n}`,
      "labels {\n  click: event\n  buy: event within click\n}",
      `input x = [${names.join(", ")}]`,
      ...(some.bottom ? ["bottom base = mlp(dropout(x, 0.1), [5])"] : []),
      `experts pool[${some.experts}] = mlp(${read}, [${some.expertWidth}], activation: ${some.activation}, norm: ${some.norm})`,
      ...(some.family === "" ? [] : [`bottoms s[ctr, cvr] = mlp(stitch([x, ${read}], [4], per: ${some.family}), [3])`]),
      `gates g[ctr, cvr] = softmax(${some.family === "" ? "x" : "s"}) over pool`,
      `tower t_ctr = mlp(g.ctr, [${some.tower.join(", ")}])`,
      "task ctr: P(click) = sigmoid(logit(t_ctr))",
      "task cvr: P(buy | click) = sigmoid(logit(mlp(g.cvr, [3])))",
      "chain ctcvr = ctr * cvr",
      `loss {\n  ctr: bce\n  ctcvr: ${some.weight} * bce${some.penalty ? "\n  l2: 1e-6 * l2(embeddings)" : ""}\n}`,
      `train {\n  batch: ${some.batch}\n  optimizer: adam\n}`,
      `metrics {\n  ctr: [${some.metrics.join(", ")}]\n  ctcvr: [auc]\n}`,
    ];
  });
