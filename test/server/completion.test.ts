import { describe, expect, it } from "vitest";
import { featureKindNames } from "../../src/compiler/semantics/index.js";
import { completionAt } from "../../src/server/features/completion.js";
import { completionsAt } from "../../src/testing/cursor.js";
import { analyzeAt, sampleWith } from "./marked.js";

const others = { "part.mtl": "features {\n  city: categorical\n}\n\ndef head(z, width = 32) = mlp(z, [width])\n" };

/** The labels at a cursor, likelier ones first. */
const labelsAt = (marked: string): readonly string[] => completionsAt(marked, others);

/** What completion offers where `replacement`, with its cursor, stands for `old` in the sample. */
function offered(old: string, replacement: string): readonly string[] {
  return labelsAt(sampleWith(old, replacement));
}

describe("completion of declarations", () => {
  it("offers first words on a line of its own, and nothing else", () => {
    const labels = labelsAt("model m\n\n<|>");
    expect(labels).toContain("tower");
    expect(labels).toContain("features");
    expect(labels.every((label) => /^[a-z]+$/.test(label))).toBe(true);
  });

  it("offers the edition only where it is the first declaration of its file", () => {
    expect(labelsAt("<|>\nmodel m\n")).toContain("edition");
    expect(labelsAt("// mine\n<|>\nmodel m\n")).toContain("edition");
    expect(labelsAt("model m\n\n<|>")).not.toContain("edition");
    expect(labelsAt("<|>\nedition: 2026\nmodel m\n")).not.toContain("edition");
  });

  it("offers `over` after a gate's function, pools first after it", () => {
    expect(offered("gate g = softmax(x) over pool", "gate g = softmax(x) <|>")).toEqual(["over"]);
    expect(offered("over pool", "over <|>")[0]).toBe("pool");
    expect(offered("over pool", "over [<|>]")).toContain("pool");
    expect(offered("over pool", "over <|>")).not.toContain("ctr");
  });

  it("offers only gates before `over`", () => {
    expect(offered("softmax(x) over pool", "<|>")).toEqual(["dselect_k", "noisy_top_k", "softmax"]);
  });

  it("offers features, parts of the network and layers in a tower, without the tower itself", () => {
    const labels = offered("mlp(g, [32])", "<|>");
    expect(labels).toEqual(expect.arrayContaining(["g", "x", "user", "mlp"]));
    expect(labels).not.toContain("t_ctr");
    expect(labels).not.toContain("ctr");
    // The layer; the experts of that name are for gates.
    expect(labels.filter((label) => label === "pool")).toHaveLength(1);
    expect(labels.indexOf("g")).toBeLessThan(labels.indexOf("mlp"));
  });

  it("offers `auxiliary` after a task's value", () => {
    expect(offered("sigmoid(logit(t_ctr))", "sigmoid(logit(t_ctr)) <|>")).toEqual(["auxiliary"]);
  });

  it("offers types after a task's colon and labels inside them", () => {
    expect(labelsAt("model m\nlabels {\n  click: event\n}\ntask ctr: <|>")).toEqual(["E", "P", "score"]);
    // As a score, `ctr` could not be continued to `ctcvr`.
    expect(offered("P(buy | click)", "<|>")).toEqual(["E", "P"]);
    expect(offered("P(buy | click)", "P(buy | <|>)")).toEqual(["click", "not"]);
  });

  it("offers activations, then logits, then tensors", () => {
    expect(offered("sigmoid(logit(t_ctr))", "<|>")).toEqual(expect.arrayContaining(["sigmoid", "softplus", "logit"]));
    expect(offered("logit(t_ctr)", "<|>")).toEqual(["logit", "train_only"]);
    expect(offered("logit(t_ctr)", "logit(<|>)")).toContain("t_ctr");
  });

  it("offers `member` in a task over members", () => {
    const spec = (task: string): string =>
      `model m\nfeatures { user: categorical(hash: 100) }\nlabels {\n  click: event\n  like: event\n}\ntowers t[click, like] = mlp(user, [8])\n${task}\nloss { [click, like]: bce }\n`;
    expect(labelsAt(spec("task [click, like]: P(<|>) = sigmoid(logit(t.member))"))).toContain("member");
    expect(labelsAt(spec("task [click, like]: P(member) = sigmoid(logit(t.<|>))"))).toEqual([
      "click",
      "like",
      "member",
    ]);
    expect(labelsAt(spec("task click: P(<|>) = sigmoid(logit(t.click))"))).not.toContain("member");
  });

  it("offers `width` where a layer takes a number of units", () => {
    expect(offered("mlp(g, [32])", "linear(g, <|>)")).toContain("width");
    expect(offered("mlp(g, [32])", "mlp(g, [<|>])")).toContain("width");
    expect(offered("mlp(g, [32])", "mlp(g, [32], activation: <|>)")).not.toContain("width");
    expect(offered("mlp(g, [32])", "mlp(<|>, [32])")).not.toContain("width");
    expect(offered("vocab: 1000", "vocab: <|>")).not.toContain("width");
  });

  it("offers heads in a chain, those that continue the product first", () => {
    const labels = offered("ctr * cvr", "ctr * <|>");
    expect(labels[0]).toBe("cvr");
    expect(labels).not.toContain("ctcvr");
    expect(labels).not.toContain("t_ctr");
  });

  it("offers the parts of a ranking in their order", () => {
    expect(offered("top 10 by score with home", "<|>")).toEqual(["from", "top"]);
    expect(offered("top 10 by score with home", "top 10 <|>")).toEqual(["by"]);
    expect(offered("by score with home", "by <|>")).toContain("score");
    expect(offered("with home", "<|>")).toEqual(["then", "ties", "with"]);
    expect(offered("with home", "with home ties <|>")).toContain("cost");
    expect(offered("with home", "with <|>")).toEqual(["home"]);
  });

  it("offers names to override and to remove by their kind", () => {
    expect(labelsAt(`${sampleWith("model feed", "model feed")}\noverride experts <|>`)).toEqual(["pool"]);
    expect(labelsAt(`${sampleWith("model feed", "model feed")}\nremove tower <|>`)).toEqual(["t_ctr", "t_cvr"]);
  });

  it("offers what a file declares in an import of it, and files in its quotes", () => {
    expect(labelsAt('model m\nimport { <|> } from "part.mtl"\n')).toEqual(["city", "head"]);
    expect(labelsAt('model m\nimport { city } from "<|>"\n')).toEqual(["./part.mtl"]);
    expect(labelsAt("model m\nimport { city } <|>")).toEqual(["from"]);
    expect(labelsAt("model m\nimport { <|> } from std\n")).toEqual(expect.arrayContaining(["esmm", "mmoe"]));
  });
});

