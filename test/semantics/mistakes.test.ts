import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileText, messagesOf, root } from "./compile.js";

/** Mistakes as people make them, in a spec of some length: each gives one message that leads to the fix. */
const feed = readFileSync(join(root, "specs/examples/feed.mtl"), "utf8");
const mistakes: readonly (readonly [title: string, from: string, to: string])[] = [
  ["a typo in a gate's pool", "for_cvr  = softmax(x) over pool", "for_cvr  = softmax(x) over pol"],
  ["a product that is not an event", "chain ctcvr = ctr * cvr", "chain ctcvr = ctr * cvr\nchain wrong = ctr * ctcvr"],
  ["a label used as a feature", "tags, recent]", "tags, recent, click]"],
  [
    "a column that is a label, as a feature",
    "  recent:   bag(",
    '  clicks:   numeric(column: "click")\n  recent:   bag(',
  ],
  ["the logarithm of a probability", "fusion score = ctr * (alpha + cvr)", "fusion score = log(ctr) * (alpha + cvr)"],
  ["a gate over experts of two widths", "over pool\ntower   t_ctr", "over [pool, base]\ntower   t_ctr"],
  ["units that do not agree", "(beta + item_price) * stay^a", "(beta + stay + item_price)"],
  ["a missing comma", "[user_id, item_id, brand", "[user_id, item_id brand"],
  ["an unclosed brace", "  seed:      7\n}", "  seed:      7\n"],
  ["a rule on an unknown attribute", "when quality == 0", "when qualty == 0"],
  ["a position feature at serving", " + train_only(logit(bias)))", " + logit(bias))"],
  ["a pool read without its gate", "mlp(for_ctr, [32])", "mlp(pool, [32])"],
  ["a tower without its logit", "sigmoid(logit(t_cvr))", "sigmoid(t_cvr)"],
  ["the wrong activation", "softplus(logit(t_stay))", "sigmoid(logit(t_stay))"],
  ["the wrong loss", "huber(delta: 30)", "bce"],
  ["a loss on a label's name", "  ctr:     1.0 * bce", "  click:   1.0 * bce"],
  ["attention without a sequence", "mlp(base, [64])", "attend(base, over: base)"],
  ["a balance's name", "balance: fixed", "balance: uncertanty"],
  ["an optimizer's name", "adam(lr: 1e-3)", "adma(lr: 1e-3)"],
  ["a condition that the event implies", "P(buy | click)  =", "P(click | buy)  ="],
];

describe("mistakes as people make them", () => {
  it.each(mistakes)("%s gives one message", (_, from, to) => {
    expect(feed.split(from)).toHaveLength(2);
    const { diagnostics } = compileText(feed.replace(from, to));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toHaveLength(1);
  });

  it("are told as the golden file shows", async () => {
    const texts = mistakes.map(([title, from, to]) => `${title}\n\n${messagesOf(compileText(feed.replace(from, to)))}`);
    await expect(texts.join("\n\n")).toMatchFileSnapshot(join(import.meta.dirname, "mistakes.txt"));
  });
});
