/** Tasks over members, and losses and metrics of several heads: what is written once is what is written out. */
import { describe, expect, it } from "vitest";
import { format } from "../../src/compiler/format/index.js";
import { compileText, messagesOf } from "./compile.js";

const network = `model m

features { user: categorical(hash: 100), item: categorical(hash: 100) }

labels {
  click: event
  like:  event within click
  share: event within click
}

bottoms mix[click, like, share] = mmoe([user, item], [16], experts: 4)
towers  t  [click, like, share] = mlp(mix, [8])
`;

const short = `
task click: P(click) = sigmoid(logit(t.click))
/// After a click.
task [like, share]: P(member | click) = sigmoid(logit(t.member) + train_only(logit(mix.member))) auxiliary

loss {
  [like, share]: 0.5 * bce
  click: bce
}

metrics { [click, share]: [auc, logloss] }
`;

const long = `
task click: P(click) = sigmoid(logit(t.click))
/// After a click.
task like: P(like | click) = sigmoid(logit(t.like) + train_only(logit(mix.like))) auxiliary
/// After a click.
task share: P(share | click) = sigmoid(logit(t.share) + train_only(logit(mix.share))) auxiliary

loss {
  like: 0.5 * bce
  share: 0.5 * bce
  click: bce
}

metrics {
  click: [auc, logloss]
  share: [auc, logloss]
}
`;

describe("tasks over members", () => {
  it("are the tasks that they stand for", () => {
    const [one, two] = [compileText(network + short), compileText(network + long)];
    expect(messagesOf(one)).toBe("");
    expect(one.hash).toBeDefined();
    expect(one.hash).toBe(two.hash);
  });

  it("are overridden and removed one by one", () => {
    const files = { "base.mtl": network + short };
    const variant = `model n extends "./base.mtl"
override task like: P(like | click) = sigmoid(logit(t.like))
remove task share
remove loss share
remove metrics share
remove labels share
`;
    const result = compileText(variant, files);
    expect(messagesOf(result)).toBe("");
    expect(result.model?.heads.map(({ name, auxiliary }) => [name, auxiliary === true])).toEqual([
      ["click", false],
      ["like", false],
    ]);
    expect(result.model?.loss.terms.map(({ head, weight }) => [head, weight])).toEqual([
      ["like", 0.5],
      ["click", 1],
    ]);
  });

  it("keep their lists in canonical layout", async () => {
    const text = `task   [click,like] : P(member)=sigmoid(logit(t.member))\nloss {[click , like]:bce}\n`;
    expect(await format(text)).toBe(
      "task [click, like]: P(member) = sigmoid(logit(t.member))\n\nloss { [click, like]: bce }\n".replace("\n\n", "\n"),
    );
  });

  it.each([
    ["a label that does not exist", short.replace("P(member | click)", "P(member | clicked)"), "MTL2001"],
    ["a member that a family does not have", short.replace("t.member", "t.membre"), "MTL2012"],
    ["a head that does not exist", short.replace("[like, share]: 0.5", "[like, shar]: 0.5"), "MTL2001"],
    ["a head twice", short.replace("[like, share]: 0.5", "[like, click]: 0.5"), "MTL2008"],
    [
      "no name at all",
      short.replace("task [like, share]", "task []").replace(/\[like, share\].*\n|, share/g, ""),
      "MTL2030",
    ],
    ["keys of another block", `${short}train { [batch, epochs]: 4 }\n`, "MTL3140"],
    ["keys of a record", `${short}train { optimizer: { [t, mix]: sgd } }\n`, "MTL3140"],
  ])("give one error for %s", (_, heads, code) => {
    const errors = compileText(network + heads).diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map((each) => each.code)).toEqual([code]);
  });
});
