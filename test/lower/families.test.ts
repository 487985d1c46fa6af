/** Families: expressions that meet member by member, and layers in which the members meet. */
import { describe, expect, it } from "vitest";
import { costOf } from "../../src/compiler/cost/index.js";
import { warmStartPlan, type WarmStartSide } from "../../src/compiler/diff/index.js";
import { parameterTable } from "../../src/compiler/lower/parameter-table.js";
import { distance, functionOf, list, type Opened, open, randomFeeds, scalar } from "./harness.js";
import { gradientError } from "./slopes.js";

const head = `
model m
features { a: numeric, b: numeric, c: categorical(hash: 6, embed: 2) }
labels { click: event, like: event }
input x = [a, b, c]
train { optimizer: sgd(lr: 1), batch: 16 }
loss { ctr: bce, liked: bce }
`;

/** A spec whose tasks read the members of the family `t`. */
function openFamily(network: string): Opened {
  const task = (name: string, label: string): string => `task ${name}: P(${label}) = sigmoid(logit(t.${name}))`;
  return open([head, network, task("ctr", "click"), task("liked", "like")].join("\n"));
}

const feeds = randomFeeds(openFamily("bottoms t[ctr, liked] = mlp(x, [2])").model, 16, 3);

function predictions(opened: Opened): readonly number[] {
  return ["ctr", "liked"].flatMap((name) => list(opened.run("predict", feeds), name));
}

function trainedNames({ program }: Opened): readonly string[] {
  return parameterTable(program).flatMap(({ name, role }) => (role === "parameter" ? [name] : []));
}

describe("families", () => {
  it("stand for the member of the same name in one another's expressions", () => {
    const families = openFamily(`
experts pool[3] = mlp(x, [4])
bottoms own[ctr, liked] = mlp(x, [4])
gates g[liked, ctr] = softmax([own, x]) over [pool, own]
towers t[ctr, liked] = mlp([g, own.liked], [3])`);
    const apart = open(`${head}
experts pool[3] = mlp(x, [4])
bottom own_ctr = mlp(x, [4])
bottom own_liked = mlp(x, [4])
gate g_ctr = softmax([own_ctr, x]) over [pool, own_ctr]
gate g_liked = softmax([own_liked, x]) over [pool, own_liked]
tower t_ctr = mlp([g_ctr, own_liked], [3])
tower t_liked = mlp([g_liked, own_liked], [3])
task ctr: P(click) = sigmoid(logit(t_ctr))
task liked: P(like) = sigmoid(logit(t_liked))`);
    for (const { name } of apart.program.state)
      apart.interpreter.set(name, families.interpreter.get(name.replace(/^(own|g|t)_/, "$1.")).data);
    expect(predictions(families)).toEqual(predictions(apart));
    families.run("train", feeds);
    apart.run("train", feeds);
    expect(predictions(families)).toEqual(predictions(apart));
  });
});

const stitched = "bottoms t[ctr, liked] = stitch(x, [4, 3], same: 1)";
const separate = "bottoms t[ctr, liked] = mlp(x, [4, 3])";

