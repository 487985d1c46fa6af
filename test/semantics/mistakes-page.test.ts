import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileText, messagesOf, root } from "./compile.js";

/** What new users write, on a spec of some length: `from` in `specs/examples/feed.mtl` becomes `to`. */
interface Mistake {
  readonly title: string;
  readonly about: string;
  readonly from: string;
  readonly to: string;
}

const mistakes: readonly Mistake[] = [
  {
    title: "A typo in a gate's pool",
    about: "The nearest name of the right kind is suggested; names that cannot appear there are not.",
    from: "for_cvr  = softmax(x) over pool",
    to: "for_cvr  = softmax(x) over pol",
  },
  {
    title: "A product that is not a probability",
    about:
      "`ctcvr` holds the click already. The message says which conditional continues P(click), and that `cvr` is it.",
    from: "chain ctcvr = ctr * cvr",
    to: "chain ctcvr = ctr * cvr\nchain wrong = ctr * ctcvr",
  },
  {
    title: "A label used as a feature",
    about: "What a model predicts cannot be what it reads.",
    from: "tags, recent]",
    to: "tags, recent, click]",
  },
  {
    title: "The logarithm of a probability",
    about: "Ranges run through every formula: a probability reaches 0, whose logarithm is infinite.",
    from: "fusion score = ctr * (alpha + cvr)",
    to: "fusion score = log(ctr) * (alpha + cvr)",
  },
  {
    title: "A tower of the wrong width",
    about: "The tower gives 32 numbers where one is needed. `mtlc check --fix` writes the fix.",
    from: "sigmoid(logit(t_cvr))",
    to: "sigmoid(t_cvr)",
  },
  {
    title: "Units that do not agree",
    about: "Seconds and yuan have no sum.",
    from: "(beta + item_price) * stay^a",
    to: "(beta + stay + item_price)",
  },
  {
    title: "A missing comma",
    about:
      "One message, at the place; the rest of the list is read as it is meant. `mtlc check --fix` puts the comma in.",
    from: "[user_id, item_id, brand",
    to: "[user_id, item_id brand",
  },
  {
    title: "An unclosed brace",
    about: "The place is where the block should have ended, and the message shows where it began.",
    from: "  seed:      7\n}",
    to: "  seed:      7\n",
  },
  {
    title: "A rule on an unknown attribute",
    about: "A rule that cannot be read is an error when the spec is checked, and never silently left out.",
    from: "when quality == 0",
    to: "when qualty == 0",
  },
  {
    title: "A position feature at serving",
    about: "The position is known when a page has been shown, and not when it is made.",
    from: " + train_only(logit(bias)))",
    to: " + logit(bias))",
  },
];

const feed = readFileSync(join(root, "specs/examples/feed.mtl"), "utf8");

describe("ten mistakes of new users", () => {
  it.each(mistakes)("$title: one message", ({ from, to }) => {
    expect(feed.split(from)).toHaveLength(2);
    expect(compileText(feed.replace(from, to)).diagnostics).toHaveLength(1);
  });

  it("are in the docs with the messages that they get", async () => {
    const sections = mistakes.flatMap(({ title, about, from, to }) => {
      const text = feed.replace(from, to);
      return [
        `## ${title}`,
        "",
        about,
        "",
        "```diff",
        ...changedLines(feed, text),
        "```",
        "",
        "```text",
        messagesOf(compileText(text)).trimEnd().replaceAll("m.mtl", "feed.mtl"),
        "```",
        "",
      ];
    });
    const page = [
      "# Ten mistakes",
      "",
      "What people write when the language is new to them, in [`feed.mtl`](../specs/examples/feed.mtl), and what `mtlc check`",
      "says. Each mistake gives one message, and what follows from it none. The texts are made by running:",
      "`test/semantics/mistakes-page.test.ts` writes this page.",
      "",
      ...sections,
    ].join("\n");
    await expect(page).toMatchFileSnapshot(join(root, "docs/mistakes.md"));
  });
});

/** Lines that go and lines that come, without those around them. */
function changedLines(before: string, after: string): readonly string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  return [
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...now.slice(start, now.length - end).map((line) => `+${line}`),
  ];
}
