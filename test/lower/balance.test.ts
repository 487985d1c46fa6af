/** Balanced training steps, held to steps of the same network on each loss by itself. */
import { describe, expect, it } from "vitest";
import { printProgram } from "../../src/compiler/graph/index.js";
import type { LowerOptions } from "../../src/compiler/lower/index.js";
import { functionOf, type Opened, open, randomFeeds, scalar, withLabels } from "./harness.js";

const rate = 0.5;

interface Network {
  readonly body: string;
  readonly heads?: readonly string[];
  readonly penalty?: string;
}

const sharedBottom: Network = {
  body: `
input x = [user, age, brand, tags]
bottom b = mlp(x, [5])
tower t_ctr = mlp(b, [4])
tower t_like = mlp(b, [4])
tower t_hide = mlp([b, embedding(user, 3)], [4])
task ctr: P(click) = sigmoid(logit(t_ctr))
task liked: P(like) = sigmoid(logit(t_like))
task hidden: P(hide) = sigmoid(logit(t_hide))`,
};

function text({ body, penalty }: Network, loss: string): string {
  return `
model m
features {
  user: categorical(vocab: 6, embed: 4)
  age: numeric
  brand: categorical(vocab: 6, embed: 4)
  tags: bag(vocab: 6, embed: 3, max: 4)
}
labels { click: event, like: event, hide: event }
${body}
train { optimizer: sgd(lr: ${rate}), batch: 16, embeddings: EMBEDDINGS, seed: 6 }
loss { ${loss}${penalty === undefined ? "" : `, penalty: ${penalty}`} }
`;
}

/** Each piece of the parameters by its name. */
function pieces({ program, interpreter }: Opened): ReadonlyMap<string, readonly number[]> {
  return new Map(
    program.state
      .filter(({ role }) => role === "parameter")
      .flatMap((variable) => {
        const all = [...interpreter.get(variable.name).data];
        const rows = Number(variable.type.shape[0] ?? 1);
        const width = all.length / rows;
        return variable.pieces.map(
          (piece) => [piece.name, all.slice(piece.row * width, (piece.row + piece.rows) * width)] as const,
        );
      }),
  );
}

interface Setting extends LowerOptions {
  readonly embeddings?: "sparse" | "dense";
}

/** What one step of plain gradient descent moves, as a gradient by the name of its piece. */
function stepGradient(network: Network, loss: string, setting: Setting = {}): ReadonlyMap<string, readonly number[]> {
  const { embeddings = "dense", ...options } = setting;
  const opened = open(text(network, loss).replace("EMBEDDINGS", embeddings), options);
  const before = pieces(opened);
  opened.run("train", feedsOf(opened));
  const after = pieces(opened);
  return new Map(
    [...before].map(([name, values]) => [
      name,
      values.map((value, at) => (value - (after.get(name)?.[at] ?? NaN)) / rate),
    ]),
  );
}

/** Labels that contradict each other, so that gradients do as well. */
function feedsOf({ model }: Opened): ReturnType<typeof randomFeeds> {
  const feeds = randomFeeds(model, 16, 6);
  const rows = Array.from({ length: 16 }, (_, row) => row);
  return withLabels(model, feeds, {
    click: rows.map((row) => row % 2),
    like: rows.map((row) => (row % 5 === 0 ? row % 2 : 1 - (row % 2))),
    hide: rows.map((row) => (row % 3 === 0 ? 1 : 0)),
  });
}

type Gradients = ReadonlyMap<string, readonly number[]>;

function product(x: Gradients, y: Gradients, names: ReadonlySet<string>): number {
  let total = 0;
  for (const [name, values] of x)
    if (names.has(name)) values.forEach((value, at) => (total += value * (y.get(name)?.[at] ?? 0)));
  return total;
}

/** Σ cₖ gₖ. */
function mix(gradients: readonly Gradients[], factors: readonly number[]): Gradients {
  return new Map(
    [...(gradients[0] ?? new Map<string, readonly number[]>())].map(([name, values]) => [
      name,
      values.map((_, at) =>
        gradients.reduce((sum, each, k) => sum + (factors[k] ?? 0) * (each.get(name)?.[at] ?? 0), 0),
      ),
    ]),
  );
}