describe("a family layer", () => {
  it("keeps what each member has under the member's name, and starts it as a network by itself", () => {
    const [one, two] = [openFamily(stitched), openFamily(separate)];
    expect(trainedNames(two).filter((name) => !trainedNames(one).includes(name))).toEqual([]);
    expect(trainedNames(one).filter((name) => !trainedNames(two).includes(name))).toEqual(["t.0.stitch", "t.1.stitch"]);
    expect(predictions(one)).toEqual(predictions(two));
  });

  it.each(["layer", "channel"])("with α = I is single tasks, whose weights move alike (per %s)", (per) => {
    const [one, two] = [openFamily(`${stitched.slice(0, -1)}, per: ${per})`), openFamily(separate)];
    expect(distance(predictions(one), predictions(two))).toBeLessThan(1e-12);
    one.run("train", feeds);
    two.run("train", feeds);
    for (const [index, member] of ["ctr", "liked"].entries())
      for (const layer of [0, 1]) {
        const all = [...one.interpreter.get(`t.${layer}.weight`).data];
        const own = all.slice((index * all.length) / 2, ((index + 1) * all.length) / 2);
        expect(distance(own, [...two.interpreter.get(`t.${member}.${layer}.weight`).data])).toBeLessThan(1e-12);
      }
    expect(one.interpreter.get("t.0.stitch").data[0]).not.toBe(1);
  });

  it("computes all members in one product a layer", () => {
    const products = functionOf(openFamily(stitched).program, "predict").nodes.filter(
      ({ op, label }) => op === "matmul" && label === "t",
    );
    expect(products.map(({ type }) => type.shape)).toEqual([
      ["B", 8],
      [2, "4*B"],
      [2, "B", 3],
      [2, "3*B"],
    ]);
  });

  it.each([
    ["the members' own tensors", "bottoms e[ctr, liked] = mlp(x, [5])\nbottoms t[ctr, liked] = stitch([e, x], [4])"],
    ["another such layer", "bottoms e[ctr, liked] = stitch(x, [5])\nbottoms t[ctr, liked] = stitch(e, [4])"],
    ["one in another order", "bottoms e[liked, ctr] = stitch(x, [5])\nbottoms t[ctr, liked] = stitch(e, [4])"],
    ["one inside it", "bottoms t[ctr, liked] = mlp(stitch(x, [5], norm: batch), [4])"],
  ])("reads %s, with right gradients", (_, network) => {
    const opened = openFamily(network);
    const products = opened.program.functions.map(({ nodes }) => nodes.filter(({ op }) => op === "matmul").length);
    expect(Math.min(...products)).toBeGreaterThan(2);
    if (!network.includes("norm")) expect(gradientError(opened, feeds)).toBeLessThan(1e-5);
    else expect(trainedNames(opened)).toContain("t.ctr/1.0.scale");
  });

  it("gives each reader its own member, whatever the order", () => {
    const order = (members: string): Opened =>
      openFamily(`bottoms e[${members}] = stitch(x, [5], same: 0.7)\nbottoms t[ctr, liked] = mlp(e, [4])`);
    expect(distance(predictions(order("ctr, liked")), predictions(order("liked, ctr")))).toBeLessThan(1e-12);
  });

  it("is counted by member, and read by every task", () => {
    const { parts } = costOf(openFamily(stitched).model);
    const shown = parts.map(({ name, kind, parameters, tasks }) => [name, kind, parameters, tasks.join()]);
    expect(shown).toEqual([
      ["c", "feature", 14, "ctr,liked"],
      ["t", "bottoms", 8, "ctr,liked"],
      ["t.ctr", "bottoms", 4 * 4 + 4 + 4 * 3 + 3, "ctr,liked"],
      ["t.liked", "bottoms", 4 * 4 + 4 + 4 * 3 + 3, "ctr,liked"],
      ["ctr", "task", 4, "ctr"],
      ["liked", "task", 4, "liked"],
    ]);
  });
});

/** Copies every trained number to the variables that have it under the name that `to` gives; the others keep theirs. */
function copyNumbers(from: Opened, into: Opened, to: (name: string) => string | undefined): void {
  for (const { name, role } of from.program.state) {
    const target = role === "parameter" ? to(name) : undefined;
    if (target !== undefined) into.interpreter.set(target, from.interpreter.get(name).data);
  }
}