describe("completion in calls", () => {
  it("offers `search` for a number that trials may differ in", () => {
    expect(offered("mlp(g, [32])", "mlp(g, [32], dropout: <|>)")).toContain("search");
    expect(offered("mlp(g, [32])", "mlp(g, [<|>])")).toContain("search");
    expect(labelsAt("model m\ntrain {\n  optimizer: adam(lr: <|>)\n}")).toContain("search");
    expect(labelsAt("model m\nparams {\n  w = <|>\n}")).not.toContain("search");
    expect(labelsAt("model m\nmetrics {\n  ctr: ndcg(at: <|>)\n}")).not.toContain("search");
  });

  it("offers parameters that are not given yet", () => {
    const labels = offered("mlp(g, [32])", "mlp(g, [32], dropout: 0.1, <|>)");
    expect(labels).toContain("activation:");
    expect(labels).not.toContain("dropout:");
    expect(labels).not.toContain("widths:");
  });

  it("offers the words of a choice and no names", () => {
    const labels = offered("mlp(g, [32])", "mlp(g, [32], activation: <|>)");
    expect(labels).toEqual(expect.arrayContaining(["relu", "tanh"]));
    expect(labels).not.toContain("x");
    expect(offered("scale: log1p", "scale: <|>")).toEqual(["log1p", "log1p_standard", "minmax", "none", "standard"]);
  });

  it("offers kinds of features, and their options", () => {
    // `price` is read where one vector is wanted.
    const kinds = featureKindNames.filter((name) => name !== "sequence");
    expect(offered("price: numeric", "price: <|>")).toEqual(kinds.toSorted());
    expect(offered("price: numeric", "price: numeric(<|>)")).toContain("scale:");
  });

  it("knows the parameters of a macro", () => {
    expect(labelsAt('model m\nimport "part.mtl"\ninput x = [city]\ntower t = head(x, <|>)\n')).toContain("width:");
  });
});

