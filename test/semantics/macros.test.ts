import { describe, expect, it } from "vitest";
import { runTest } from "../../src/compiler/serving/index.js";
import { compileText, errorsOf, messagesOf, smallSpec } from "./compile.js";

/** The hash of a spec that has nothing to say. */
function hashOf(text: string, others: Readonly<Record<string, string>> = {}): string {
  const result = compileText(text, others);
  expect(messagesOf(result)).toBe("");
  return result.hash ?? "none";
}

const features = "features {\n  age: numeric\n  size: numeric\n}";
const network = (defs: string, tower: string, input = "input secret = [size]"): string =>
  smallSpec({ features, network: `${defs}\n${input}\ninput x = [age]\ntower t = ${tower}` });
const serve = (defs: string, formula: string): string => `model m
signals { ctr: P(click) }
attributes {
  price: number >= 0
  stock: number >= 0
}
params { a: 2 in [0, 4] }
${defs}
fusion f = ${formula} + 0 * price * stock * a * ctr
rank r = top 3 by f`;

describe("names in a macro", () => {
  it("are those of the spec where they are not parameters, whoever calls it: in networks", () => {
    const inner = "def inner(z) = mlp([z, secret], [4])";
    const plain = network("", "mlp([x, secret], [4])");
    expect(hashOf(network(`${inner}\ndef outer(secret) = inner(secret)`, "outer(x)"))).toBe(hashOf(plain));
    expect(hashOf(network(`${inner}\ndef outer(secret, z = secret) = inner(z)`, "outer(x)"))).toBe(hashOf(plain));
    expect(hashOf(network(`def far(secret) = outer(secret)\ndef outer(z) = inner(z)\n${inner}`, "far(x)"))).toBe(
      hashOf(plain),
    );
  });

  it("are not visible to a macro that is called: a name missing from the spec is unknown", () => {
    const text = network(
      "def inner(z) = mlp([z, hidden], [4])\ndef outer(hidden) = inner(hidden)",
      "mlp([outer(x), secret], [4])",
    );
    expect(errorsOf(text)).toEqual(["MTL2001"]);
  });

  it("hold in formulas, conditions and keys", () => {
    const defs = "def boost(x) = x * price\ndef twice(price) = boost(2) + price";
    expect(hashOf(serve(defs, "twice(ctr)"))).toBe(hashOf(serve("", "2 * price + ctr")));
    const cheap = "def cheap(limit) = price < limit\ndef any(price) = cheap(price) or cheap(a)";
    expect(hashOf(serve(cheap, "if(any(3), 1, 2)"))).toBe(hashOf(serve("", "if(price < 3 or price < a, 1, 2)")));
  });

  it("hold in defaults, which may read the parameters before their own", () => {
    const defs = "def scaled(x, by = price, of = by * x) = of + by\ndef use(price) = scaled(price)";
    expect(hashOf(serve(defs, "use(ctr)"))).toBe(hashOf(serve("", "(price * ctr + price)")));
    expect(hashOf(serve("def twice(v) = 2 * v\ndef scaled(x, by = twice(x)) = by", "scaled(ctr)"))).toBe(
      hashOf(serve("", "(2 * ctr)")),
    );
    expect(errorsOf(serve("def g1(a1 = b1, b1 = 1) = a1 + b1", "g1()"))).toEqual(["MTL2015"]);
    expect(errorsOf(serve("def g1(a1 = a1) = a1", "g1(1)"))).toEqual(["MTL2015"]);
  });

  it("hold for macros within the arguments of macros, of the same macro too", () => {
    const defs = "def add(x, y) = x + y\ndef both(y, x) = add(add(y, x), add(x, 1))";
    expect(hashOf(serve(defs, "both(ctr, price)"))).toBe(hashOf(serve("", "((ctr + price) + (price + 1))")));
  });

  it("hold in bodies that another file provides", () => {
    const lib = `${features}\ninput secret = [size]\ndef inner(z) = mlp([z, secret], [4])`;
    const spec = (imported: string): string => `model m
import ${imported} from "./lib.mtl"
labels { click: event }
def outer(secret) = inner(secret)
input x = [age]
tower t = outer(x)
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }`;
    const plain = `model m
${features}
labels { click: event }
input secret = [size]
input x = [age]
tower t = mlp([x, secret], [4])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }`;
    expect(hashOf(spec("{ inner, age }"), { "lib.mtl": lib })).toBe(hashOf(plain));
    expect(hashOf(spec("{ age, inner }"), { "lib.mtl": lib })).toBe(hashOf(plain));
  });

  it("never provide what an importer has under a parameter's name", () => {
    const lib = "features { z: numeric }\ndef wide(z) = mlp(z, [4])\ninput other = [z]";
    const text = `model m
import { wide } from "./lib.mtl"
${features}
labels { click: event }
input z = [age, size]
task ctr: P(click) = sigmoid(logit(wide(z)))
loss { ctr: bce }`;
    expect(messagesOf(compileText(text, { "lib.mtl": lib }))).toBe("");
  });

  it("see no candidate of a test that calls the macro", () => {
    const test = (def: string, expected: string): string =>
      `${serve(def, "ctr")}\ntest "t" {\n  candidate best { ctr: 0.5, price: 1, stock: 1 }\n  expect ${expected}\n}`;
    expect(errorsOf(test("def top() = f(best)", "top() > 0"))).toEqual(["MTL2001"]);
    expect(errorsOf(test("def all() = r == [best]", "all()"))).toEqual(["MTL2001"]);
    const { model } = compileText(test("def over(item, limit) = f(item) > limit", "over(best, 0.1)"));
    const [found] = model?.tests ?? [];
    if (model?.serving === undefined || found === undefined) throw new Error("no test");
    expect(runTest(model.serving, found).passed).toBe(true);
  });
});