describe("networks that are the same", () => {
  const tower = "towers t[ctr, liked] = mlp(m, [3])";
  const isTower = (name: string): boolean => /^(t|ctr|liked|embeddings)[./]/.test(name);

  it("CGC with no shared and one own expert a task, and single tasks", () => {
    const single = openFamily(`bottoms m[ctr, liked] = mlp(x, [5, 4])\n${tower}`);
    const cgc = openFamily(`bottoms m[ctr, liked] = cgc(x, [5, 4], shared: 0, own: 1)\n${tower}`);
    for (const layer of [0, 1])
      for (const name of ["weight", "bias"]) {
        const parts = ["ctr", "liked"].flatMap((member) => [
          ...single.interpreter.get(`m.${member}.${layer}.${name}`).data,
        ]);
        cgc.interpreter.set(`m.0.own.${layer}.${name}`, parts);
      }
    expect(distance(predictions(cgc), predictions(single))).toBeLessThan(1e-12);
    cgc.run("train", feeds);
    single.run("train", feeds);
    expect(distance(predictions(cgc), predictions(single))).toBeLessThan(1e-12);
  });

  it("MMoE with one expert, and shared bottom", () => {
    const shared = openFamily("bottom m = mlp(x, [5, 4])\ntowers t[ctr, liked] = mlp(m, [3])");
    const mmoe = openFamily(`bottoms m[ctr, liked] = mmoe(x, [5, 4], experts: 1)\n${tower}`);
    copyNumbers(shared, mmoe, (name) => (isTower(name) ? name : name.replace("m.", "m.0.shared.")));
    expect(distance(predictions(mmoe), predictions(shared))).toBeLessThan(1e-12);
    mmoe.run("train", feeds);
    shared.run("train", feeds);
    expect(distance(predictions(mmoe), predictions(shared))).toBeLessThan(1e-12);
  });

  it("MMoE by hand, and as a family layer", () => {
    const hand = openFamily(`experts pool[4] = mlp(x, [5, 4])\ngates m[ctr, liked] = softmax(x) over pool\n${tower}`);
    const family = openFamily(`bottoms m[ctr, liked] = mmoe(x, [5, 4], experts: 4)\n${tower}`);
    copyNumbers(hand, family, (name) =>
      isTower(name) ? name : name.startsWith("pool") ? name.replace("pool.", "m.0.shared.") : undefined,
    );
    const gates = ["ctr", "liked"].flatMap((member) => [...hand.interpreter.get(`m.${member}.weight`).data]);
    family.interpreter.set("m.0.gate.weight", gates);
    expect(distance(predictions(family), predictions(hand))).toBeLessThan(1e-12);
    family.run("train", feeds);
    hand.run("train", feeds);
    expect(distance(predictions(family), predictions(hand))).toBeLessThan(1e-12);
  });

  it("OMoE, and MMoE with tied gates", () => {
    const omoe = openFamily(`bottoms m[ctr, liked] = omoe(x, [5], experts: 3)\n${tower}`);
    const mmoe = openFamily(`bottoms m[ctr, liked] = mmoe(x, [5], experts: 3)\n${tower}`);
    copyNumbers(omoe, mmoe, (name) => (name === "m.0.gate.weight" ? undefined : name));
    const gate = [...omoe.interpreter.get("m.0.gate.weight").data];
    mmoe.interpreter.set("m.0.gate.weight", [...gate, ...gate]);
    expect(distance(predictions(mmoe), predictions(omoe))).toBeLessThan(1e-12);
    omoe.run("train", feeds);
    mmoe.run("train", feeds);
    // One gate's step is the sum of the steps of the tied ones.
    const tied = [...mmoe.interpreter.get("m.0.gate.weight").data];
    const sum = gate.map((g, i) => (tied[i] ?? NaN) + (tied[i + gate.length] ?? NaN) - g);
    expect(distance([...omoe.interpreter.get("m.0.gate.weight").data], sum)).toBeLessThan(1e-12);
  });
});

