/** The models of `network.py` as specs: each optimizer, clipping, a schedule, and losses over every kind of sample space. */

const values = (letter: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `"${letter}${i}"`).join(", ");

export const base = `
data { train: csv("rows-1.csv"), weight: w }
features {
  a: categorical(values: [${values("a", 50)}], embed: 4)
  b: categorical(values: [${values("b", 20)}], embed: 4)
  tags: bag(values: [${values("t", 12)}], embed: 4, pool: mean, max: 3)
  x: numeric(scale: none)
  y: numeric(scale: none)
}
labels { click: event, buy: event within click, stay: amount(seconds) within click }
input in = [a, b, tags, x, y]
`;

const head = (name: string): string => `model ${name}\nimport "./base.mtl"\n`;

export const specs: Readonly<Record<string, string>> = {
  mmoe: `${head("mmoe")}
experts pool[3] = mlp(in, [8])
gate g1 = softmax(in) over pool
gate g2 = softmax(in) over pool
tower t1 = mlp(g1, [6])
tower t2 = mlp(g2, [6])
task ctr: P(click) = sigmoid(logit(t1))
task ctcvr: P(buy) = sigmoid(logit(t2))
loss { ctr: bce, ctcvr: 0.5 * bce, reg: 1e-3 * l2 }
train { optimizer: adam(lr: 1e-2), batch: 64, shuffle: false, embeddings: dense, clip: norm(0.5), schedule: cosine(steps: 80, warmup: 10, end: 0.1) }
`,
  ple: `${head("ple")}
experts s1[2] = mlp(in, [8])
experts c1[2] = mlp(in, [8])
experts v1[2] = mlp(in, [8])
gate gc1 = softmax(in, bias: true, temperature: 2) over [s1, c1]
gate gv1 = softmax(in, hidden: [5]) over [s1, v1]
gate gs1 = softmax(in) over [s1, c1, v1]
experts s2[2] = mlp(gs1, [6], activation: gelu)
experts c2[2] = mlp(gc1, [6], activation: swish)
experts v2[2] = mlp(gv1, [6], activation: softplus)
gate gc2 = softmax(gc1) over [s2, c2]
gate gv2 = softmax(gv1) over [s2, v2]
task ctr: P(click) = sigmoid(logit(gc2))
task cvr: P(buy | click) = sigmoid(logit(gv2))
loss {
  ctr: bce
  cvr: 0.7 * focal(gamma: 1.5, alpha: 0.3)
  reg: 1e-2 * l2(embeddings)
}
train {
  optimizer: adagrad(lr: 0.05), batch: 64, shuffle: false
  embeddings: sparse
  clip: value(0.02)
  schedule: exponential(steps: 30, rate: 0.5, warmup: 5)
}
`,
  esmm: `${head("esmm")}
tower tc = mlp(in, [8, 5])
tower tv = mlp(in, [8], last: tanh)
task ctr: P(click) = sigmoid(logit(tc))
task cvr: P(buy | click) = sigmoid(logit(tv))
chain ctcvr = ctr * cvr
chain nobuy: P(not buy) = 1 - ctcvr
loss {
  ctr: bce
  ctcvr: bce
  cvr: 0.3 * bce(space: all)
  nobuy: 0.2 * focal
  reg: 1e-2 * l2(weights)
}
train {
  optimizer: adamw(lr: 0.01, weight_decay: 0.1), batch: 64, shuffle: false
  embeddings: sparse
  clip: norm(0.3)
  schedule: linear(steps: 90, end: 0.2, warmup: 7)
}
`,
  watch: `${head("watch")}
bottom base = mlp([in, cross(in)], [8])
task ctr: P(click) = sigmoid(logit(base) + 0.5 * fm(a, b, tags))
task st: E(stay | click) = softplus(logit(mlp(base, [6])))
task st2: E(stay | click) = exp(logit(mlp(base, [4])))
chain wt = ctr * st
loss {
  ctr: bce
  st: 0.01 * huber(delta: 20)
  st2: 1e-4 * mse
  wt: 1e-4 * mse
}
train {
  optimizer: momentum(lr: 0.02, momentum: 0.8, nesterov: true), batch: 64, shuffle: false
  embeddings: sparse
  schedule: step(every: 20, factor: 0.5, warmup: 3)
}
`,
  norms: `${head("norms")}
bottom base = mlp(in, [8, 6], norm: batch)
tower t1 = mlp(base, [5], norm: layer, activation: gelu)
tower t2 = norm(mlp(base, [5]), kind: batch, momentum: 0.9)
task ctr: P(click) = sigmoid(logit(t1))
task cvr: P(buy | click) = sigmoid(logit(t2))
loss {
  ctr: focal(gamma: 2, alpha: 0.25)
  cvr: focal
  reg: 1e-3 * l2
}
train {
  optimizer: adam(lr: 0.01), batch: 64, shuffle: false
  embeddings: sparse
  schedule: warmup(steps: 20)
}
`,
};
