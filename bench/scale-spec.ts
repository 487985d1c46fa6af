/** Specs that grow in one direction, and their data, for the benchmark of scale: same numbers, same texts. */

/** What grows: rows, ids of a table of 16 numbers each, features, or tasks and experts. */
export type Growth = "rows" | "table" | "features" | "tasks";

/** A run to measure. */
export interface ScaleCase {
  readonly spec: string;
  readonly rows: number;
  /** Columns of the data, as SQL over `i`, the number of a row. */
  readonly columns: readonly string[];
}

/** `size`: rows, ids, features, or tasks and as many experts. */
export function scaleCase(kind: Growth, size: number): ScaleCase {
  switch (kind) {
    case "rows":
      return { spec: rowsSpec, rows: size, columns: tableColumns(10_000) };
    case "table":
      return { spec: tableSpec(size), rows: 204_800, columns: tableColumns(size) };
    case "features":
      return { spec: featuresSpec(size), rows: 40_960, columns: [...featureColumns(size), label("click", 3)] };
    case "tasks":
      return {
        spec: tasksSpec(size),
        rows: 10_240,
        columns: [category("a", 1000, 1), ...list(16, number), ...list(size, (at) => label(`y${at}`, at))],
      };
  }
}

const list = (count: number, text: (at: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, at) => text(at));

const category = (name: string, values: number, at: number): string =>
  `CAST(hash(i * 1009 + ${at}) % ${values} AS BIGINT) AS ${name}`;
const number = (at: number): string => `(hash(i * 1013 + ${at}) % 10007) / 10007.0 AS x${at}`;
const label = (name: string, at: number): string =>
  `CAST((hash(i * 1013 + ${at % 16}) % 10007) / 10007.0 + (hash(i * 7 + ${at}) % 100) / 300.0 > 0.9 AS INTEGER) AS ${name}`;

/** Ids of every size between 0 and `ids`, the small ones often; a click that depends on two columns. */
function tableColumns(ids: number): readonly string[] {
  return [
    `CAST(floor(power((hash(i) % 1000003) / 1000003.0, 3) * ${ids}) AS BIGINT) AS a`,
    "CAST(hash(i + 1) % 5000 AS BIGINT) AS b",
    "CAST(hash(i + 2) % 300 AS BIGINT) AS c",
    "(hash(i + 3) % 10007) / 10007.0 AS x",
    "(hash(i + 4) % 10009) / 10009.0 AS y",
    "CAST((hash(i + 3) % 10007) / 10007.0 + (hash(i + 2) % 300) / 600.0 > 0.9 AS INTEGER) AS click",
  ];
}

const rowsSpec = `
model rows
data { train: parquet("train.parquet") }
features {
  a: categorical(hash: 10_000, embed: 8)
  b: categorical(hash: 10_000, embed: 8)
  c: categorical(hash: 10_000, embed: 8)
  x: numeric(scale: none)
  y: numeric(scale: none)
}
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp([a, b, c, x, y], [32])))
loss { ctr: bce }
train { batch: 16_384 }
`;

const tableSpec = (ids: number): string => `
model big
data { train: parquet("train.parquet") }
features {
  a: categorical(hash: ${ids}, embed: 16)
  x: numeric(scale: none)
}
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp([a, x], [4])))
loss { ctr: bce }
train { batch: 1_024 }
`;

/** Every second feature is a number. */
function featuresSpec(features: number): string {
  return [
    "model features",
    'data { train: parquet("train.parquet") }',
    "features {",
    ...list(features, (at) =>
      at % 2 === 0 ? `  x${at}: numeric(scale: none)` : `  x${at}: categorical(hash: 1_000, embed: 8)`,
    ),
    "}",
    "labels { click: event }",
    `task ctr: P(click) = sigmoid(logit(mlp([${list(features, (at) => `x${at}`).join(", ")}], [64])))`,
    "loss { ctr: bce }",
    "train { batch: 256 }",
    "",
  ].join("\n");
}

function featureColumns(features: number): readonly string[] {
  return list(features, (at) => (at % 2 === 0 ? number(at) : category(`x${at}`, 5000, at)));
}

/** MMoE with as many tasks as experts, a gate and a tower for each task. */
function tasksSpec(tasks: number): string {
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
