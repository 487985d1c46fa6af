import { expect, it } from "vitest";
import { parseFile } from "../../src/compiler/compile.js";
import type { Declaration, DefDeclaration } from "../../src/compiler/syntax/index.js";
import { visitSlots } from "../../src/server/language/tree-slots.js";

/** What is told of the calls of a declaration. */
function callsOf(node: Declaration, macros: ReadonlyMap<string, DefDeclaration>): readonly string[] {
  const calls: string[] = [];
  visitSlots(node, macros, (expression, slot, signature) => {
    if (expression.kind === "Call") calls.push(`${expression.callee.text} in ${slot.kind}: ${signature?.what ?? "?"}`);
  });
  return calls;
}

it("tells of a declaration what it is with the macros of each spec", () => {
  const { spec } = parseFile("m.mtl", "tower t = mlp(twice(x), [2])\ndef twice(z) = mlp(z, [2])\n");
  const [node, def] = spec.declarations;
  if (node === undefined || def?.kind !== "Def") throw new Error("there are two declarations");
  const without = ["mlp in tensor: a layer", "twice in tensor: ?"];
  expect(callsOf(node, new Map())).toEqual(without);
  expect(callsOf(node, new Map([["twice", def]]))).toEqual(["mlp in tensor: a layer", "twice in tensor: a macro"]);
  expect(callsOf(node, new Map([["mlp", def]]))).toEqual(["mlp in tensor: a macro", "twice in tensor: ?"]);
  expect(callsOf(node, new Map([["thrice", def]]))).toEqual(without);
  expect(callsOf(node, new Map())).toEqual(without);
});
