import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/compiler/formulas/index.js";
import { createRanker } from "../../src/compiler/serving/index.js";
import { format } from "../../src/compiler/format/index.js";
import { specText } from "../../src/compiler/describe/index.js";
import { compileText } from "../semantics/compile.js";

const text = (policy: string): string => `model m
signals { s: number in [0, 10] missing 1 outside clamp ${policy} }
attributes { at: time ${policy}, tags: texts? ${policy} }
fusion score = s * if(age(at) < 7d, 2, 1) * if("a" in tags, 2, 1)
rank page = top 5 by score
`;

const candidates = [
  { id: "good", s: 3, at: "2026-11-05", tags: ["a"] },
  { id: "text", s: "n/a", at: "2026-11-05" },
  { id: "day", s: 3, at: "2026-02-31" },
  { id: "millis", s: 3, at: 1_793_836_800_000 },
  { id: "list", s: 3, at: "2026-11-05", tags: [{}] },
  { id: "none", at: "2026-11-05" },
];

function rank(policy: string) {
  const { model, diagnostics } = compileText(text(policy));
  const [declared] = model?.serving?.ranks ?? [];
  if (model?.serving === undefined || declared === undefined)
    throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const ids = candidates.map(({ id }) => id);
  return createRanker(model.serving, declared).rank({ request: "r", ids, candidates, now: 1_793_836_800, seed: 0 });
}

describe("a value of another type", () => {
  it("leaves its candidate out where the spec says `malformed drop`", () => {
    expect(rank("malformed drop")).toMatchObject({
      kind: "ranked",
      items: [{ id: "good" }, { id: "none" }],
      leftOut: [
        { id: "text", input: "s", reason: "type" },
        { id: "day", input: "at", reason: "type" },
        { id: "millis", input: "at", reason: "type" },
        { id: "list", input: "tags", reason: "type" },
      ],
    });
  });

  it.each(["", "malformed refuse"])("refuses the request otherwise: %s", (policy) => {
    expect(rank(policy)).toMatchObject({ kind: "refused", id: "text", input: "s", reason: "type" });
  });

  it("of the request refuses it, and the spec cannot say otherwise", () => {
    const spec = (policy: string): string =>
      `model m\nsignals { s: number >= 0 }\nrequest { hour: number ${policy} }\nfusion f = s * if(hour < 6, 2, 1)\n`;
    const { diagnostics } = compileText(spec("malformed drop"));
    expect(diagnostics.map(({ code }) => code)).toContain("MTL2006");
    const { model } = compileText(spec("malformed refuse"));
    if (model?.serving === undefined) throw new Error("no model");
    expect(readInputs(model.serving, { candidates: [], request: { hour: "late" }, now: 0 })).toMatchObject({
      kind: "refused",
      input: "hour",
      reason: "type",
    });
  });

  it("has a policy that is part of what the model is", () => {
    const [drop, refuse, usual] = ["malformed drop", "malformed refuse", ""].map((policy) => compileText(text(policy)));
    expect(refuse?.hash).toBe(usual?.hash);
    expect(drop?.hash).not.toBe(usual?.hash);
    if (drop?.model === undefined) throw new Error("no model");
    expect(specText(drop.model)).toContain("malformed drop");
    expect(compileText(specText(drop.model)).hash).toBe(drop.hash);
  });

  it("is written by the formatter as it is", async () => {
    const spec = `model m

signals {
  a: number in [0, 1] missing 0 outside clamp malformed drop
  b: text malformed refuse
  c: number >= 0 missing 0 // why not
    malformed drop
}
`;
    expect(await format(spec)).toBe(spec);
    expect(await format("model m\nsignals { b: text   malformed\n drop }")).toContain("b: text malformed drop }");
  });

  it("may be of a value that is called `malformed`", () => {
    const { model } = compileText(
      "model m\nsignals { s: number >= 0\n malformed: number >= 0 }\nfusion f = s + malformed\n",
    );
    expect(model?.serving?.inputs.map(({ name }) => name)).toEqual(["s", "malformed"]);
  });
});
