import { describe, expect, it } from "vitest";
import { buildList, type ListProblem } from "../../src/compiler/ranking/index.js";
import { hardWindow, problemOf } from "./key-column.js";

/** A thousand candidates, of which each third has the value 0. */
const count = 1000;
const values = Array.from({ length: count }, (_, i) => [i % 3 === 0 ? 0 : 1 + (i % 97)]);

describe("pins that cannot all hold", () => {
  it("are seen before anything is tried", () => {
    const built = buildList(
      problemOf({
        count,
        length: 100,
        windows: [hardWindow("brands", 1, 5, values)],
        pins: [
          { name: "own", candidate: 300, position: 2 },
          { name: "paid", candidate: 303, position: 4 },
        ],
      }),
    );
    expect(built.relaxed).toEqual([{ kind: "pin", rule: "paid", position: 5 }]);
    expect(built.searchTruncated).toBe(false);
    expect(built.list[2]).toBe(300);
    // One search, and none for each rule that is restored.
    expect(built.nodes).toBeLessThan(200);
  });

  it("are all that is relaxed where the others leave a list", () => {
    const quota = (name: string, from: number): ListProblem["quotas"][number] => ({
      name,
      members: Uint8Array.from({ length: count }, (_, i) => (i >= from && i % 3 > 0 ? 1 : 0)),
      least: 2,
      top: 30,
      strength: { kind: "soft", priority: 2 },
    });
    const problem = problemOf({
      count,
      length: 60,
      windows: [
        hardWindow("brands", 1, 5, values),
        { ...hardWindow("parts", 2, 6, values), strength: { kind: "soft", priority: 1 } },
      ],
      quotas: [quota("late", 100)],
      pins: [
        { name: "beyond", candidate: 7, position: 70 },
        { name: "own", candidate: 300, position: 2 },
        { name: "paid", candidate: 303, position: 4 },
        { name: "free", candidate: 301, position: 5 },
        { name: "again", candidate: 306, position: 6 },
      ],
    });
    const lost = ["beyond", "paid", "again"];
    const built = buildList(problem);
    expect(built.relaxed).toEqual(
      [70, 4, 6].map((position, i) => ({ kind: "pin", rule: lost[i], position: position + 1 })),
    );
    const without = buildList({ ...problem, pins: problem.pins.filter(({ name }) => !lost.includes(name)) });
    expect([...built.list]).toEqual([...without.list]);
    expect(without.relaxed).toEqual([]);
    expect(built.nodes).toBe(without.nodes);
  });

  it("are told from those that a page before leaves no position", () => {
    const built = buildList(
      problemOf({
        count,
        length: 20,
        windows: [{ ...hardWindow("brands", 1, 5, values), tail: [[0], [], [], []] }],
        pins: [{ name: "own", candidate: 300, position: 2 }],
      }),
    );
    expect(built.relaxed).toEqual([{ kind: "pin", rule: "own", position: 3 }]);
    expect(built.searchTruncated).toBe(false);
  });

  it("take positions that a quota cannot have", () => {
    const members = Uint8Array.from({ length: count }, (_, i) => (i >= 900 ? 1 : 0));
    const built = buildList(
      problemOf({
        count,
        length: 40,
        pins: [{ name: "first", candidate: 500, position: 9 }],
        quotas: [{ name: "new", members, least: 2, top: 20, strength: { kind: "hard", otherwise: "relax" } }],
      }),
    );
    expect(built.relaxed).toEqual([]);
    expect([built.list[8], built.list[9], built.list[19]]).toEqual([900, 500, 901]);
    // A position that waits for a pin is none of the quota's: few candidates are tried in vain.
    expect(built.nodes).toBeLessThan(60);
  });
});
