/** Every word that completion offers, once it is there, gives no error of kind or name that was not there before. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { tokenize } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { createAnalysis } from "../../src/server/analysis/analysis.js";
import { completionAt } from "../../src/server/features/completion.js";
import { createRandom } from "../random.js";
import { root } from "../semantics/compile.js";
import { sample } from "./marked.js";

/** Of names and of kinds: what MTL2 and MTL3 codes say, and the leaks and events of MTL4. */
const isOfKindOrName = (code: string): boolean => /^MTL[234]/.test(code);
/** What is missing in a call that was only opened. */
const isOfArguments = (fault: string): boolean => /^MTL300[16] /.test(fault);

function compile(text: string): ReturnType<typeof compileSpec> {
  return compileSpec("m.mtl", createMemoryHost({ "m.mtl": text }));
}

function faultsOf(text: string): readonly string[] {
  return compile(text).diagnostics.flatMap(({ code, severity, message }) =>
    severity === "error" && isOfKindOrName(code) ? [`${code} ${message}`] : [],
  );
}

interface Offer {
  readonly label: string;
  /** The whole text with the word in its place. */
  readonly text: string;
}

/** What is offered at an offset of a text, likelier words first, as an editor without snippets puts it in. */
function offersAt(text: string, offset: number): readonly Offer[] {
  const analysis = createAnalysis("m.mtl", compile(text));
  if (analysis === undefined) throw new Error("there is no m.mtl");
  const items = completionAt(analysis, offset, { snippets: false, files: () => [], exportsOf: () => [] });
  const sorted = items.toSorted((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return sorted.map(({ label, textEdit }) => {
    if (textEdit === undefined || !("range" in textEdit)) throw new Error("an item replaces nothing");
    const [from, to] = [textEdit.range.start.character, textEdit.range.end.character].map((at) => lineStart + at);
    // An editor closes what it opens; what goes between is not there yet.
    const put = textEdit.newText + (textEdit.newText.endsWith("(") ? ")" : "");
    return { label, text: text.slice(0, from) + put + text.slice(to) };
  });
}

/** The words that give an error at the place of a token of a sound text, of a sample of its tokens. */
function misfits(text: string, share: number, cut: boolean, seed: number): readonly string[] {
  const random = createRandom(seed);
  const wrong: string[] = [];
  let places = 0;
  for (const { span, text: word } of tokenize(createSourceFile("m.mtl", text))) {
    if (!/^[A-Za-z_]/.test(word) || random() > share) continue;
    const rest = text.slice(cut ? text.indexOf("\n", span.end) : span.end);
    const without = text.slice(0, span.start) + rest;
    const before = faultsOf(without);
    places += 1;
    for (const offer of offersAt(without, span.start)) {
      const isOpened = offer.text.startsWith(`${offer.label}()`, span.start);
      const fresh = faultsOf(offer.text).filter(
        (fault) => !before.includes(fault) && !(isOpened && isOfArguments(fault)),
      );
      const line = text.slice(text.lastIndexOf("\n", span.start) + 1, span.start);
      if (fresh.length > 0) wrong.push(`${line}§${rest.split("\n")[0] ?? ""}: ${offer.label}: ${fresh[0] ?? ""}`);
    }
  }
  expect(places).toBeGreaterThan(5);
  return wrong;
}

const rich = sample
  .replace(
    "  brand: text\n",
    "  brand: text\n  tags: texts?\n  fresh: bool\n  listed: time\n  held: duration\n  rebate: number? in [0, 1]\n",
  )
  .replace(
    '  drop bad when brand == ""\n',
    [
      '  drop bad when brand == ""',
      '  drop old when age(listed) > 30d and not fresh and "sale" in tags or cost == 0',
      "  boost hot when ctr >= 0.1 by max(cost, 0.5)",
      "",
    ].join("\n"),
  )
  .replace("rank page = top 10 by score with home", "rank page = top 10 by score with home ties listed, cost");

describe("every offered word fits where it is offered", () => {
  const specs = [
    ["a spec with every kind of value", rich, 0.2],
    ["rules", readFileSync(join(root, "specs/examples/rules/campaign.mtl"), "utf8"), 0.2],
    ["heads and losses", readFileSync(join(root, "specs/examples/watch_time.mtl"), "utf8"), 0.25],
    ["chains", readFileSync(join(root, "specs/examples/four_steps.mtl"), "utf8"), 0.15],
  ] as const;

  it.each(specs)(
    "before the rest of the line, in %s",
    (_, text, share) => {
      expect(faultsOf(text)).toEqual([]);
      expect(misfits(text, share, false, 5)).toEqual([]);
    },
    240_000,
  );

  it.each(specs)(
    "at the end of a line, in %s",
    (_, text, share) => {
      expect(misfits(text, share, true, 6)).toEqual([]);
    },
    240_000,
  );
});
