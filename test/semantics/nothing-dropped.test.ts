import { describe, expect, it } from "vitest";
import { runTest } from "../../src/compiler/serving/index.js";
import { compileText } from "./compile.js";

/**
 * What a spec says is in its model or is reported. An expression that the checker leaves out without a word is a test that
 * passes without looking, or a rule that never applies: every kind of value, under every kind of operation, wherever one
 * may be written.
 */
const leaves = [
  "quality",
  "brand",
  "fresh",
  "tags",
  "published",
  "life",
  "embedding",
  "maybe",
  "ctr",
  "hour",
  "beta",
  "score",
  "colour",
  "size",
  "id",
  "page",
  "a",
  "nothing",
  "1",
  '"x"',
  "true",
  "2026-01-01",
  "3d",
  "[a, b]",
  "[1, 2]",
  "[]",
  "a.quality",
  "{ x: 1 }",
  "given(score)",
  "given(a)",
  "stated()",
];
const wrappings: readonly ((leaf: string) => string)[] = [
  (leaf) => leaf,
  (leaf) => `(${leaf})`,
  (leaf) => `-${leaf}`,
  (leaf) => `not ${leaf}`,
  (leaf) => `${leaf} > 0.5`,
  (leaf) => `${leaf} == "x"`,
  (leaf) => `${leaf} == ${leaf}`,
  (leaf) => `${leaf} + 1`,
  (leaf) => `${leaf} and true`,
  (leaf) => `${leaf} in ["x"]`,
  (leaf) => `"x" in ${leaf}`,
  (leaf) => `${leaf} in [a, b]`,
  (leaf) => `max(${leaf}, 1) > 0`,
  (leaf) => `if(${leaf}, 1, 2)`,
  (leaf) => `coalesce(${leaf}, 1) > 0`,
  (leaf) => `missing(${leaf})`,
  (leaf) => `age(${leaf}) > 1d`,
  (leaf) => `lower(${leaf}) == "x"`,
  (leaf) => `percentile(${leaf}) > 0.5`,
  (leaf) => `piecewise(${leaf}, [0, 1], [0, 1]) > 0.5`,
  (leaf) => `score(${leaf}) > 0`,
  (leaf) => `quality(${leaf}) > 0`,
  (leaf) => `colour(candidate: ${leaf}) == "x"`,
  (leaf) => `id(${leaf}) == "x"`,
  (leaf) => `page == ${leaf}`,
  (leaf) => `page == [${leaf}]`,
];
const expressions = leaves.flatMap((leaf) => wrappings.map((wrap) => wrap(leaf)));

type Part = "fusion" | "when" | "by" | "rank" | "ties" | "expect" | "candidate" | "request";

function specWith(part: Part, expression: string): string {
  const at = (where: Part, otherwise: string): string => (where === part ? expression : otherwise);
  return `model m

data {
  train: csv("a.csv")
}

features {
  colour: categorical(hash: 10)
  size: numeric
}

signals {
  ctr: P(click)
}

attributes {
  quality: number in [0, 1]
  brand: text
  fresh: bool
  tags: texts
  published: time
  life: duration
  embedding: vector(2)
  maybe: number?
}

request {
  hour: number in [0, 23]
}

params {
  beta: 1 in [0, 3]
}

def given(x) = x
def stated() = score(a)

fusion score = ctr * beta
fusion other = ${at("fusion", "ctr")}

rules shop {
  boost one
    when ${at("when", "fresh")}
    by ${at("by", "2")}
}

rank page = top 10 by ${at("rank", "score")} with shop ties ${at("ties", "quality")}

test "t" {
  request { hour: ${at("request", "3")} }
  candidate a { ctr: 0.1, quality: ${at("candidate", "0.5")}, colour: "x", size: 3 }
  candidate b like a { ctr: 0.2 }
  expect ${at("expect", "page == [b, a]")}
}
`;
}

const parts: readonly Part[] = ["fusion", "when", "by", "rank", "ties", "expect", "candidate", "request"];

describe("what a spec says", () => {
  it.each(parts)("%s: is in the model or is reported", (part) => {
    const dropped: string[] = [];
    let whole = 0;
    for (const expression of expressions) {
      const { model, diagnostics } = compileText(specWith(part, expression));
      if (diagnostics.some(({ severity }) => severity === "error")) continue;
      whole++;
      const { serving, tests } = model ?? {};
      const test = tests?.[0];
      const rule = serving?.ruleSets[0]?.rules[0];
      const counts = [
        serving?.fusions.length,
        rule?.verb === "boost" && rule.when !== undefined ? 1 : 0,
        serving?.ranks[0]?.ties.length,
        test?.expectations.length,
        Object.keys(test?.request ?? {}).length,
        Object.keys(test?.candidates[0]?.fields ?? {}).length,
      ];
      if (counts.join() !== "2,1,1,1,1,4") dropped.push(`${expression}: ${counts.join()}`);
      // Whatever the checker takes can be evaluated.
      else if (serving !== undefined && test !== undefined) runTest(serving, test);
    }
    expect(dropped).toEqual([]);
    expect(whole).toBeGreaterThan(0);
  });
});
