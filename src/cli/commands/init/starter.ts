/**
 * What `mtlc init` writes: a spec of two tasks and synthetic shop data in which there is something to learn. Pure and
 * seeded: the same bytes each time.
 */

/** The files, by name. */
export function starterFiles(): Readonly<Record<string, string>> {
  return {
    "model.mtl": spec,
    "train.csv": shopRows(0, 4000),
    "test.csv": shopRows(4000, 1000),
  };
}

const spec = `/// Clicks and purchases in a small shop.
model shop

data {
  train: csv("train.csv")
  test:  csv("test.csv")
  group: user_id
}

features {
  user_id: categorical(embed: 8)
  item_id: categorical(embed: 8)
  hour:    bucket(boundaries: [6, 12, 18], embed: 4)
  price:   numeric(scale: log1p)
}

labels {
  click: event
  buy:   event within click // buy implies click
}

input x = [user_id, item_id, hour, price]

experts pool[4] = mlp(x, [32])
gate    for_ctr = softmax(x) over pool
gate    for_cvr = softmax(x) over pool
tower   t_ctr   = mlp(for_ctr, [16])
tower   t_cvr   = mlp(for_cvr, [16])

task  ctr: P(click)       = sigmoid(logit(t_ctr))
task  cvr: P(buy | click) = sigmoid(logit(t_cvr))
chain ctcvr = ctr * cvr // P(buy), over every impression

loss {
  ctr:   bce
  ctcvr: bce
}

train {
  optimizer: adam(lr: 3e-3)
  batch:     128
  epochs:    5
  seed:      7
}

metrics {
  ctr:   [auc, gauc, logloss]
  cvr:   [auc]
  ctcvr: [auc, logloss]
}
`;

const users = 60;
const items = 80;

/** Impressions `[first, first + count)` as CSV. Tastes of users and appeal of items are hidden in the clicks. */
function shopRows(first: number, count: number): string {
  const lines = ["user_id,item_id,hour,price,click,buy"];
  for (let row = first; row < first + count; row++) {
    const draw = (stream: number): number => uniform(row * 16 + stream);
    const user = Math.floor(draw(0) ** 1.5 * users);
    const item = Math.floor(draw(1) ** 1.5 * items);
    const hour = Math.floor(draw(2) * 24);
    const price = Math.round(5 + 95 * uniform(7_000_000 + item) ** 2);
    const taste = (uniform(8_000_000 + user) - 0.5) * (uniform(9_000_000 + item) - 0.5) * 12;
    const appeal = (uniform(6_000_000 + item) - 0.5) * 3;
    const evening = hour >= 18 ? 0.6 : 0;
    const click = draw(3) < logistic(-0.8 + taste + appeal + evening);
    const buy = click && draw(4) < logistic(0.6 + taste / 2 - price / 40);
    lines.push([`u${user}`, `i${item}`, hour, price, Number(click), Number(buy)].join(","));
  }
  return `${lines.join("\n")}\n`;
}

function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** A number in [0, 1) from a counter: the finalizer of MurmurHash3. */
function uniform(counter: number): number {
  let hash = (counter + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