describe("completion in blocks", () => {
  it("offers keys that a block does not have yet", () => {
    expect(labelsAt("model m\ntrain {\n  batch: 10\n  <|>\n}\n")).toEqual(
      expect.arrayContaining(["epochs", "optimizer"]),
    );
    expect(labelsAt("model m\ntrain {\n  batch: 10\n  <|>\n}\n")).not.toContain("batch");
    expect(labelsAt("model m\ntrain {\n  optimizer: <|>\n}\n")).toContain("adam");
    expect(labelsAt("model m\ndata {\n  <|>\n}\n")).toEqual(expect.arrayContaining(["train", "test", "group"]));
  });

  it("offers heads as keys of the loss, and losses that fit the head", () => {
    const keys = offered("ctcvr: bce", "<|>");
    expect(keys).toEqual(expect.arrayContaining(["cvr", "ctcvr", "balance"]));
    expect(keys).not.toContain("ctr");
    const losses = offered("ctcvr: bce", "ctcvr: <|>");
    expect(losses).toContain("bce");
    expect(losses).not.toContain("huber");
    expect(losses).not.toContain("l2");
    expect(offered("ctcvr: bce", "ctcvr: bce + 0.5 * <|>")).toEqual(losses);
    expect(offered("ctr: 0.5 * bce", "ctr: 0.5 * <|>")).toContain("bce");
  });

  it("offers the classes of a task in a chain and a formula", () => {
    const spec = (end: string): string => `model m
features { user: categorical }
labels { click: event, kind: classes(sport, news, estate: "real estate") }
tower t = mlp(user, [8])
task ctr: P(click) = sigmoid(logit(t))
task taste: P(kind) = softmax(logit(t))
loss { ctr: bce, taste: cross_entropy }
${end}
`;
    expect(labelsAt(spec("fusion score = taste.<|>"))).toEqual(expect.arrayContaining(["sport", "news", "estate"]));
    expect(labelsAt(spec("fusion score = ctr.<|>"))).toEqual([]);
    expect(labelsAt(spec("chain other = 1 - taste.<|>"))).toContain("estate");
  });

  it("offers the arguments of a metric, and what may follow each", () => {
    const inside = (call: string): readonly string[] =>
      labelsAt(`${sampleWith("model feed", "model feed")}\nmetrics {\n  ctr: [auc, ${call}]\n}\n`);
    expect(inside("ndcg(<|>)")).toEqual(expect.arrayContaining(["at:", "gain:", "by:", "average:", "weighted:"]));
    expect(inside("gauc(by: user, average: <|>)")).toEqual(["groups", "positives", "rows"]);
    expect(inside("auc(weighted: <|>)")).toEqual(["false", "true"]);
    expect(inside("auc(label: <|>)")).toEqual(expect.arrayContaining(["click", "buy"]));
  });

  it("offers metrics in every term of what early stopping watches, and heads inside them", () => {
    const inside = (watched: string): readonly string[] =>
      labelsAt(`${sampleWith("model feed", "model feed")}\ntrain {\n  stop: early(metric: ${watched})\n}\n`);
    expect(inside("<|>")).toEqual(expect.arrayContaining(["auc", "ndcg"]));
    expect(inside("auc(ctr) + 0.5 * <|>")).toEqual(expect.arrayContaining(["auc", "logloss"]));
    expect(inside("auc(<|>)")).toEqual(expect.arrayContaining(["ctr"]));
  });

  it("offers metrics that fit the head", () => {
    const labels = labelsAt(`${sampleWith("model feed", "model feed")}\nmetrics {\n  ctr: [auc, <|>]\n}\n`);
    expect(labels).toContain("logloss");
    expect(labels).not.toContain("rmse");
  });

  it("offers `event`, `within` and labels", () => {
    expect(labelsAt("model m\nlabels {\n  buy: <|>\n}\n")).toEqual(["amount", "classes", "event"]);
    // A task predicts the probability of `buy`, which is one of an event or of classes.
    expect(offered("buy: event within click", "buy: <|>")).toEqual(["classes", "event"]);
    expect(offered("buy: event within click", "buy: event <|>")).toEqual(["within"]);
    expect(offered("buy: event within click", "buy: event within <|>")).toEqual(["click"]);
  });

  it("offers columns that the spec knows in a label's expression", () => {
    expect(
      labelsAt(
        'model m\ndata {\n  train: csv("a.csv", header: false, columns: [kind, age])\n}\nlabels {\n  rich: event = <|>\n}\n',
      ),
    ).toEqual(expect.arrayContaining(["age", "kind", "lower"]));
  });

  it("offers verbs, clauses, units and keys in rules", () => {
    expect(offered('drop bad when brand == ""', "<|>")).toContain("suppress");
    expect(offered('drop bad when brand == ""', "drop bad <|>")).toContain("when");
    expect(offered('drop bad when brand == ""', "drop bad <|>")).not.toContain("by");
    expect(offered('when brand == ""', "when <|>")).toEqual(expect.arrayContaining(["brand", "ctr", "missing"]));
    expect(offered("of brand in 5", "of <|>")).toContain("brand");
    expect(offered("spread brands at most 1 of brand in 5", "cap c at most 5 of brand per <|>")).toContain("day");
  });

  it("offers fields of candidates, and candidates and rankings in what is expected", () => {
    expect(offered('cost: 1, brand: "x"', "<|>")).toEqual(expect.arrayContaining(["cost", "brand", "cvr"]));
    expect(offered("page == [b, a]", "page == [<|>]")).toEqual(["a", "b"]);
    expect(offered("score(a) > 0", "<|>")).toEqual(expect.arrayContaining(["page", "score"]));
    expect(offered("like a", "like <|>")).toContain("a");
  });

  it("offers types of attributes", () => {
    expect(labelsAt("model m\nattributes {\n  brand: <|>\n}\n")).toEqual([
      "bool",
      "duration",
      "number",
      "text",
      "texts",
      "time",
      "vector",
    ]);
  });
});

