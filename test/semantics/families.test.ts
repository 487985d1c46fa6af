/** What is said of families that do not meet. */
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { specText } from "../../src/compiler/describe/index.js";
import { createMemoryHost } from "../../src/compiler/host.js";

/** `code line:column message` of each error; the network begins on line 1. */
function errorsOf(network: string, loss = ""): readonly string[] {
  const spec = `${network}
model m
features { age: numeric, size: numeric }
labels { click: event }
input x = [age, size]
task ctr: P(click) = sigmoid(logit(x))
loss { ctr: bce${loss} }
`;
  const { diagnostics, sources } = compileSpec("s.mtl", createMemoryHost({ "s.mtl": spec }));
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, message, span }) => {
      const before = (sources.get("s.mtl")?.text ?? "").slice(0, span.start).split("\n");
      return `${code} ${before.length}:${(before.at(-1) ?? "").length + 1} ${message}`;
    });
}

describe("families that do not fit", () => {
  it.each([
    [
      "a member that the other family does not have",
      "bottoms a[one, two] = mlp(x, [4])\ntowers t[one, three] = mlp([a, x], [4])",
      "MTL2012 2:29 `a` has no member `three`; it has `one` and `two`",
    ],
    [
      "a family where one tensor is expected",
      "bottoms a[one, two] = mlp(x, [4])\ntower t = mlp(a, [4])",
      "MTL3013 2:15 `a` has a tensor for each member: read `a.one` or `a.two`",
    ],
    ["a member twice", "gates g[one, one] = softmax(x) over [x, x]", "MTL2002 1:14 `one` is declared twice"],
    [
      "a family layer without a family",
      "tower t = mlp(stitch(x, [4]), [4])",
      "MTL3059 1:15 `stitch` gives one tensor per member of a family, and no family is declared here",
    ],
    [
      "a stitch of one member",
      "bottoms a[one] = stitch(x, [4])",
      "MTL3007 1:18 `stitch` needs two members or more, has 1",
    ],
    [
      "members' own tensors where one is for all",
      "bottoms a[one, two] = mlp(x, [4])\nbottoms b[one, two] = mmoe(a, [4], experts: 2)",
      "MTL3007 2:23 `mmoe` has experts that all members share, and each member reads its own tensor: say what those read, `mmoe(…, common: x)`",
    ],
    [
      "members' own tensors under one gate",
      "bottoms a[one, two] = mlp(x, [4])\nbottoms b[one, two] = omoe(a, [4], experts: 2)",
      "MTL3007 2:23 `omoe` reads one tensor for all members, and each of them reads its own here",
    ],
    [
      "members' own tensors as what they share",
      "bottoms a[one, two] = mlp(x, [4])\nbottoms b[one, two] = cgc(x, [4], shared: 1, own: 1, common: a)",
      "MTL3007 2:23 `cgc` has `common` for what its members share, which is one tensor, and each has its own there",
    ],
    [
      "embeddings of two widths under one gate",
      "bottoms a[one, two] = mlp(x, [4])\nbottoms b[one, two] = stem(a, x, [[4]], shared: 1, own: 1)",
      "MTL3007 2:23 `stem` needs inputs of one width, has 4 and 2",
    ],
    [
      "a width of nothing",
      "tower t = mlp(x, [width()])",
      "MTL3001 1:19 `width` needs `x`: a feature, a part of the network or a list of such",
    ],
    [
      "a width of two tensors",
      "tower t = mlp(x, [width(x, x)])",
      "MTL3005 1:28 too many arguments for `width`, which takes `x`",
    ],
    [
      "a rank above the number of inputs",
      "bottoms a[one, two] = factored(x, [4], rank: [3, 4, 2])",
      "MTL3007 1:23 `factored` has a rank of 3 over 2 inputs of layer 1; a rank is at most that",
    ],
    [
      "a rank above the number of members",
      "bottoms a[one, two] = factored(x, [4, 3], rank: [2, 3, 3])",
      "MTL3007 1:23 `factored` has a rank of 3 over 2 members of layer 1; a rank is at most that",
    ],
    [
      "two ranks",
      "bottoms a[one, two] = factored(x, [4], rank: [2, 2])",
      "MTL3007 1:23 `factored` needs three ranks, of inputs, units and members; has 2",
    ],
    [
      "layers that skip from one width to another",
      "bottoms a[one, two] = sluice(x, [4, 6])",
      "MTL3007 1:23 `sluice` mixes its layers into one output, so it needs layers of one width, has 4 and 6",
    ],
    [
      "layers that cannot be cut",
      "bottoms a[one, two] = sluice(x, [5])",
      "MTL3007 1:23 `sluice` needs layers that are cut into 2 equal parts, has 5 units",
    ],
    [
      "steps of different widths",
      "bottoms q[one] = mlp(x, [4])\nbottom z = ait(q.one, x)",
      "MTL3007 2:12 `ait` needs inputs of one width, has 4 and 2",
    ],
    [
      "a level that is not a list",
      "bottoms a[one, two] = ple(x, levels: wide, shared: 1, own: 1)",
      "MTL3002 1:38 `levels` of `ple` is a list of lists of whole numbers ≥ 1 such as `[[64, 32], [32]]`, not `wide`",
    ],
    [
      "no expert at all",
      "bottoms a[one, two] = cgc(x, [4], shared: 0, own: 0)",
      "MTL3003 1:51 `own` of `cgc` is a whole number in [1, 4096], not 0",
    ],
  ])("%s is one error", (_, network, message) => {
    expect(errorsOf(network)).toEqual([message]);
  });
});

