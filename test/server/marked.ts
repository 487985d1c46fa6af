/** The sample that tests of the editor change, beside the cursor helpers that `mtlc/testing` publishes. */
export { analyze, analyzeAt, marker, unmark } from "../../src/testing/cursor.js";

/** A small sound spec; tests replace parts of it. */
export const sample = `model feed

features {
  user: categorical(vocab: 1000, embed: 16)
  age: numeric(scale: log1p)
  price: numeric
}

labels {
  click: event
  /// Bought after a click.
  buy: event within click
}

input x = [user, age, price]

experts pool[4] = mlp(x, [64])
gate g = softmax(x) over pool
/// The tower of clicks.
tower t_ctr = mlp(g, [32])
tower t_cvr = mlp(g, [16])

task ctr: P(click) = sigmoid(logit(t_ctr))
task cvr: P(buy | click) = sigmoid(logit(t_cvr))
chain ctcvr = ctr * cvr

loss {
  ctr: 0.5 * bce
  ctcvr: bce
}

params {
  alpha: 0.5 in [0, 2]
}

attributes {
  brand: text
  cost: number(yuan) >= 0
}

fusion score = ctr^alpha * (1 + cost)

rules home {
  drop bad when brand == ""
  spread brands at most 1 of brand in 5
}

rank page = top 10 by score with home

test "order" {
  candidate a { ctr: 0.1, cost: 1, brand: "x" }
  candidate b like a { ctr: 0.2 }
  expect page == [b, a]
  expect score(a) > 0
}
`;

/** The sample with its first occurrence of `old` replaced; the replacement may hold a cursor. */
export function sampleWith(old: string, replacement: string): string {
  if (!sample.includes(old)) throw new Error(`the sample has no ${old}`);
  return sample.replace(old, () => replacement);
}
