/** Writes the example log of `specs/examples/multi_domain.mtl`: `npm run bench -- write-domain-log`. The same bytes each time. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { print, projectRoot } from "./report.js";
import { createDraws } from "../src/runtime/tune/index.js";

export const summary = "writes specs/examples/data/domains-*.csv again";

const scenes = ["home", "search", "cart"] as const;
/** In the search, what is dear is clicked more: users who look for a thing know its price. */
const effectOfPrice = { home: -0.03, search: 0.02, cart: 0 } as const;
const base = { home: -0.5, search: 0.5, cart: -1 } as const;

/** Clicks by the user's and the item's kind in all scenes, and by the price in each scene otherwise. Few rows are of the cart. */
export function run(): void {
  const { uniform } = createDraws(32);
  const below = (count: number): number => Math.floor(uniform() * count);
  const lines = Array.from({ length: 1500 }, () => {
    const draw = uniform();
    const scene = draw < 0.5 ? scenes[0] : draw < 0.9 ? scenes[1] : scenes[2];
    const [user, item, price] = [below(60), below(40), 5 + below(60)];
    const logit = base[scene] + (user % 4 === item % 4 ? 1.5 : -0.5) + effectOfPrice[scene] * (price - 35);
    const click = uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
    const buy = click === 1 && uniform() < (scene === "cart" ? 0.6 : 0.2) ? 1 : 0;
    return [`u${user}`, `i${item}`, scene, price, click, buy].join(",");
  });
  const folder = join(projectRoot, "specs/examples/data");
  mkdirSync(folder, { recursive: true });
  const parts = { train: lines.slice(0, 1200), test: lines.slice(1200) };
  for (const [name, own] of Object.entries(parts)) {
    const path = join(folder, `domains-${name}.csv`);
    writeFileSync(path, ["user_id,item_id,scene,price,click,buy", ...own, ""].join("\n"));
    print(`${path}: ${own.length} rows`);
  }
}