describe("completion of requests and experiments", () => {
  const text = "model m\nrequest {\n  user_id: text\n}\nparams {\n  beta: 1 in [0, 2]\n}\n";

  it("offers what becomes of missing values and of values outside", () => {
    expect(labelsAt("model m\nattributes {\n  a: number in [0, 1] <|>\n}\n")).toEqual([
      "malformed",
      "missing",
      "outside",
    ]);
    expect(labelsAt("model m\nattributes {\n  a: number in [0, 1] outside <|>\n}\n")).toEqual([
      "clamp",
      "drop",
      "refuse",
    ]);
    expect(labelsAt("model m\nrequest {\n  a: number missing <|>\n}\n")).toEqual(["refuse"]);
  });

  it("offers the keys of an experiment, values of the request, and parameters in its arms", () => {
    expect(labelsAt(`${text}experiment e {\n  <|>\n}\n`)).toEqual(["by", "control", "salt"]);
    expect(labelsAt(`${text}experiment e {\n  by: <|>\n}\n`)).toEqual(["user_id"]);
    expect(labelsAt(`${text}experiment e {\n  by: user_id\n  one: arm(0.5, <|>)\n}\n`)).toEqual(["beta"]);
  });

  it("offers values of the request in formulas and in tests", () => {
    expect(labelsAt(`${text}fusion f = <|>\n`)).toContain("beta");
    expect(labelsAt(`${text}fusion f = <|>\n`)).not.toContain("user_id");
    expect(labelsAt(`${text}fusion f = if(user_id == "u" and <|>`)).toContain("user_id");
    expect(labelsAt(`${text}test "t" {\n  request { <|> }\n}\n`)).toEqual(["user_id"]);
  });
});

describe("completion elsewhere", () => {
  it("is silent in comments and texts", () => {
    expect(offered("/// The tower of clicks.", "/// The <|>")).toEqual([]);
    expect(offered('brand == ""', 'brand == "<|>"')).toEqual([]);
  });

  it("replaces the word under the cursor, in plain text for editors without snippets", () => {
    const { analysis, offset } = analyzeAt(sampleWith("mlp(g, [32])", "ml<|>"));
    const item = completionAt(analysis, offset, { snippets: false, files: () => [], exportsOf: () => [] }).find(
      ({ label }) => label === "mlp",
    );
    expect(item?.textEdit).toMatchObject({
      newText: "mlp(",
      range: { start: { character: 14 }, end: { character: 16 } },
    });
  });
});

