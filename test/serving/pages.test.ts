import { describe, expect, it } from "vitest";
import { createRanker, type RankedList, type RankRequest } from "../../src/compiler/serving/index.js";
import { compileText } from "../semantics/compile.js";

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

function rank(rules: string, candidates: readonly Row[], more: Partial<RankRequest> = {}, top = 5): RankedList {
  const compilation = compileText(`model pages
signals { s: number in [0, 64] }
attributes {
  kind: text?
  ad:   bool missing false
}
fusion score = s
rules page {
${rules}
}
rank feed = top ${top} by score with page
`);
  expect(compilation.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const serving = compilation.model?.serving;
  const [first] = serving?.ranks ?? [];
  if (serving === undefined || first === undefined) throw new Error("no ranking");
  const ids = candidates.map(({ id }) => id);
  const result = createRanker(serving, first).rank({ request: "r", ids, candidates, now: 0, seed: 0, ...more });
  if (result.kind !== "ranked") throw new Error(JSON.stringify(result));
  return result;
}

const listed = ({ items }: RankedList): string => items.map(({ id }) => id).join(" ");

const adx = { id: "adx", s: 3, kind: "x", ad: true };
const plain = { id: "plain", s: 2, kind: "y", ad: false };

describe("windows over pages", () => {
  const rule = "  spread ads at most 1 of kind in 3 when ad";

  it("count an item of the page before only where their condition holds for it", () => {
    const withTail = (tail: readonly Record<string, unknown>[]) => listed(rank(rule, [adx, plain], { tail }));
    expect(withTail([{ kind: "x", ad: false }])).toBe("adx plain");
    expect(withTail([{ kind: "x" }])).toBe("adx plain");
    expect(withTail([{ kind: "x", ad: true }])).toBe("plain");
    // On one list it is the same.
    expect(listed(rank(rule, [{ id: "o", s: 9, kind: "x", ad: false }, adx, plain]))).toBe("o adx plain");
    expect(listed(rank(rule, [{ id: "o", s: 9, kind: "x", ad: true }, adx, plain]))).toBe("o plain");
  });

  it("look back on the end of what was shown where there is no tail", () => {
    expect(listed(rank(rule, [adx, plain], { shown: [{ kind: "x", ad: true }, { kind: "z" }, { kind: "z" }] }))).toBe(
      "adx plain",
    );
    expect(listed(rank(rule, [adx, plain], { shown: [{ kind: "x", ad: true }, { kind: "z" }] }))).toBe("plain adx");
  });

  it("refuse an item of another type", () => {
    expect(() => rank(rule, [adx], { tail: [{ kind: "x" }, { kind: "x", ad: "yes" }] })).toThrow("item 2 of tail");
    expect(() => rank(rule, [adx], { page: 0 })).toThrow("whole number of at least 1");
    expect(() => rank(rule, [adx], { page: 1.5 })).toThrow("whole number of at least 1");
  });
});

describe("what a page before showed", () => {
  const rows = ["a", "b", "c", "d"].map((id, i) => ({ id, s: 9 - i, kind: "x" }));

  it("is left out and said, by tail and by shown, with values or ids", () => {
    const list = rank("  drop ads when ad", rows, { tail: [{ id: "a" }], shown: ["c", { id: "b" }] });
    expect(listed(list)).toBe("d");
    expect(list.alreadyShown).toEqual(["a", "b", "c"]);
    expect(rank("  drop ads when ad", rows).alreadyShown).toEqual([]);
  });

  it("keeps twins out", () => {
    const twins = [
      { id: "a", s: 3, kind: "x" },
      { id: "b", s: 2, kind: "y" },
    ];
    expect(listed(rank("  dedupe twins of kind", twins, { tail: [{ id: "z", kind: "x" }] }))).toBe("b");
    expect(listed(rank("  dedupe twins of kind", twins, { shown: [{ kind: "y" }] }))).toBe("a");
    expect(rank("  dedupe twins of kind", twins, { shown: [{ kind: "y" }] }).explain("b")?.removedBy).toBe(
      "page.twins",
    );
  });
});

describe("places of rules", () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({ id: `i${i}`, s: 20 - i, kind: i >= 9 ? "y" : "x" }));
  const pin = `  pin first when kind == "y" at 1`;

  it("do not start again on a later page", () => {
    expect(listed(rank(pin, rows, {}, 3))).toBe("i9 i0 i1");
    expect(listed(rank(pin, rows, { page: 2 }, 3))).toBe("i0 i1 i2");
    expect(listed(rank(pin, rows, { tail: [{ id: "z" }] }, 3))).toBe("i0 i1 i2");
    expect(rank(pin, rows, { page: 2 }, 3).relaxed).toEqual([]);
  });

  it("start again where the rule says so", () => {
    expect(listed(rank(`${pin} pages: each`, rows, { page: 2 }, 3))).toBe("i9 i0 i1");
  });

  it("of a pin may lie on a later page", () => {
    const later = `  pin later when kind == "y" at 5`;
    expect(listed(rank(later, rows, { page: 2 }, 3))).toBe("i0 i9 i1");
    expect(listed(rank(later, rows, { shown: ["a", "b", "c", "d"] }, 3))).toBe("i9 i0 i1");
  });

  it("of a quota: members that were shown count, and it counts as kept where nothing is said", () => {
    const quota = `  explore news when kind == "y" at least 2 in top 6`;
    const members = (more: Partial<RankRequest>): number =>
      rank(quota, rows, more, 3).items.filter(({ id }) => ["i9", "i10", "i11"].includes(id)).length;
    expect(members({})).toBe(2);
    expect(members({ page: 2 })).toBe(0);
    expect(members({ page: 2, shown: ["a", { kind: "x" }, "c"] })).toBe(2);
    expect(members({ page: 2, shown: [{ kind: "x" }, { kind: "x" }] })).toBe(1);
    expect(members({ page: 3, shown: ["a", "b", "c", "d", "e", "f"] })).toBe(0);
    const shown = (...kinds: string[]) => kinds.map((kind) => ({ kind }));
    expect(members({ shown: shown("y", "y", "x") })).toBe(0);
    expect(members({ shown: shown("y", "x", "x") })).toBe(1);
    expect(members({ shown: shown("x", "x", "x") })).toBe(2);
  });
});