describe("PLE", () => {
  const ple = openFamily("bottoms t[ctr, liked] = ple(x, levels: [[4], [3]], shared: 2, own: 2)");

  it("reaches a task from the other task's experts of the first level, through the shared gate", () => {
    const before = list(ple.run("predict", feeds), "ctr");
    const all = [...ple.interpreter.get("t.0.own.0.weight").data];
    ple.interpreter.set(
      "t.0.own.0.weight",
      all.map((value, i) => (i < all.length / 2 ? value : value + 0.5)),
    );
    expect(distance(list(ple.run("predict", feeds), "ctr"), before)).toBeGreaterThan(1e-4);
    ple.interpreter.set("t.0.own.0.weight", all);
  });

  it("keeps what is a member's under its name", () => {
    expect(trainedNames(ple).filter((name) => name.startsWith("t.ctr"))).toEqual([
      "t.ctr.0.own.0.weight",
      "t.ctr.0.own.0.bias",
      "t.ctr.0.gate.weight",
      "t.ctr.0.shared_gate.weight",
      "t.ctr.1.own.0.weight",
      "t.ctr.1.own.0.bias",
      "t.ctr.1.gate.weight",
    ]);
  });
});

describe("gradients", () => {
  it.each([
    "omoe(x, [4], experts: 3, activation: tanh)",
    "mmoe(x, [4, 3], experts: 3, activation: tanh)",
    "cgc(x, [4], shared: 2, own: 1, activation: tanh)",
    "ple(x, levels: [[4], [3, 2]], shared: 1, own: 2, activation: tanh)",
    "cgc(e, [4], shared: 2, own: 1, activation: tanh, common: x)",
    "mmoe([e, x], [4], experts: 2, activation: tanh, common: x)",
    "ple(e, levels: [[4], [3]], shared: 0, own: 1, activation: tanh)",
    "mlp(2 * sigmoid(linear(e, width(x))) * x, [width(e), width([e, x])], activation: tanh)",
    "sluice(x, [4, 4], activation: tanh)",
    "factored(x, [4, 3], rank: [3, 2, 2], activation: tanh)",
    "factored(e, [4], rank: [2, 3, 1], activation: tanh)",
  ])("of %s hold against differences of the loss", (layer) => {
    const opened = openFamily(
      `bottoms e[ctr, liked] = mlp(x, [3], activation: tanh)\nbottoms t[ctr, liked] = ${layer}`,
    );
    expect(gradientError(opened, feeds)).toBeLessThan(1e-5);
  });

  it("of stem reach the embeddings and experts of the loss's own task, and shared ones", () => {
    const one = head.replace("ctr: bce, liked: bce", "ctr: bce");
    const opened = open(`${one}
bottoms e[ctr, liked] = [embedding(c, 2), a, b]
bottoms t[ctr, liked] = stem(e, x, levels: [[3]], shared: 1, own: 1, gate: [3], activation: tanh)
task ctr: P(click) = sigmoid(logit(t.ctr))
task liked: P(like) = sigmoid(logit(t.liked))`);
    const before = new Map(opened.program.state.map(({ name }) => [name, [...opened.interpreter.get(name).data]]));
    opened.run("train", feeds);
    const moved = opened.program.state.flatMap(({ name, type, pieces }) => {
      const rowSize = type.shape.slice(1).reduce<number>((size, dim) => size * Number(dim), 1);
      const [was = [], is] = [before.get(name), opened.interpreter.get(name).data];
      const hasMoved = (row: number, rows: number): boolean =>
        was.slice(row * rowSize, (row + rows) * rowSize).some((value, i) => value !== is[row * rowSize + i]);
      return pieces.flatMap((piece) => (hasMoved(piece.row, piece.rows) ? [piece.name] : []));
    });
    const expected = ["c.embedding", "e.ctr/1.embedding", "t.ctr.0.own.0.weight", "t.0.shared.0.weight"];
    expect(moved).toEqual(expect.arrayContaining(expected));
    expect(moved.filter((name) => name.includes("liked"))).toEqual([]);
  });

  it("of ait hold, and its steps share nothing", () => {
    const opened =
      open(`${head.replace("liked: bce", "liked: bce, shared: bce").replace("like: event", "like: event, share: event")}
bottoms q[a1, a2, a3] = mlp(x, [3], activation: tanh)
bottom z2 = ait(q.a1, q.a2)
bottom z3 = ait(z2, q.a3)
task ctr: P(click) = sigmoid(logit(q.a1))
task liked: P(like) = sigmoid(logit(z2))
task shared: P(share) = sigmoid(logit(z3))`);
    const rows = randomFeeds(opened.model, 16, 3);
    expect(gradientError(opened, rows)).toBeLessThan(1e-5);
    const own = trainedNames(opened).filter((name) => /^z[23]\.(h[123]|info)/.test(name));
    expect(own.length).toBe(2 * 5);
  });
});