describe("penalties that do not fit", () => {
  const network =
    "bottom a = mlp(x, [4])\nbottom b = mlp(x, [4, 4])\nbottom c = mlp(x, [5])\ntower t = mlp([a, b, c], [2])";
  it.each([
    ["l2_distance(a)", "`l2_distance` needs two parts of the network or more, has 1"],
    ["l2_distance(b, a)", "`l2_distance` needs parts of one shape, but `b` has `1.weight` and `a` has not"],
    ["l2_distance(a, b)", "`l2_distance` needs parts of one shape, but `b` has `1.weight` and `a` has not"],
    ["l2_distance(a, c)", "`l2_distance` needs parts of one shape, but `0.weight` is [2, 4] in `a` and [2, 5] in `c`"],
    ["l2_distance(x, a)", "`l2_distance` finds no weights in `x`"],
    ["l2_distance(a, mlp(x, [4]))", "`l2_distance` reads parts of the network by their names, not `mlp(…)`"],
    ["orthogonal(a)", "`orthogonal` needs layers in subspaces, as `sluice` has them; `a` has none"],
  ])("%s is one error", (penalty, message) => {
    const errors = errorsOf(network, `, tie: 0.1 * ${penalty}`);
    expect(errors.map((error) => error.replace(/^(\S+) \S+ /, "$1 "))).toEqual([`MTL3061 ${message}`]);
  });

  it("layers that are tied are compared, the others not", () => {
    expect(errorsOf(network, ", tie: l2_distance(a, b, layers: 1)")).toEqual([]);
  });

  it("a score is not a probability", () => {
    const errors = errorsOf("task s: score = logit(x)", ", o: excess(ctr, s)");
    expect(errors.map((error) => error.replace(/^(\S+) \S+ /, "$1 "))).toEqual([
      "MTL3061 `excess` compares probabilities, but `s` is score",
    ]);
  });
});

describe("one tensor for all members", () => {
  const written = (input: string) => `model m
features { age: numeric, size: numeric }
labels { click: event, buy: event within click }
input x = [age, size]
bottoms m[click, buy] = ple(${input}, [[8], [4]], shared: 1, own: 1)
task ctr: P(click) = sigmoid(logit(m.click))
task cvr: P(buy | click) = sigmoid(logit(m.buy))
loss { ctr: bce, cvr: bce(space: all) }
`;

  it.each(["x", "[x, size]", "2 * x", "mlp([x, size], [8])"])("may be written out: ple(%s, …)", (input) => {
    const { model, hash } = compileSpec("s.mtl", createMemoryHost({ "s.mtl": written(input) }));
    if (model === undefined) throw new Error(`${input} does not compile`);
    // Made once: no layer of the input stands for a member.
    expect(model.nodes.filter(({ layer }) => layer === "mlp").map(({ id }) => id)).toEqual(
      input.startsWith("mlp") ? ["m/2"] : [],
    );
    const again = compileSpec("t.mtl", createMemoryHost({ "t.mtl": specText(model) }));
    expect(again.hash).toBe(hash);
  });
});
