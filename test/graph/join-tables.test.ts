import { describe, expect, it } from "vitest";
import {
  createInterpreter,
  float32,
  GraphBuilder,
  initialize,
  int32,
  type JoinedProgram,
  joinTables,
  type Program,
  type StateVariable,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { type Feeds, modelOf, randomFeeds, sizesOf } from "../lower/harness.js";

const spec = (rest: string): string => `
model m
data { train: csv("train.csv") }
features {
  user: categorical(hash: 40, embed: 3)
  item: categorical(hash: 60, embed: 3)
  shop: categorical(hash: 50, embed: 2)
  price: numeric(scale: none)
}
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp([user, item, shop, price], [4])))
loss { ctr: bce }
train { batch: 8, embeddings: sparse, ${rest} }
`;

/** Losses of three steps, then all state by the names of the plain program. */
function afterSteps(
  { program, joined }: JoinedProgram,
  state: readonly StateVariable[],
  feeds: Feeds,
): readonly number[] {
  const values = new Map(state.map((each) => [each.name, initialize(each, 1)]));
  const initial = new Map<string, ArrayLike<number>>(values);
  for (const { table, parts } of joined) {
    const [rows = 0, columns = 0] = table.type.shape.map(Number);
    const whole = new Float32Array(rows * columns);
    for (const { variable, begin, width } of parts)
      values.get(variable.name)?.forEach((value, at) => {
        whole[Math.floor(at / width) * columns + begin + (at % width)] = value;
      });
    initial.set(table.name, whole);
  }
  const interpreter = createInterpreter(program, initial);
  const losses = [1, 2, 3].flatMap(() =>
    Object.values(interpreter.run("train", feeds)).flatMap(({ data }) => [...data]),
  );
  const stateOf = ({ name, type }: StateVariable): readonly number[] => {
    for (const { table, parts } of joined) {
      const part = parts.find(({ variable }) => variable.name === name);
      if (part === undefined) continue;
      const [rows = 0, columns = 0] = [Number(type.shape[0]), Number(table.type.shape[1])];
      const { data } = interpreter.get(table.name);
      return Array.from({ length: rows }, (_, row) =>
        [...data].slice(row * columns + part.begin, row * columns + part.begin + part.width),
      ).flat();
    }
    return [...interpreter.get(name).data];
  };
  return [...losses, ...state.flatMap(stateOf)];
}

describe("tables whose rows a step reads and writes together", () => {
  it.each([
    [
      "adam",
      "optimizer: adam(lr: 0.01)",
      [
        ["embeddings/3", 3],
        ["embeddings/2", 3],
      ],
    ],
    [
      "adagrad",
      "optimizer: adagrad(lr: 0.1)",
      [
        ["embeddings/3", 2],
        ["embeddings/2", 2],
      ],
    ],
    ["plain descent, which has no slots", "optimizer: sgd(lr: 0.1)", []],
  ])("are one, with the same losses and state: %s", (_, train, expected) => {
    const model = modelOf(spec(train));
    const program = lowerModel(model, sizesOf(model, 30));
    const joined = joinTables(program);
    expect(joined.joined.map(({ parts }) => [parts[0]?.variable.name, parts.length])).toEqual(expected);
    const feeds = randomFeeds(model, 8, 3, 30);
    expect(afterSteps(joined, program.state, feeds)).toEqual(afterSteps({ program, joined: [] }, program.state, feeds));
  });

  it("serve functions that update nothing, whose sizes stay known", () => {
    const model = modelOf(spec("optimizer: adam(lr: 0.01)"));
    const program = lowerModel(model, sizesOf(model, 30));
    const { program: made } = joinTables(program);
    const feeds = randomFeeds(model, 5, 3, 30);
    const run = (of: Program): unknown => createInterpreter(of).run("evaluate", feeds);
    expect(run(made)).toEqual(run(program));
  });
});

describe("tables that stay apart", () => {
  const variable = (name: string, rows: number, width: number): StateVariable => ({
    name,
    type: float32(rows, width),
    role: "parameter",
    pieces: [],
  });
  const joinedOf = (
    state: readonly StateVariable[],
    body: (b: GraphBuilder, ids: ValueId, others: ValueId) => Parameters<GraphBuilder["finish"]>[1],
  ): readonly string[] => {
    const b = new GraphBuilder("train");
    const [ids, others] = [b.input("ids", int32(4)), b.input("others", int32(4))];
    const updates = body(b, ids, others);
    return joinTables({ state, functions: [b.finish([{ name: "n", value: b.scalar(1) }], updates)] }).joined.map(
      ({ table }) => table.name,
    );
  };
  const moved = (b: GraphBuilder, table: StateVariable, ids: ValueId) =>
    ({ kind: "scatter", state: table.name, ids, rows: b.neg(b.gather(b.state(table), ids)) }) as const;
  const [a, c] = [variable("a", 10, 2), variable("c", 10, 3)];

  it("are joined where nothing is against it", () => {
    expect(joinedOf([a, c], (b, ids) => [moved(b, a, ids), moved(b, c, ids)])).toEqual(["a/joined"]);
  });

  it("are those that are updated by other ids", () => {
    expect(joinedOf([a, c], (b, ids, others) => [moved(b, a, ids), moved(b, c, others)])).toEqual([]);
  });

  it("are those of other sizes", () => {
    const d = variable("d", 11, 3);
    expect(joinedOf([a, d], (b, ids) => [moved(b, a, ids), moved(b, d, ids)])).toEqual([]);
  });

  it("are those that something reads, or replaces, as a whole", () => {
    expect(
      joinedOf([a, c], (b, ids) => {
        const sum = b.sum(b.state(c), { axes: [0, 1], keepDims: false });
        const [first, second] = [moved(b, a, ids), moved(b, c, ids)];
        return [first, { ...second, rows: b.mul(second.rows, sum) }];
      }),
    ).toEqual([]);
    expect(
      joinedOf([a, c], (b, ids) => [moved(b, a, ids), { kind: "assign", state: "c", value: b.neg(b.state(c)) }]),
    ).toEqual([]);
  });

  it("are those that are large together, which would be in memory twice", () => {
    const sized = (rows: number): readonly StateVariable[] => [variable("a", rows, 16), variable("c", rows, 16)];
    const joinedAt = (rows: number): readonly string[] => {
      const [left = a, right = c] = sized(rows);
      return joinedOf([left, right], (b, ids) => [moved(b, left, ids), moved(b, right, ids)]);
    };
    expect([joinedAt(2 ** 21), joinedAt(2 ** 21 + 1)]).toEqual([["a/joined"], []]);
  });
});
