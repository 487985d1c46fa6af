import { describe, expect, it } from "vitest";
import { diffModels, renderDiffText } from "../../src/compiler/diff/index.js";
import { hashModel, type Model } from "../../src/compiler/model/index.js";
import { compileText } from "../semantics/compile.js";

function modelOf(rules: readonly string[], name = "m", set = "h"): Model {
  const { model } = compileText(`model ${name}
signals { p: P(click) }
attributes {
  brand: text
  cat:   text
}
fusion f = p
rules ${set} {
${rules.map((rule) => `  ${rule}`).join("\n")}
}
rank r = top 4 by f with ${set}
`);
  if (model === undefined) throw new Error("no model");
  return model;
}

const competing: readonly (readonly string[])[] = [
  ['explore e1 when brand == "y" at least 2 in top 3', 'explore e2 when cat == "n" at least 1 in top 3'],
  [
    'explore e1 when brand == "y" at least 2 in top 3 otherwise: relax',
    'explore e2 when cat == "n" at least 1 in top 3 otherwise: relax',
  ],
  [
    'explore e1 when brand == "y" at least 2 in top 3 soft: 1',
    'explore e2 when cat == "n" at least 1 in top 3 soft: 1',
  ],
  [
    'explore e1 when brand == "y" at least 1 in top 3 soft: 1 epsilon: 0.1',
    'explore e2 when cat == "n" at least 1 in top 3 soft: 2 epsilon: 0.1',
  ],
  ['pin p1 when brand == "y" at 1', 'pin p2 when cat == "n" at 1'],
  ['pin p1 when brand == "y" at 1', 'pin p2 when cat == "n" at 2'],
  ["mmr m1 of brand", "dpp d1 of cat"],
  ["spread s1 at most 1 of brand in 2 otherwise: relax", "spread s2 at most 1 of cat in 2 otherwise: relax"],
  ["spread s1 at most 1 of brand in 2 soft: 1", "spread s2 at most 1 of cat in 2 soft: 1"],
];
const free: readonly (readonly string[])[] = [
  ["spread s1 at most 1 of brand in 2", "spread s2 at most 1 of cat in 2"],
  ["spread s1 at most 1 of brand in 2 soft: 1", "spread s2 at most 1 of cat in 2 soft: 2"],
  ['boost b1 when cat == "n" by 2', 'boost b2 when brand == "y" by 3'],
  ["dedupe d1 of brand", "dedupe d2 of cat"],
  ['drop d1 when cat == "n"', 'suppress d2 when brand == "y" by 0.5'],
  ["cap c1 at most 5 of brand per day", "cap c2 at most 5 of cat per day"],
];

describe("the order of rules", () => {
  it.each(competing)("is part of the model where they compete: %s | %s", (one, other) => {
    const [before, after] = [modelOf([one, other]), modelOf([other, one])];
    expect(hashModel(before)).not.toBe(hashModel(after));
    const diff = diffModels(before, after);
    expect(diff.class).toBe("score");
    expect(renderDiffText(diff)).toContain("order of ");
    // What is said does not depend on what else is there.
    const wider = modelOf([other, 'drop gone when cat == "x"', one]);
    expect(diffModels(after, wider).sections.flatMap(({ subjects }) => subjects.map(({ name }) => name))).toEqual([
      "h.gone",
    ]);
  });

  it.each(free)("says nothing where they do not: %s | %s", (one, other) => {
    const [before, after] = [modelOf([one, other]), modelOf([other, one])];
    expect(hashModel(before)).toBe(hashModel(after));
    expect(diffModels(before, after).class).toBe("none");
  });
});

describe("counters", () => {
  const cap = "cap c1 at most 5 of brand per day";
  const said = (before: Model, after: Model): string => renderDiffText(diffModels(before, after));

  it("start again under another name, of the rule, its set or the model, and it is said", () => {
    expect(said(modelOf([cap]), modelOf([cap.replace("c1", "c2")]))).toContain("counters start again");
    expect(said(modelOf([cap]), modelOf([cap], "m", "other"))).toContain("counters start again");
    expect(said(modelOf([cap]), modelOf([cap], "other"))).toContain("counters start again");
    expect(
      said(modelOf(["pace c1 at most 5 of brand per day"]), modelOf(["pace c2 at most 5 of brand per day"])),
    ).toContain("counters start again");
  });

  it("start again where they count by something else", () => {
    for (const other of ["of cat per day", "of brand per hour", 'of brand per day zone: "Asia/Shanghai"'])
      expect(said(modelOf([cap]), modelOf([cap.replace("of brand per day", other)]))).toContain("counters start again");
  });

  it("go on under another limit, and without caps a name is a name", () => {
    expect(said(modelOf([cap]), modelOf([cap.replace("5", "6")]))).not.toContain("again");
    const drop = 'drop gone when cat == "x"';
    expect(said(modelOf([drop]), modelOf([drop], "other"))).not.toContain("again");
  });
});
