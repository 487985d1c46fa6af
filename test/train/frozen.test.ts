import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train } from "../../src/index.js";
import { createTiny, type Tiny } from "./tiny.js";

let tiny: Tiny;
beforeAll(() => {
  tiny = createTiny();
});
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));

describe("training with frozen parts", () => {
  it("refuses when nothing is left to train", async () => {
    const spec = tiny.spec("nothing", { train: "frozen: [user, item, t, ctr]" });
    await expect(train({ spec, engine: "cpu" })).rejects.toThrow("MTL7345");
  });
});
