import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { train, type TrainEvent } from "../../src/index.js";
import { createTiny } from "../train/tiny.js";

const tiny = createTiny();
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));

describe("training a spec with searches", () => {
  it("takes the defaults and says so", async () => {
    const network = "tower t = mlp([user, item, age], [search [3, 5]])";
    const events: TrainEvent[] = [];
    const searched = await train({
      spec: tiny.spec("searched", { network }),
      onEvent: (event) => events.push(event),
    });
    const notes = events.flatMap((event) => (event.kind === "warning" ? [event.diagnostic] : []));
    expect(notes.map(({ code, message }) => [code, message])).toContainEqual([
      "MTL7410",
      expect.stringContaining("`t.widths = 3`"),
    ]);
    const plain = await train({ spec: tiny.spec("searched") });
    expect(searched.evaluation).toEqual(plain.evaluation);
  });
});