describe("the names of a macro's parameters", () => {
  const specs = [
    network(
      "def inner(z, w = 4) = mlp([z, secret], [w])\ndef outer(p, q = p) = inner(mlp([q, inner(p)], [3]), w: 5)",
      "outer(x)",
    ),
    serve("def add(y, z = price) = y + z\ndef both(q, r) = add(add(q, r), add(r)) * stock", "both(ctr, price + a)"),
    serve("def cheap(limit) = price < limit\ndef choose(c, t) = if(cheap(c) or stock > c, t, 2 * t)", "choose(a, ctr)"),
  ];
  const globals = ["x", "secret", "age", "size", "t", "ctr", "price", "stock", "a", "f", "click"];

  it.each(specs.map((text, i) => [i, text] as const))("mean nothing outside of it: spec %i", (_, text) => {
    const expected = compileText(text).hash;
    expect(expected).toBeDefined();
    const defs = [...text.matchAll(/^def (\w+)\(([^)]*)\) = (.*)$/gm)];
    let renamed = 0;
    for (const [line = "", , parameters = "", body = ""] of defs) {
      const names = parameters.split(",").map((each) => /\w+/.exec(each)?.[0] ?? "");
      for (const name of names) {
        for (const other of globals) {
          // A name that the macro itself reads, as another parameter or as one of the spec, would be another thing.
          if (new RegExp(`\\b${other}\\b`).test(`${parameters} ${body}`)) continue;
          const changed = line.replaceAll(new RegExp(`\\b${name}\\b(?!\\()`, "g"), other);
          const spec = text.replace(line, changed).replaceAll(new RegExp(`\\b${name}: `, "g"), `${other}: `);
          expect(compileText(spec).hash, changed).toBe(expected);
          renamed += 1;
        }
      }
    }
    expect(renamed).toBeGreaterThan(20);
  });
});

