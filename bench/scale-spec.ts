/** Specs that grow in one direction, for the benchmark of scale: same numbers, same text. */

const list = (count: number, text: (at: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, at) => text(at));

/** MMoE with as many tasks as experts, a gate and a tower for each task; over columns `x0` to `x15` and `a`. */
export function tasksSpec(tasks: number): string {
  return [
    "model tasks",
    'data { train: parquet("train.parquet") }',
    "features {",
    "  a: categorical(hash: 1_000, embed: 8)",
    ...list(16, (at) => `  x${at}: numeric(scale: none)`),
    "}",
    "labels {",
    ...list(tasks, (at) => `  y${at}: event`),
    "}",
    `input x = [a, ${list(16, (at) => `x${at}`).join(", ")}]`,
    `experts pool[${tasks}] = mlp(x, [32])`,
    ...list(tasks, (at) =>
      [
        `gate g${at} = softmax(x) over pool`,
        `tower t${at} = mlp(g${at}, [16])`,
        `task p${at}: P(y${at}) = sigmoid(logit(t${at}))`,
      ].join("\n"),
    ),
    "loss {",
    ...list(tasks, (at) => `  p${at}: bce`),
    "}",
    "train { batch: 256 }",
    "",
  ].join("\n");
}