function expectSame(actual: Gradients, expected: Gradients): void {
  expect([...actual.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [name, values] of expected)
    values.forEach((value, at) => expect(actual.get(name)?.[at], `${name}[${at}]`).toBeCloseTo(value, 6));
}

/** The gradient of each loss by itself. */
function ownGradients(network: Network, setting: Setting = {}): readonly Gradients[] {
  const heads = network.heads ?? ["ctr", "liked", "hidden"];
  const plain = { body: network.body };
  return heads.map((head) =>
    stepGradient(plain, heads.map((each) => `${each}: ${each === head ? 1 : 0} * bce`).join(", "), setting),
  );
}

/** Pieces that more than one gradient is not zero on. */
function sharedPieces(gradients: readonly Gradients[]): ReadonlySet<string> {
  const names = [...(gradients[0]?.keys() ?? [])];
  return new Set(
    names.filter((name) => gradients.filter((each) => each.get(name)?.some((value) => value !== 0)).length > 1),
  );
}

const two: Network = {
  body: `${sharedBottom.body.replace(/tower t_hide.*\n/, "").replace(/task hidden.*$/, "")}
tower other = mlp(embedding(brand, 3), [2])
task hidden: P(hide) = sigmoid(logit(other))`,
  heads: ["ctr", "liked", "hidden"],
};

describe("gradients combined on parameters", () => {
  const settings: readonly (readonly [string, Setting])[] = [
    ["dense tables", { embeddings: "dense" }],
    ["sparse tables", { embeddings: "sparse" }],
    ["a variable for each table, sparse", { embeddings: "sparse", mergeTables: false }],
  ];
  it.each(settings)("are projected where two losses share parameters, with %s", (_, setting) => {
    // The third loss shares only the tables of `user` and of `brand` with nobody: it has its own.
    const own = ownGradients(two, setting);
    const [ctr, liked, hidden] = own as [Gradients, Gradients, Gradients];
    const shared = sharedPieces(own);
    expect(shared.has("b.0.weight")).toBe(true);
    expect(shared.has("user.embedding")).toBe(true);
    expect(shared.has("t_ctr.0.weight")).toBe(false);
    const p = product(ctr, liked, shared);
    expect(p).toBeLessThan(0);
    const factors = [1 - p / product(ctr, ctr, shared), 1 - p / product(liked, liked, shared), 1];
    const expected = new Map(
      [...mix([ctr, liked, hidden], factors)].map(([name, values]) => [
        name,
        shared.has(name) ? values : (mix([ctr, liked, hidden], [1, 1, 1]).get(name) ?? []),
      ]),
    );
    expectSame(stepGradient(two, "ctr: bce, liked: bce, hidden: bce, balance: pcgrad", setting), expected);
  });

  it("leave what is own, and penalties, as they are", () => {
    const penalty = "0.01 * l2(all)";
    for (const embeddings of ["dense", "sparse"] as const) {
      const losses = "ctr: bce, liked: bce, hidden: bce";
      const without = stepGradient(two, `${losses}, balance: pcgrad`, { embeddings });
      const balanced = stepGradient({ ...two, penalty }, `${losses}, balance: pcgrad`, { embeddings });
      const zero = "ctr: 0 * bce, liked: 0 * bce, hidden: 0 * bce";
      const decay = stepGradient({ ...two, penalty }, zero, { embeddings });
      expectSame(balanced, mix([without, decay], [1, 1]));
    }
  });

  it("are the plain ones where losses share nothing", () => {
    const apart: Network = {
      body: `
bottom b_ctr = mlp([embedding(user, 3), age], [5])
bottom b_like = mlp([embedding(user, 3), age], [5])
bottom b_hide = mlp([embedding(brand, 3), stop(b_ctr)], [5])
task ctr: P(click) = sigmoid(logit(b_ctr))
task liked: P(like) = sigmoid(logit(b_like))
task hidden: P(hide) = sigmoid(logit(b_hide))`,
    };
    for (const on of ["parameters", "representation"])
      for (const embeddings of ["dense", "sparse"] as const) {
        const losses = "ctr: bce, liked: bce, hidden: bce";
        expectSame(
          stepGradient(apart, `${losses}, balance: pcgrad(on: ${on})`, { embeddings }),
          stepGradient(apart, losses, { embeddings }),
        );
      }
  });

  it("count a table that several features of one width lie in by what each loss reads of it", () => {
    const tables: Network = {
      body: `
table u_both = embedding(user, 4)
table u_ctr = embedding(user, 4)
table u_like = embedding(user, 4)
table b_both = embedding(brand, 4)
task ctr: P(click) = sigmoid(dot([u_both, u_ctr], [b_both, b_both]))
task liked: P(like) = sigmoid(dot([u_both, u_like], [b_both, b_both]))`,
      heads: ["ctr", "liked"],
    };
    for (const setting of [
      { embeddings: "dense" },
      { embeddings: "sparse" },
      { embeddings: "sparse", mergeTables: false },
    ] as const) {
      const own = ownGradients(tables, setting);
      const [ctr, liked] = own as [Gradients, Gradients];
      const shared = new Set(["u_both.embedding", "b_both.embedding"]);
      expect(sharedPieces(own)).toEqual(shared);
      const p = Math.min(0, product(ctr, liked, shared));
      expect(p).toBeLessThan(0);
      const factors = [1 - p / product(ctr, ctr, shared), 1 - p / product(liked, liked, shared)];
      const mixed = mix([ctr, liked], factors);
      const plain = mix([ctr, liked], [1, 1]);
      const expected = new Map([...mixed].map(([name, v]) => [name, shared.has(name) ? v : (plain.get(name) ?? [])]));
      expectSame(stepGradient(tables, "ctr: bce, liked: bce, balance: pcgrad", setting), expected);
    }
  });
});

describe("gradients combined on the representation", () => {
  it("meet at what the towers read, and go on as one", () => {
    const losses = "ctr: bce, liked: bce, hidden: bce";
    const plain = stepGradient(two, losses);
    const balanced = stepGradient(two, `${losses}, balance: pcgrad(on: representation)`);
    // Towers and logits get their own gradients, which no rule touches.
    for (const name of ["t_ctr.0.weight", "t_like.0.bias", "ctr/logit.weight", "other.0.weight"])
      expect(balanced.get(name)?.map((v) => v.toFixed(9))).toEqual(plain.get(name)?.map((v) => v.toFixed(9)));
    const moved = (of: Gradients): readonly number[] => of.get("b.0.weight") ?? [];
    expect(moved(balanced)).not.toEqual(moved(plain));
  });

  it("are the plain ones where the gradients agree", () => {
    const same = "ctr: bce, liked: 0 * bce, hidden: 0 * bce";
    expectSame(
      stepGradient(sharedBottom, `${same}, balance: pcgrad(on: representation)`),
      stepGradient(sharedBottom, same),
    );
  });
});

describe("uncertainty", () => {
  const losses = "ctr: bce, liked: 2 * bce, hidden: bce";

  it("trains a number for each loss beside the model, in what a checkpoint keeps", () => {
    const opened = open(text(sharedBottom, `${losses}, balance: uncertainty`).replace("EMBEDDINGS", "auto"));
    const out = opened.run("train", feedsOf(opened));
    for (const [head, scale] of [
      ["ctr", 1],
      ["liked", 2],
      ["hidden", 1],
    ] as const) {
      const name = `loss/balance.log_variance/${head}`;
      const variable = opened.program.state.find((each) => each.name === name);
      expect(variable?.role).toBe("slot");
      const loss = scalar(out, `loss/${head}`) * scale;
      const gradient = 0.5 - loss * 0.5 * Math.exp(0.5);
      expect(opened.interpreter.get(name).data[0]).toBeCloseTo(-0.5 - rate * gradient, 6);
      expect(out[`balance/${head}`]?.shape).toEqual([1]);
      expect(scalar(out, `balance/${head}`)).toBeCloseTo(0.5 * Math.exp(0.5), 6);
    }
  });

  it("says the losses as the spec weights them", () => {
    const outputs = ["uncertainty", "fixed"].map((balance) => {
      const opened = open(text(sharedBottom, `${losses}, balance: ${balance}`).replace("EMBEDDINGS", "auto"));
      return scalar(opened.run("train", feedsOf(opened)), "loss");
    });
    expect(outputs[0]).toBe(outputs[1]);
  });

  it("moves the model by the weighted gradients", () => {
    const half = 0.5 * Math.exp(0.5);
    expectSame(
      stepGradient(sharedBottom, `${losses}, balance: uncertainty`),
      mix(ownGradients(sharedBottom), [half, 2 * half, half]),
    );
  });
});

it("fixed weights add nothing to a step", () => {
  const print = (loss: string): string =>
    printProgram(open(text(sharedBottom, loss).replace("EMBEDDINGS", "sparse")).program);
  const losses = "ctr: bce, liked: 2 * bce, hidden: bce, a: 0.1 * l2(all), b: 0.2 * l2(embeddings)";
  expect(print(`${losses}, balance: fixed`)).toBe(print(losses));
  const { program } = open(text(sharedBottom, losses).replace("EMBEDDINGS", "sparse"));
  expect(program.state.map(({ name }) => name).filter((name) => name.includes("balance"))).toEqual([]);
  expect(functionOf(program, "train").outputs.map(({ name }) => name)).not.toContain("balance/ctr");
});
