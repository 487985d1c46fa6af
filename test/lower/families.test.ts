/** Families: expressions that meet member by member, and layers in which the members meet. */
import { describe, expect, it } from "vitest";
import { costOf } from "../../src/compiler/cost/index.js";
import { warmStartPlan, type WarmStartSide } from "../../src/compiler/diff/index.js";
import { parameterTable } from "../../src/compiler/lower/parameter-table.js";
import { distance, functionOf, list, type Opened, open, randomFeeds } from "./harness.js";
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
