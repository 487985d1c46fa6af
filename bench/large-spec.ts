/** A sound spec of about `lines` lines: many tasks over one pool, as a large team's spec is. Same number, same text. */
export function largeSpec(lines: number): string {
  const tasks = Math.max(1, Math.floor((lines - 60) / 11));
  const numbers = Array.from({ length: tasks }, (_, i) => i);
  const features = numbers.map((i) =>
    i % 3 === 0
      ? `  f${i}: categorical(hash: 100_000, embed: 8)`
      : i % 3 === 1
        ? `  f${i}: numeric(scale: log1p)`
        : `  f${i}: bucket(quantiles: 10, embed: 4)`,
  );
  const labels = numbers.map((i) => (i === 0 ? "  y0: event" : `  y${i}: event within y${i % 5 === 0 ? 0 : i - 1}`));
  const parts = numbers.map((i) =>
    [
      `/// Task ${i}.`,
      `gate g${i} = softmax(x) over pool`,
      `tower t${i} = mlp(g${i}, [32, 16], activation: relu)`,
      i === 0
        ? `task p0: P(y0) = sigmoid(logit(t0))`
        : `task p${i}: P(y${i} | y${i % 5 === 0 ? 0 : i - 1}) = sigmoid(logit(t${i}))`,
      i === 0 || i % 5 === 0 ? `chain c${i} = p${i}${i === 0 ? "" : " * p0"}` : `chain c${i} = c${i - 1} * p${i}`,
      "",
    ].join("\n"),
  );
  const groups = Array.from({ length: Math.ceil(tasks / 20) }, (_, i) => numbers.slice(20 * i, 20 * i + 20));
  return [
    "model large",
    "",
    "data {",
    '  train: csv("train.csv")',
    "  group: f0",
    "}",
    "",
    "features {",
    ...features,
    "}",
    "",
    "labels {",
    ...labels,
    "}",
    "",
    `input x = [${numbers.map((i) => `f${i}`).join(", ")}]`,
    "bottom base = mlp(x, [128])",
    "experts pool[8] = mlp(base, [64])",
    "",
    ...parts,
    "loss {",
    ...numbers.map((i) => `  c${i}: 0.5 * bce`),
    "}",
    "",
    "metrics {",
    ...numbers.map((i) => `  c${i}: [auc, logloss]`),
    "}",
    "",
    "attributes {",
    "  price: number(yuan) >= 0",
    "  brand: text",
    "}",
    "",
    "params {",
    ...numbers.map((i) => `  a${i}: 0.5 in [0, 2]`),
    "}",
    "",
    // A formula has a bounded size: parts of twenty factors, and the sum of the parts.
    ...groups.map((group, i) => `fusion part${i} = ${group.map((n) => `c${n}^a${n}`).join(" * ")}`),
    `fusion score = (${groups.map((_, i) => `part${i}`).join(" + ")}) * (1 + price)`,
    "",
    "rules home {",
    '  drop none when brand == ""',
    "  spread brands at most 1 of brand in 5",
    "}",
    "",
    "rank page = top 50 by score with home",
    "",
  ].join("\n");
}