describe("penalties", () => {
  /** A spec with a penalty, before any step. */
  const withPenalty = (network: string, penalty: string): Opened =>
    open(
      [
        head.replace("liked: bce", `liked: bce, extra: ${penalty}`),
        network,
        "task ctr: P(click) = sigmoid(logit(t.ctr))\ntask liked: P(like) = sigmoid(logit(t.liked))",
      ].join("\n"),
    );
  const penaltyOf = (opened: Opened): number => scalar(opened.run("evaluate", feeds), "penalty/extra");
  const squares = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((sum, value, i) => sum + (value - (b[i] ?? NaN)) ** 2, 0);
  const numbers = ({ interpreter }: Opened, name: string): readonly number[] => [...interpreter.get(name).data];

  it("l2_distance is Σ (θ − θ′)² over weights and biases of all pairs", () => {
    const network = "bottoms t[ctr, liked, other] = mlp(x, [3, 2])\ntower spare = mlp(t.other, [2])";
    const opened = withPenalty(network, "0.5 * l2_distance(t)");
    const distanceOf = (one: string, other: string): number =>
      ["0.weight", "0.bias", "1.weight", "1.bias"].reduce(
        (sum, name) => sum + squares(numbers(opened, `t.${one}.${name}`), numbers(opened, `t.${other}.${name}`)),
        0,
      );
    const all = distanceOf("ctr", "liked") + distanceOf("ctr", "other") + distanceOf("liked", "other");
    expect(penaltyOf(opened)).toBeCloseTo(all, 9);
    expect(penaltyOf(withPenalty(network, "l2_distance(t.ctr, t.other)"))).toBeCloseTo(distanceOf("ctr", "other"), 9);
    expect(penaltyOf(withPenalty(network, "l2_distance(t.ctr, t.other, norm: l2)"))).toBeCloseTo(
      Math.sqrt(distanceOf("ctr", "other")),
      6,
    );
    const first = squares(numbers(opened, "t.ctr.0.weight"), numbers(opened, "t.other.0.weight"));
    expect(penaltyOf(withPenalty(network, "l2_distance(t.ctr, t.other, layers: 1)"))).toBeCloseTo(first, 9);
  });

  it.each(["mlp(x, [3])", "stitch(x, [3], same: 1)", "mlp(mlp(x, [4]), [3])"])(
    "l2_distance reads what each member keeps of %s, with right gradients",
    (value) => {
      const smooth = value.replaceAll("])", "], activation: tanh)").replaceAll("], same", "], activation: tanh, same");
      const opened = withPenalty(`bottoms t[ctr, liked] = ${smooth}`, "0.5 * l2_distance(t)");
      expect(penaltyOf(opened)).toBeGreaterThan(0.1);
      expect(gradientError(opened, feeds)).toBeLessThan(1e-5);
    },
  );

  it("l2_distance with α → ∞ ties the networks", () => {
    const network = "bottoms t[ctr, liked] = mlp(x, [4])";
    const opened = withPenalty(network.replace("x, [4]", "x, [4], activation: tanh"), "1e4 * l2_distance(t)");
    const slow = open({
      ...opened.model,
      train: { ...opened.model.train, optimizer: { name: "sgd", arguments: { lr: 1e-5 } } },
    });
    const before = penaltyOf(slow);
    for (let step = 0; step < 100; step += 1) slow.run("train", feeds);
    expect(penaltyOf(slow)).toBeLessThan(1e-6 * before);
    // Halfway between where they started.
    expect(distance(numbers(slow, "t.ctr.0.weight"), numbers(slow, "t.liked.0.weight"))).toBeLessThan(1e-4);
  });

  it("orthogonal is Σ ‖G₁ᵀG₂‖² over the subspaces of each layer of each member", () => {
    const opened = withPenalty("bottoms t[ctr, liked] = sluice(x, [4, 4], activation: tanh)", "orthogonal(t)");
    const overlap = (weights: readonly number[]): number => {
      const column = (unit: number): readonly number[] => weights.filter((_, i) => i % 4 === unit);
      const product = (a: number, b: number): number =>
        column(a).reduce((sum, value, i) => sum + value * (column(b)[i] ?? NaN), 0);
      return [0, 1].flatMap((a) => [2, 3].map((b) => product(a, b) ** 2)).reduce((sum, each) => sum + each, 0);
    };
    const expected = ["0.weight", "1.weight"]
      .map((name) => numbers(opened, `t.${name}`))
      .flatMap((all) => [all.slice(0, all.length / 2), all.slice(all.length / 2)])
      .reduce((sum, weights) => sum + overlap(weights), 0);
    expect(penaltyOf(opened)).toBeCloseTo(expected, 9);
    expect(gradientError(opened, feeds)).toBeLessThan(1e-5);
  });

  it("excess is the weighted mean of max(later − earlier, 0), over the rows that count", () => {
    const opened = withPenalty("bottoms t[ctr, liked] = mlp(x, [4], activation: tanh)", "0.6 * excess(liked, ctr)");
    const weights = Array.from({ length: 16 }, (_, row) => (row > 12 ? 0 : 1 + (row % 3)));
    const rows = { ...feeds, weights: { shape: [16], data: weights } };
    const out = opened.run("evaluate", rows);
    const [later, earlier] = [list(out, "liked"), list(out, "ctr")];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const expected = weights.reduce(
      (sum, weight, row) => sum + (weight / total) * Math.max((later[row] ?? NaN) - (earlier[row] ?? NaN), 0),
      0,
    );
    expect(expected).toBeGreaterThan(0);
    expect(scalar(out, "penalty/extra")).toBeCloseTo(expected, 9);
    expect(scalar(out, "loss")).toBeCloseTo(scalar(out, "loss/ctr") + scalar(out, "loss/liked") + 0.6 * expected, 9);
    expect(gradientError(opened, rows)).toBeLessThan(1e-5);
  });
});

