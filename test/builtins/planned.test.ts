import { expect, it } from "vitest";
import { builtins } from "../../src/compiler/builtins/index.js";
import { later } from "../../src/compiler/semantics/later.js";

it("plans no built-in that there is", () => {
  const built = builtins.map(({ name }) => name);
  expect(built.length).toBeGreaterThan(10);
  expect(Object.keys(later).filter((name) => built.includes(name))).toEqual([]);
});

it("points to built-ins that there are", () => {
  const calls = Object.values(later).flatMap((instead) => [...instead.matchAll(/`(\w+)/g)].map(([, name]) => name));
  expect(calls.length).toBeGreaterThan(0);
  const known = builtins.map(({ name }) => name);
  expect(calls.filter((name) => !known.includes(name ?? ""))).toEqual([]);
});