describe("completion offers what fits and nothing else", () => {
  const text = `model m

attributes {
  brand: text
  listed: time
  fresh: bool
  tags: texts
  cost: number
}
labels {
  click: event
  buy: event within click
  stay: amount(seconds) within click
}
signals {
  ctr: P(click)
}
`;
  const first = (marked: string, count = 3): readonly string[] => labelsAt(marked).slice(0, count);

  it("amounts in `E(…)`, events in `P(…)` and after `within`", () => {
    expect(labelsAt(`${text}task a: E(<|> | click)`)).toEqual(["stay"]);
    expect(labelsAt(`${text}task a: P(<|> | click)`)).toEqual(["buy", "click", "not"]);
    expect(labelsAt(text.replace("within click\n}", "within <|>\n}"))).toEqual(["buy", "click"]);
  });

  it("no block that is already", () => {
    const labels = labelsAt(`${text}\n<|>`);
    expect(labels).toEqual(expect.arrayContaining(["features", "fusion", "rules"]));
    for (const word of ["model", "labels", "attributes", "signals"]) expect(labels).not.toContain(word);
  });

  it("values of the kind that a function takes", () => {
    expect(labelsAt(`${text}fusion f = if(age(<|>) < 7d, 1, 0)\n`)).toEqual(["listed"]);
    expect(labelsAt(`${text}fusion f = if(lower(<|>) == "a", 1, 0)\n`)).toEqual(["brand", "lower"]);
    expect(labelsAt(`${text}fusion f = <|>\n`)).toEqual(expect.arrayContaining(["cost", "ctr", "log1p"]));
    for (const word of ["brand", "listed", "tags", "fresh", "lower", "age", "missing"])
      expect(labelsAt(`${text}fusion f = <|>\n`)).not.toContain(word);
  });

  it("values of the kind that they are compared with", () => {
    const rule = (condition: string): string => `${text}rules r {\n  drop d when ${condition}\n}\n`;
    expect(labelsAt(rule("<|> == 0"))).toEqual(expect.arrayContaining(["cost", "ctr"]));
    expect(labelsAt(rule("<|> == 0"))).not.toContain("brand");
    expect(labelsAt(rule("brand == <|>"))).toEqual(["brand", "lower"]);
    expect(labelsAt(rule('"sale" in <|>'))).toEqual(["tags"]);
    expect(labelsAt(rule('<|> in ["a"]'))).toEqual(["brand", "lower"]);
    expect(labelsAt(rule("fresh and <|>"))).toContain("fresh");
    expect(first(rule("age(listed) < 7d and <|>"))).toContain("fresh");
  });

  it("values in a condition with the comparison that they need", () => {
    const { analysis, offset } = analyzeAt(`${text}rules r {\n  drop d when <|>\n}\n`);
    const items = completionAt(analysis, offset, { snippets: false, files: () => [], exportsOf: () => [] });
    const put = Object.fromEntries(items.map(({ label, textEdit }) => [label, textEdit?.newText]));
    expect(put).toMatchObject({
      fresh: "fresh",
      cost: "cost > ",
      brand: 'brand == "',
      listed: "age(listed) < ",
      missing: "missing(",
    });
  });

  it("scores and what has an order in a ranking", () => {
    expect(labelsAt(`${text}fusion f = ctr\nrank r = top 5 by <|>\n`)).not.toContain("brand");
    expect(labelsAt(`${text}fusion f = ctr\nrank r = top 5 by f ties <|>\n`)).toEqual(
      expect.arrayContaining(["cost", "listed", "fresh"]),
    );
    expect(labelsAt(`${text}fusion f = ctr\nrank r = top 5 by f ties <|>\n`)).not.toContain("brand");
  });

  it("fields missing from a candidate, on its last line too", () => {
    const test = (fields: string): readonly string[] =>
      labelsAt(`${text}fusion f = ctr\nrank r = top 5 by f\ntest "t" {\n  candidate a {\n${fields}\n  }\n}\n`);
    expect(test("    ctr: 0.1\n    cost: 2\n    <|>")).toEqual(expect.arrayContaining(["brand", "fresh"]));
    expect(test("    ctr: 0.1\n    cost: 2\n    <|>")).not.toContain("ctr");
    expect(test("    ctr: 0.1\n    <|>\n    cost: 2")).not.toContain("cost");
  });

  it("keeps to the calls and keys that what follows needs", () => {
    expect(offered("mlp(g, [32])", "<|>(g, [32])")).toContain("mlp");
    expect(offered("mlp(g, [32])", "<|>(g, [32])")).not.toContain("g");
    expect(offered("scale: log1p", "<|>: log1p")).toEqual(["scale"]);
  });
});