describe("a warm start", () => {
  const side = ({ model, program }: Opened): WarmStartSide => ({
    model,
    tensors: parameterTable(program).filter(({ role }) => role === "parameter" || role === "statistic"),
  });
  const plan = (before: string, after: string): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      warmStartPlan(side(openFamily(before)), side(openFamily(after))).tensors.map(({ name, kind, ...rest }) => [
        name,
        kind === "columns" && "axes" in rest ? rest.axes : kind,
      ]),
    );

  it("takes the members of a family that did not meet", () => {
    expect(plan(separate, stitched)).toMatchObject({
      "t.ctr.0.weight": "whole",
      "t.liked.1.bias": "whole",
      "t.0.stitch": "initialized",
    });
  });

  it("takes each member's part where another one joins", () => {
    const found = plan(stitched, stitched.replace("liked]", "liked, share]").replace("[ctr", "[share2, ctr"));
    expect(found).toMatchObject({ "t.ctr.0.weight": "whole", "t.share.0.weight": "initialized" });
    const runs = (axis: number) => ({ axis, runs: expect.anything() as unknown });
    expect(found["t.0.stitch"]).toEqual([runs(0), runs(1)]);
  });

  it("takes α by member where the members are in another order", () => {
    const found = plan(stitched, stitched.replace("[ctr, liked]", "[liked, ctr]"));
    expect(found).toMatchObject({ "t.ctr.0.weight": "whole", "t.liked.0.weight": "whole" });
    expect(found["t.0.stitch"]).not.toBe("whole");
  });
});
