import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAgain, type FormattedPieces } from "../../src/compiler/format/again.js";
import { format, FormatError } from "../../src/compiler/format/index.js";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { createRandom } from "../random.js";
import { arbitraryText, wildGaps } from "../syntax/arbitrary-spec.js";

const root = resolve(import.meta.dirname, "../../specs");
const specs = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".mtl"))
  .sort();

/** What is written between and inside declarations: empty lines, comments in any place, long lines, other lines' columns. */
const insertions = [
  "\n",
  "\n\n",
  "\n\n\n",
  " \n\t\n",
  " ",
  "// comment\n",
  "\n// comment\n\n",
  "\n\n// comment\n",
  "\n\n/// doc\n",
  " // comment\n",
  " // comment\n\n",
  "\n\n// a\n\n// b\n\n",
  "\ntower added = mlp(x, [2])\n",
  "\n\nfusion added = ctr\n\n",
  "\n\nchain added = ctr * cvr\n// below\n\n",
  "edition: 1\n",
  "\r\n",
  "\uFEFF",
  " auxiliary",
  "(",
  "}",
  ", ",
];

const emptyLines = {
  ...wildGaps,
  declarations: ["\n\n", "\n", "\n // c\n\n", "\n\n// c\n", " // c\n\n", "\n\n\n/// c\n\n", "\n \t\n"],
};

const outcome = async (made: Promise<string>): Promise<string> =>
  made.catch((error: unknown) => {
    if (error instanceof FormatError) return error.reason;
    throw error;
  });

async function again(
  text: string,
  width: number,
  earlier: FormattedPieces | undefined,
): Promise<{ readonly text: string; readonly pieces?: FormattedPieces }> {
  const parsed = parse(createSourceFile("m.mtl", text));
  return formatAgain(text, { parsed, width }, earlier).catch((error: unknown) => {
    if (error instanceof FormatError) return { text: error.reason };
    throw error;
  });
}

describe("laying a text out again after an edit", () => {
  it("gives the layout of the whole", { timeout: 120_000 }, async () => {
    const random = createRandom(29);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    let shared = 0;
    for (const path of specs.filter((_, i) => i % 6 === 0)) {
      const base = readFileSync(join(root, path), "utf8");
      const width = pick([40, 80, 100]);
      let text = base;
      let pieces: FormattedPieces | undefined;
      for (let edit = 0; edit < 12; edit++) {
        if (edit === 6) text = base;
        // Mostly at the ends of lines, where what is put in leaves a text that parses.
        const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
        const at = random() < 0.8 ? pick(ends) : Math.floor(random() * text.length);
        const next = edit === 0 ? text : text.slice(0, at) + pick(insertions) + text.slice(at);
        const made = await again(next, width, pieces);
        expect([next, made.text]).toEqual([next, await outcome(format(next, { width }))]);
        shared += [...(made.pieces?.layouts.keys() ?? [])].filter((piece) => pieces?.layouts.has(piece)).length;
        if (made.pieces === undefined) continue;
        pieces = made.pieces;
        text = random() < 0.3 ? made.text : next;
      }
    }
    // What this is about: most pieces were known.
    expect(shared).toBeGreaterThan(500);
  });

  it("gives the layout of the whole for random specs with comments and line breaks anywhere", async () => {
    let cut = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryText(emptyLines), fc.constantFrom(100, 40), async (text, width) => {
        const whole = await outcome(format(text, { width }));
        const first = await again(text, width, undefined);
        expect([text, first.text]).toEqual([text, whole]);
        if ((first.pieces?.layouts.size ?? 0) > 1) cut++;
        expect((await again(text, width, first.pieces)).text).toBe(whole);
        expect((await again(whole, width, first.pieces)).text).toBe(whole);
      }),
      { numRuns: 300, seed: 41 },
    );
    expect(cut).toBeGreaterThan(100);
  }, 120_000);

  it("follows a name that moves the columns of its neighbours", async () => {
    const base = readFileSync(join(root, "census/mmoe.mtl"), "utf8");
    let layouts: FormattedPieces | undefined;
    for (const name of ["a", "bb", "a_long_name_that_moves_columns"]) {
      const text = base.replace(/^tower (\w+)/m, `tower  $1_${name}`);
      const made = await again(text, 100, layouts);
      expect(made.text).toBe(await format(text));
      layouts = made.pieces;
    }
  });

  it("lays out only what is new", async () => {
    const base = readFileSync(join(root, "census/mmoe.mtl"), "utf8");
    const first = await again(base, 100, undefined);
    const layouts = new Map(
      [...(first.pieces?.layouts ?? [])].map(([piece, layout]) => [piece, `${layout}// known\n`]),
    );
    const text = `${base}\ninput added = [age]\n`;
    const parsed = parse(createSourceFile("m.mtl", text));
    // The comments are those of no piece, so that the result is thrown away for that of the whole.
    const made = await formatAgain(text, { parsed, width: 100 }, { width: 100, layouts, parsed: undefined });
    expect(made.text).toBe(await format(text));
  });
});