describe("dedupe", () => {
  it("keeps the best that is still there, by the score that ranks", () => {
    const rules = `  dedupe twins of kind
  drop gone when ad
  boost own when s < 1.5 by 10`;
    const rows = [
      { id: "gone", s: 3, kind: "k", ad: true },
      { id: "plain", s: 2, kind: "k" },
      { id: "own", s: 1, kind: "k" },
      { id: "other", s: 5, kind: "z" },
    ];
    const list = rank(rules, rows);
    expect(listed(list)).toBe("own other");
    expect(list.explain("gone")?.removedBy).toBe("page.gone");
    expect(list.explain("plain")?.removedBy).toBe("page.twins");
  });

  it("by several keys takes nothing out for an item that is out itself", () => {
    // `b` goes for `a` (kind), so it does not take `c` along (s).
    const rows = [
      { id: "a", s: 5, kind: "x", ad: true },
      { id: "b", s: 4, kind: "x", ad: false },
      { id: "c", s: 3, kind: "z", ad: false },
    ];
    const [one, other] = ["  dedupe one of kind", "  dedupe other of ad"];
    expect(listed(rank(`${one}\n${other}`, rows))).toBe("a c");
    expect(listed(rank(`${other}\n${one}`, rows))).toBe("a c");
  });
});

describe("candidates that no source took", () => {
  it("are said apart: those of none, and those behind others", () => {
    const { model } = compileText(`model multi
signals { ctr: P(click) }
fusion score = ctr
rank feed = from similar top 1 by ctr, hot top 2 by ctr then top 3 by score
`);
    const serving = model?.serving;
    const [first] = serving?.ranks ?? [];
    if (serving === undefined || first === undefined) throw new Error("no ranking");
    const ids = ["none", "wrong", "best", "second"];
    const result = createRanker(serving, first).rank({
      request: "r",
      ids,
      candidates: ids.map((_, i) => ({ ctr: 0.5 - i / 10 })),
      sources: [[], ["hots"], ["similar"], ["similar"]],
      now: 0,
      seed: 0,
    });
    expect(result).toMatchObject({ items: [{ id: "best" }], unsourced: ["none", "wrong"], outranked: ["second"] });
  });
});
