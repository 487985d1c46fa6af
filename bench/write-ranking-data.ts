/** Writes the data of the examples that learn to rank: `npm run bench -- write-ranking-data`. The same bytes each time. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { print, projectRoot } from "./report.js";
import { createDraws } from "../src/runtime/tune/index.js";

export const summary = "writes specs/examples/ranking/train.csv.gz and test.csv.gz again";

const items = 120;
const users = 60;
/** Items of a request. */
const shown = 12;
const requests = { train: 320, test: 80 } as const;

/**
 * Requests of users with a taste in two dimensions. How much is clicked in a request at all is its own mood, which says
 * nothing of the order in it; purchases follow price, shares follow novelty.
 */
export function run(): void {
  const { normal, uniform } = createDraws(29);
  const tastes = Array.from({ length: users }, () => [normal(), normal()] as const);
  const goods = Array.from({ length: items }, (_, item) => ({
    category: item % 6,
    price: Math.exp(3 + 0.7 * normal()),
    novelty: uniform(),
    kind: [normal(), normal()] as const,
  }));
  const happens = (logit: number): number => (uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0);
  for (const role of ["train", "test"] as const) {
    const lines = Array.from({ length: requests[role] }, (_, request) => {
      const user = Math.floor(uniform() * users);
      const mood = 1.5 * normal();
      const chosen = new Set<number>();
      while (chosen.size < shown) chosen.add(Math.floor(uniform() * items));
      return [...chosen].map((item) => {
        const good = goods[item]!;
        const fit = tastes[user]![0] * good.kind[0] + tastes[user]![1] * good.kind[1];
        const click = happens(mood - 1.2 + fit + 0.8 * good.novelty);
        const buy = click * happens(-1 + 0.5 * fit - 0.8 * (Math.log(good.price) - 3));
        const share = click * happens(-1.5 + 2.5 * (good.novelty - 0.5));
        const cells = [`${role}${request}`, `u${user}`, `i${item}`, `c${good.category}`];
        return [...cells, good.price.toFixed(2), good.novelty.toFixed(2), click, share, buy].join(",");
      });
    }).flat();
    const head = "request_id,user_id,item_id,category,price,novelty,click,share,buy";
    const path = join(projectRoot, `specs/examples/ranking/${role}.csv.gz`);
    writeFileSync(path, gzipSync([head, ...lines, ""].join("\n"), { level: 9 }));
    print(`${path}: ${lines.length} rows`);
  }
}
