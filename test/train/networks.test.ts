/** The examples of networks on short videos, trained on the data that comes with them. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { train } from "../../src/index.js";

const examples = join(import.meta.dirname, "../../specs/examples");

/** On one engine: that all of them take the same steps is tested for every spec. */
it.each([
  "stem",
  "home",
  "auxiliary",
  "position_bias",
  "masknet",
  "autoint",
  "meituan",
  "meitu",
  "zhihu",
  "duration_quantiles",
])("%s learns", async (example) => {
  const { history } = await train({ spec: join(examples, `${example}.mtl`), engine: "wasm", epochs: 2 });
  const [first, last] = [history[0]?.losses["loss"], history.at(-1)?.losses["loss"]];
  expect(last).toBeLessThan(first ?? 0);
});
