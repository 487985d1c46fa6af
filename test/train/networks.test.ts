/** The examples of networks on short videos, trained on the data that comes with them. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { train } from "../../src/index.js";

const examples = join(import.meta.dirname, "../../specs/examples");

/** On one engine: that all of them take the same steps is tested for every spec. */
it.each(["stem", "home"])("%s learns", async (example) => {
  const { history } = await train({ spec: join(examples, `${example}.mtl`), engine: "wasm", epochs: 2 });
  for (const name of Object.keys(history[0]?.losses ?? {}).filter((key) => key.startsWith("loss/")))
    expect(history[1]?.losses[name]).toBeLessThan(history[0]?.losses[name] ?? 0);
});
