import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { columns, strip, weave } from "./weave.js";

const at = (start: number, end: number) => ({ file: "a.mtl", start, end });

describe("notes beneath lines", () => {
  it("are by line, by column, the longer first", () => {
    const source = createSourceFile("a.mtl", "one two\nthree");
    const notes = [
      { span: at(8, 13), text: "//@ three" },
      { span: at(4, 7), text: "//@ two" },
      { span: at(0, 3), text: "//@ one" },
      { span: at(0, 7), text: "//@ both" },
    ];
    expect(weave(source, notes)).toBe("one two\n//@ both\n//@ one\n//@ two\nthree\n//@ three");
  });

  it("keep a text with line breaks in one line", () => {
    expect(weave(createSourceFile("a.mtl", "one\n"), [{ span: at(0, 3), text: "//! a\nb" }])).toBe("one\n//! a b\n");
  });

  it("are refused where the text has such lines", () => {
    expect(() => weave(createSourceFile("a.mtl", "one\n//@ two\n"), [])).toThrow("strip it first");
    expect(() => weave(createSourceFile("a.mtl", "//! one"), [])).toThrow("strip it first");
    expect(weave(createSourceFile("a.mtl", "one //@ two\n"), [])).toBe("one //@ two\n");
  });

  it("leave no trace, whatever ends the lines", () => {
    const piece = fc.constantFrom("a", "//", " ", "@", "\n", "\r\n", "\r", "b c");
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.array(fc.tuple(fc.nat(20), fc.constantFrom("//@ x", "//! y\r\nz", "//@")), { maxLength: 6 }),
        (pieces, notes) => {
          const text = pieces.join("");
          fc.pre(!/^\/\/[@!]/m.test(text));
          const source = createSourceFile("a.mtl", text);
          const spans = notes.map(([offset, note]) => {
            const start = Math.min(offset, text.length);
            return { span: at(start, start), text: note };
          });
          expect(strip(weave(source, spans))).toBe(text);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe("columns", () => {
  const source = createSourceFile("a.mtl", "one two\nthree");

  it("count from 1, as messages do, without the end", () => {
    expect(columns(source, at(4, 7))).toBe("[5:8)");
  });

  it("say how many lines below a span ends", () => {
    expect(columns(source, at(4, 10))).toBe("[5:+1:3)");
  });
});