describe("a macro", () => {
  it.each([
    ["a feature's kind", "features { age: id(9) }", "features { age: categorical(hash: 9, embed: 4) }"],
    ["a feature's kind without options", "features { age: plain() }", "features { age: numeric }"],
    [
      "an option of a feature",
      "features { age: categorical(hash: many()) }",
      "features { age: categorical(hash: 1000) }",
    ],
  ])("may appear for %s", (_, called, written) => {
    const defs =
      "def id(n) = categorical(hash: n, embed: 4)\ndef plain() = numeric\ndef many() = 10 * 100\ndef act() = relu\n";
    const hash = (text: string, extra = ""): string | undefined =>
      compileText(smallSpec({ features: extra + text })).hash;
    expect(errorsOf(smallSpec({ features: defs + called }))).toEqual([]);
    expect(hash(called, defs)).toBe(hash(written));
  });

  it.each([
    ["optimizer: o()", "optimizer: adam(lr: 0.1)"],
    ["optimizer: o(0.2)", "optimizer: adam(lr: 0.2)"],
    ["optimizer: p()", "optimizer: sgd"],
    ["schedule: s(10)", "schedule: cosine(steps: 10)"],
    ["clip: c()", "clip: norm(2)"],
    ["stop: e()", "stop: early(metric: auc(ctr), patience: 3)"],
    ["stop: early(metric: m())", "stop: early(metric: auc(ctr))"],
    ["batch: big()", "batch: 4096"],
    ["embeddings: d()", "embeddings: dense"],
    ["shuffle: no()", "shuffle: false"],
  ])("may appear in training: %s", (called, written) => {
    const defs = `def o(r = 0.1) = adam(lr: r)
def p() = sgd
def s(n) = cosine(steps: n)
def c() = norm(2)
def e() = early(metric: auc(ctr), patience: 3)
def m() = auc(ctr)
def big() = 2^12
def d() = dense
def no() = false`;
    const rest = (entry: string): string => `loss {\n  ctr: bce\n  ctcvr: bce\n}\ntrain { ${entry} }`;
    expect(errorsOf(smallSpec({ rest: `${defs}\n${rest(called)}` }))).toEqual([]);
    expect(compileText(smallSpec({ rest: `${defs}\n${rest(called)}` })).hash).toBe(
      compileText(smallSpec({ rest: rest(written) })).hash,
    );
  });

  it.each([
    ["data { train: file() }", 'data { train: csv("a.csv") }'],
    ["data { train: where() }", 'data { train: "a.csv" }'],
    ['data { train: "a.x", format: form() }', 'data { train: "a.x", format: csv(trim: true) }'],
    ['data { train: "a.csv", split: cut() }', 'data { train: "a.csv", split: split(0.9, by: hash(u)) }'],
    [
      'data { train: "a.csv", split: split(0.9, by: keys()) }',
      'data { train: "a.csv", split: split(0.9, by: hash(u)) }',
    ],
    ['data { train: "a.csv", group: col() }', 'data { train: "a.csv", group: u }'],
    ["metrics { ctr: list() }", "metrics { ctr: [auc, logloss, ece] }"],
    ["metrics { ctr: [one()] }", "metrics { ctr: [ece] }"],
    ["gate g = soft(x) over some()", "gate g = softmax(x) over pool"],
    ["gate g = soft(x) over both()", "gate g = softmax(x) over [pool, other]"],
    ["tower u = mlp(x, [8], activation: act(), norm: layer)", "tower u = mlp(x, [8], activation: gelu, norm: layer)"],
    ["tower u = mlp(x, dims())", "tower u = mlp(x, [8, 4])"],
    ["table u = own(age2, 4)", "table u = embedding(age2, 4)"],
    ["experts q[many()] = mlp(x, [8])", "experts q[3] = mlp(x, [8])"],
  ])("may appear in blocks and networks: %s", (called, written) => {
    const defs = `def file() = csv("a.csv")
def where() = "a.csv"
def form() = csv(trim: true)
def cut() = split(0.9, by: hash(u))
def keys() = hash(u)
def col() = u
def list() = [auc, logloss, one()]
def one() = ece
def soft(v) = softmax(v)
def some() = pool
def both() = [pool, other]
def act() = gelu
def dims() = [8, 4]
def own(f, n) = embedding(f, n)
def many() = 3`;
    const text = (part: string, extra: string): string =>
      smallSpec({
        features: "features {\n  age: numeric\n  age2: bucket(quantiles: 4)\n}",
        network: `${extra}\ninput x = [age, age2]\nexperts pool[2] = mlp(x, [4])\nexperts other[2] = mlp(x, [4])\ntower t = mlp(x, [8])\n${part}`,
      });
    expect(errorsOf(text(called, defs))).toEqual([]);
    expect(compileText(text(called, defs)).hash).toBe(compileText(text(written, "")).hash);
  });

  it.each([
    ["loss { ctr: l(), ctcvr: bce }", "loss { ctr: 0.5 * bce, ctcvr: bce }"],
    ["loss { ctr: plain(), ctcvr: bce }", "loss { ctr: bce, ctcvr: bce }"],
    ["loss { ctr: 2 * f(), ctcvr: bce }", "loss { ctr: 2 * focal(gamma: 1), ctcvr: bce }"],
    ["loss { ctr: bce, ctcvr: bce, l2: p() }", "loss { ctr: bce, ctcvr: bce, l2: 0.1 * l2(t) }"],
    ["loss { ctr: bce, ctcvr: bce, balance: b() }", "loss { ctr: bce, ctcvr: bce, balance: fixed }"],
  ])("may appear among losses: %s", (called, written) => {
    const defs =
      "def l() = 0.5 * bce\ndef plain() = bce\ndef f() = focal(gamma: 1)\ndef p() = 0.1 * l2(t)\ndef b() = fixed\n";
    expect(errorsOf(smallSpec({ rest: defs + called }))).toEqual([]);
    expect(compileText(smallSpec({ rest: defs + called })).hash).toBe(compileText(smallSpec({ rest: written })).hash);
  });

  it.each([
    ["rules h { spread s at most 1 of key() in 2 }", "rules h { spread s at most 1 of price in 2 }"],
    ["rules h { spread s at most n() of keys() in 3 }", "rules h { spread s at most 1 of [price, stock] in 3 }"],
    ["rules h { suppress s when price > 1 by how() }", "rules h { suppress s when price > 1 by last }"],
    [
      "rules h { boost s when price > 1 by 2 bounds: ends() }",
      "rules h { boost s when price > 1 by 2 bounds: [0.5, 3] }",
    ],
    [
      "rules h { boost s when price > 1 by 2 during day() .. 2026-02-01 }",
      "rules h { boost s when price > 1 by 2 during 2026-01-01 .. 2026-02-01 }",
    ],
    [
      "rules h { drop s when price > 1 missing: keeps() zone: tz() }",
      'rules h { drop s when price > 1 missing: keep zone: "Asia/Tokyo" }',
    ],
  ])("may appear in rules: %s", (called, written) => {
    const defs = `def key() = price
def keys() = [price, stock]
def n() = 1
def how() = last
def ends() = [0.5, 3]
def day() = 2026-01-01
def keeps() = keep
def tz() = "Asia/Tokyo"`;
    const text = (part: string, extra: string): string => `${serve(extra, "ctr")} with h\n${part}`;
    expect(errorsOf(text(called, defs))).toEqual([]);
    expect(compileText(text(called, defs)).hash).toBe(compileText(text(written, "")).hash);
  });

  it("that is not a kind of a feature is told once, where the kind is", () => {
    const messages = messagesOf(compileText(smallSpec({ features: "def k(n) = n + 1\nfeatures { age: k(2) }" })));
    expect(messages.match(/error\[/g)).toHaveLength(1);
    expect(messages).toContain("MTL3055");
  });

  it.each([
    "mlp",
    "exp",
    "min",
    "numeric",
    "csv",
    "adam",
    "cosine",
    "auc",
    "softmax",
    "bce",
    "logit",
    "sigmoid",
    "rank",
    "age",
    "length",
  ])("does not take the name of %s from the language", (word) => {
    expect(errorsOf(network(`def ${word}(z) = mlp(z, [4])`, "mlp([x, secret], [8])"))).toEqual(["MTL2027"]);
  });

  it("has a parameter once, which is told where it is declared and not at the calls", () => {
    expect(errorsOf(network("def h(z, z) = mlp(z, [4])", "h(h(x, x), secret)"))).toEqual(["MTL2002"]);
  });
});

describe("a macro that nothing calls", () => {
  const uncalled = (def: string): readonly string[] => errorsOf(network(def, "mlp([x, secret], [8])"));

  it.each([
    ["def h(z) = mlp(z)", "MTL3001"],
    ["def h(z) = mlp(z, [4], dropped: 1)", "MTL2005"],
    ["def h(z) = mlp([z, nowhere], [4])", "MTL2001"],
    ["def h(z) = mpl(z, [4])", "MTL2001"],
    ["def h(z) = sigmoid(logit(mlp(z, [-4])))", "MTL3003"],
    ["def h(z) = clamp(z, 0, hihg: 1)", "MTL2005"],
    ["def h(z) = exp(ctr) + coalesce(nowhere, 1)", "MTL2001"],
    ["def g(z) = mlp(z, [4])\ndef h(z) = g(z, 3)", "MTL3005"],
  ])("is checked as far as its words tell what it is: %s", (def, code) => {
    expect(uncalled(def)).toEqual([code]);
  });

  it.each([
    "def h(z) = mlp(z, [4], activation: relu)",
    "def h(z) = min(z, some_column) > 3",
    "def h(z, act = relu) = mlp(z, [8], activation: act)",
    "def h(z) = z",
    "def h(z) = [z, ctr]",
    "def h(n) = norm(n)",
    "def h(n) = linear(steps: n)",
    "def h() = 0.5 * bce",
    "def h(n) = categorical(hash: n)",
    "def h(z) = softmax(z)",
    "def h(z) = clamp(z, 0, 1)",
  ])("is accepted where it may be right: %s", (def) => {
    expect(uncalled(def)).toEqual([]);
  });

  it("of an imported file may read names that this spec does not have", () => {
    const lib = "def h(z) = mlp([z, user_vector], [4])\ndef used(z) = mlp(z, [4])";
    const text = network('import "./lib.mtl"', "used([x, secret])");
    expect(errorsOf(text, { "lib.mtl": lib })).toEqual([]);
  });
});
